from reviews.models.assignment import Assignment, ConflictKind, Juror
from reviews.models.decision import Decision, DecisionList, Place
from reviews.models.review import Remark, Review, Score, ScoreChange
from reviews.models.rubric import Criterion, CriterionText
from reviews.models.screening import Outcome, Screening

__all__ = [
    "Assignment",
    "ConflictKind",
    "Criterion",
    "CriterionText",
    "Decision",
    "DecisionList",
    "Juror",
    "Outcome",
    "Place",
    "Remark",
    "Review",
    "Score",
    "ScoreChange",
    "Screening",
]
