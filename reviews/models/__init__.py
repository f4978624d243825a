from reviews.models.assignment import Assignment, ConflictKind, Juror
from reviews.models.decision import (
    ChangeReason,
    Decision,
    DecisionChange,
    DecisionList,
    DecisionListStatus,
    DecisionResult,
    PlaceMove,
)
from reviews.models.review import Remark, Review, Score, ScoreChange
from reviews.models.rubric import Criterion, CriterionText
from reviews.models.screening import Outcome, Screening

__all__ = [
    "Assignment",
    "ChangeReason",
    "ConflictKind",
    "Criterion",
    "CriterionText",
    "Decision",
    "DecisionChange",
    "DecisionList",
    "DecisionListStatus",
    "DecisionResult",
    "Juror",
    "Outcome",
    "PlaceMove",
    "Remark",
    "Review",
    "Score",
    "ScoreChange",
    "Screening",
]
