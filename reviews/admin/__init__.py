from reviews.admin import applications, calls, decisions, reviews

__all__ = ["applications", "calls", "decisions", "reviews"]
