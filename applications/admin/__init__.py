from applications.admin import calls, outlets, people, trail

__all__ = ["calls", "outlets", "people", "trail"]
