from reviews.admin import applications, calls, decisions

__all__ = ["applications", "calls", "decisions"]
