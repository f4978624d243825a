"""The board pack of a country: the ranking, then each application with what the jurors said.

Within what the person may see: an application they have a conflict in, or still have to judge
themselves, is not in their pack. In a blind call names are covered here too.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.models import AbstractBaseUser
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from applications.models import Application, Call
from reviews import ranking, reading, tallying
from reviews.models import Criterion, DecisionList, DecisionListStatus, Review
from reviews.tallying import IN, TIED, UNSCORED, Ranking, Row


@dataclass(frozen=True)
class Judgement:
    """One criterion as one juror judged it; `points` is a figure or “can't judge” in short."""

    title: str
    weight: int
    points: str
    comment: str


@dataclass(frozen=True)
class Opinion:
    juror: str
    total: Decimal | None
    judgements: list[Judgement]
    strength: str
    improvement: str
    comment: str


@dataclass(frozen=True)
class Dossier:
    """One application of the pack. `name` is empty in a blind call."""

    row: Row
    rank: str
    name: str
    standing: str
    text: reading.Reading
    opinions: list[Opinion]

    @property
    def title(self) -> str:
        return f"{self.row.number} {self.name}".strip()

    @property
    def spread(self) -> Decimal | None:
        """The spread of two totals or more: one total alone agrees with nobody."""
        return self.row.spread if len(self.row.totals) > 1 else None


@dataclass(frozen=True)
class Pack:
    call: Call
    country: str
    ranking: Ranking
    criteria: list[tuple[str, int]]
    dossiers: list[Dossier]
    because: str

    @property
    def places(self) -> str:
        """Return in words how many places there are and how many compete for them."""
        places = ngettext("%(count)s place", "%(count)s places", self.ranking.places)
        competing = ngettext("%(count)s application", "%(count)s applications", len(self.dossiers))
        return _("%(places)s, %(applications)s") % {
            "places": places % {"count": self.ranking.places},
            "applications": competing % {"count": len(self.dossiers)},
        }


def pack_of(call: Call, user: AbstractBaseUser, country: str) -> Pack:
    """Return the pack of one country, best first; a constant number of queries."""
    found = tallying.ranking_of(call, user, country)
    keys = [row.key for row in found.rows]
    criteria = Criterion.objects.of_call(call).worded().order_by("position")
    titles = {one.pk: (title_of(one), one.weight) for one in criteria}
    opinions = opinions_on(keys, call, user, titles)
    applications = applications_by_key(keys, call)
    dossiers = [dossier_of(row, applications[row.key], opinions[row.key]) for row in found.rows]
    return Pack(call, country, found, list(titles.values()), dossiers, why_little_read(call))


def why_little_read(call: Call) -> str:
    """Return why the list that stands was proposed with reviews lacking; "" where it was not."""
    lists = DecisionList.objects.of_call(call).exclude(status=DecisionListStatus.VOID)
    last = lists.filter(is_promotion=False).order_by("-number").first()
    return last.short_because if last else ""


def title_of(criterion: Criterion) -> str:
    wording = criterion.wording(get_language())
    return wording.title if wording else str(criterion.position)


def applications_by_key(keys: list[int], call: Call) -> dict[int, Application]:
    listed = Application.objects.with_outlet().filter(pk__in=keys)
    found = {one.pk: one for one in listed.prefetch_related("versions", "attachments")}
    for one in found.values():
        one.call = call
    return found


def opinions_on(
    keys: list[int], call: Call, user: AbstractBaseUser, titles: dict[int, tuple[str, int]]
) -> dict[int, list[Opinion]]:
    """Return what `user` may read of the handed-in reviews, by application."""
    reviews = (
        Review.objects.visible_to(user)
        .handed_in()
        .of_call(call)
        .filter(assignment__application__in=keys)
        .select_related("assignment__juror")
        .prefetch_related("scores__criterion")
        .order_by("assignment__juror__last_name", "pk")
    )
    found = defaultdict(list)
    for review in reviews:
        found[review.assignment.application_id].append(opinion_of(review, titles))
    return found


def opinion_of(review: Review, titles: dict[int, tuple[str, int]]) -> Opinion:
    scores = {score.criterion_id: score for score in review.scores.all()}
    weights = {key: weight for key, (_title, weight) in titles.items()}
    juror = review.assignment.juror
    return Opinion(
        juror=juror.get_full_name() or juror.get_username(),
        total=ranking.total({key: score.points for key, score in scores.items()}, weights),
        judgements=[
            Judgement(title, weight, in_short(scores[key].points), scores[key].comment)
            for key, (title, weight) in titles.items()
            if key in scores
        ],
        strength=review.strength,
        improvement=review.improvement,
        comment=review.comment,
    )


def in_short(points: int | None) -> str:
    return _("n/a") if points is None else str(points)


def dossier_of(row: Row, application: Application, opinions: list[Opinion]) -> Dossier:
    text = reading.read(application)
    return Dossier(row, rank_of(row), text.title, standing_of(row), text, opinions)


def rank_of(row: Row) -> str:
    if row.rank is None:
        return "—"
    return f"{row.rank.first}–{row.rank.last}" if row.rank.tied else str(row.rank.first)


def standing_of(row: Row) -> str:
    """Return where an application stands to the line, with its marks, in words."""
    words = {
        IN: _("within the places"),
        TIED: _("tie at the line"),
        UNSCORED: _("without a review"),
    }
    said = [words.get(row.side, _("below the line"))]
    if row.close:
        said.append(_("close call"))
    if row.is_apart:
        said.append(_("totals far apart"))
    if row.is_short:
        told = {"read": len(row.totals), "wanted": row.wanted}
        said.append(_("%(read)s of %(wanted)s reviews") % told)
    return ", ".join(said)
