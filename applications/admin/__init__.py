from applications.admin import calls, extensions, letters, outlets, people, trail, wordings

__all__ = ["calls", "extensions", "letters", "outlets", "people", "trail", "wordings"]
