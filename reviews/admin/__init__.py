from reviews.admin import applications, calls

__all__ = ["applications", "calls"]
