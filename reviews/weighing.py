"""Set up a call's rubric: which criteria, in which order, with which weights. They sum to 100."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import F

from applications import audit
from applications.models import Call
from applications.models.application import Refused
from reviews.models import Criterion, Review
from reviews.models.rubric import WEIGHTS_SUM_TO

ASIDE = 1000  # positions while they are being changed: each is unique at every moment


@dataclass(frozen=True)
class Weighed:
    """One criterion as it should be; `key` None makes a new one."""

    key: int | None
    weight: int
    sections: tuple[str, ...] = ()


class WrongSum(Refused):
    """The weights don't make 100; `total` is what they make."""

    def __init__(self, total: int):
        self.total = total
        super().__init__("wrong_sum")


def is_frozen(call: Call) -> bool:
    """Whether a review was ever handed in: from then on the database refuses any change."""
    return Review.objects.of_call(call).filter(first_submitted_at__isnull=False).exists()


def fingerprint(call: Call) -> str:
    """Return what the rubric's editor saw, so that a second one overwrites nothing."""
    rows = call.criteria.order_by("position").values_list("pk", "position", "weight", "sections")
    return sha256(repr(list(rows)).encode()).hexdigest()[:32]


def weigh(
    call: Call,
    criteria: Sequence[Weighed],
    *,
    by: AbstractBaseUser,
    at: datetime,
    seen: str | None = None,
) -> list[Criterion]:
    """Make the rubric just these criteria in this order; what is left out goes, with its words.

    `seen` is the fingerprint the editor started from; None overwrites. Raises WrongSum, and
    Refused: "frozen", "changed" by somebody else meanwhile, "scored" where a left-out criterion
    has scores in a draft.
    """
    total = sum(one.weight for one in criteria)
    if total != WEIGHTS_SUM_TO:
        raise WrongSum(total)
    with transaction.atomic():
        Call.objects.select_for_update().get(pk=call.pk)
        if is_frozen(call):
            raise Refused("frozen")
        if seen not in (None, fingerprint(call)):
            raise Refused("changed")
        kept = {one.key for one in criteria if one.key}
        gone = call.criteria.exclude(pk__in=kept)
        if gone.filter(scores__isnull=False).exists():
            raise Refused("scored")
        gone.delete()
        call.criteria.update(position=F("position") + ASIDE)
        made = [place(call, one, n) for n, one in enumerate(criteria, 1)]
        audit.record(
            "rubric.changed",
            call,
            at=at,
            actor=by.get_username(),
            weights=[[c.position, c.weight] for c in made],
        )
    return made


def place(call: Call, one: Weighed, position: int) -> Criterion:
    """Write one criterion at its place."""
    told = {"position": position, "weight": one.weight, "sections": list(one.sections)}
    if one.key is None:
        return Criterion.objects.create(call=call, **told)
    criterion = call.criteria.get(pk=one.key)
    for name, value in told.items():
        setattr(criterion, name, value)
    criterion.save()
    return criterion
