from reviews.admin import (
    applications,
    assignments,
    calls,
    decisions,
    jurors,
    reviews,
    rubric,
)

__all__ = ["applications", "assignments", "calls", "decisions", "jurors", "reviews", "rubric"]
