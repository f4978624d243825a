"""A season's rubric, copied along with its call."""

from __future__ import annotations

from applications.models import Call
from reviews.models import Criterion, CriterionText


def copy_rubric(call: Call, new: Call) -> None:
    """Give the new call the criteria of this one with their wording; called while copying it."""
    for criterion in Criterion.objects.filter(call=call):
        texts = list(criterion.texts.all())
        criterion.pk, criterion.call = None, new
        criterion._state.adding = True
        criterion.save()
        for text in texts:
            text.pk, text.criterion = None, criterion
        CriterionText.objects.bulk_create(texts)
