from applications.admin import calls, extensions, letters, outlets, people, trail

__all__ = ["calls", "extensions", "letters", "outlets", "people", "trail"]
