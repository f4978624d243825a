from reviews.admin import applications

__all__ = ["applications"]
