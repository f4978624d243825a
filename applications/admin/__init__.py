from applications.admin import calls, letters, outlets, people, trail

__all__ = ["calls", "letters", "outlets", "people", "trail"]
