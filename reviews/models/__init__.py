from reviews.models.assignment import Assignment, Juror
from reviews.models.decision import Decision, DecisionList, Place
from reviews.models.review import Review, Score
from reviews.models.rubric import Criterion, CriterionText

__all__ = [
    "Assignment",
    "Criterion",
    "CriterionText",
    "Decision",
    "DecisionList",
    "Juror",
    "Place",
    "Review",
    "Score",
]
