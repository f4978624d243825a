"""Watch the dates the call promises: the decision, and the letters with the answers.

Officers are warned three days and one day before, and the chair is told when a date is missed,
each with exactly what is unfinished. A date that is kept is never spoken of.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications import audit, instants, roles, telling
from applications.models import Application, Call, Language, Message, MessageKind
from applications.models.message import FIRST_RESULTS
from applications.sweeping import each
from reviews.models import Decision, DecisionList, DecisionListStatus, DecisionResult, Screening

WARN_BEFORE = (timedelta(days=1), timedelta(days=3))  # the nearest first
TELL_FOR = timedelta(days=30)  # after an outage this long a missed date is history
MISSED = "missed"


def watch_dates(*, at: datetime) -> int:
    """Warn of and escalate the dates of every closed call; return of how many dates it told."""
    latest = at + max(WARN_BEFORE)
    decisions = each(watch_decision, calls_with("decision_date", at, latest), at=at)
    letters = each(watch_letters, calls_with("notification_date", at, latest), at=at)
    return decisions + letters


def calls_with(field: str, at: datetime, latest: datetime):
    """Return the closed calls for which a date is near or was missed not long ago."""
    near = {f"{field}__gte": (at - TELL_FOR).date(), f"{field}__lte": latest.date()}
    return Call.objects.filter(closes_at__lte=at, **near).order_by("pk")


def watch_decision(call: Call, *, at: datetime) -> int:
    """Warn of the decision's date; kept when the list is published."""
    return watch(Promise(call, "decision", call.decision_date), before_the_decision, at=at)


def watch_letters(call: Call, *, at: datetime) -> int:
    """Warn of the letters' date; kept when every answer has gone out."""
    return watch(Promise(call, "letters", call.notification_date), before_the_letters, at=at)


@dataclass(frozen=True)
class Promise:
    """A date that a call promises: it ends with the day, in the call's zone."""

    call: Call
    what: str  # "decision" or "letters"
    day: date

    @property
    def ends(self) -> datetime:
        return self.call.end_of(self.day)

    def step(self, at: datetime) -> str | None:
        """Return what `at` asks for: "missed", the days of a warning, or nothing."""
        if not at < self.ends + TELL_FOR:
            return None
        if self.ends <= at:
            return MISSED
        return next((str(step.days) for step in WARN_BEFORE if self.ends - at <= step), None)


def watch(promise: Promise, unfinished: Callable, *, at: datetime) -> int:
    """Tell what a date asks for now, once; only the latest step, however late the sweep."""
    step = promise.step(at)
    if step is None:
        return 0
    key = f"date/{promise.call.slug}/{promise.what}/{promise.day}/{step}"
    with transaction.atomic():
        call = Call.objects.select_for_update().get(pk=promise.call.pk)
        if Message.objects.filter(key__startswith=f"{key}/").exists():
            return 0
        with translation.override(Language.RU):
            undone = unfinished(call)
        told = tell(promise, undone, missed=step == MISSED, key=key, at=at) if undone else 0
        if told:
            event = "date.missed" if step == MISSED else "date.near"
            facts = {"date": promise.what, "unfinished": undone}
            audit.record(event, call, at=at, actor=audit.SYSTEM, **facts)
    return told


def tell(promise: Promise, undone: list[str], *, missed: bool, key: str, at: datetime) -> int:
    """Queue the letters: to officers while there is time, to the chair too when it is missed."""
    return telling.tell(
        *((roles.OFFICER, roles.CHAIR) if missed else (roles.OFFICER,)),
        kind=MessageKind.DATE_MISSED if missed else MessageKind.DATE_NEAR,
        key=key,
        at=at,
        good_until=None if missed else promise.ends,
        call=promise.call,
        what=promise.what,
        due=promise.day,
        left="" if missed else instants.time_left(promise.ends - at, Language.RU),
        unfinished=undone,
        link=settings.SITE_URL + reverse("admin:index"),
    )


def before_the_decision(call: Call) -> list[str]:
    """Return what stands between now and a published list; empty when it is published."""
    if call.announced_at is not None or not call.applications.submitted().exists():
        return []
    return [line for line in (unreviewed(call), undecided(call), list_in_words(call)) if line]


def unreviewed(call: Call) -> str:
    """Return how many applications have fewer reviews than the call wants."""
    handed_in = Q(
        assignments__review__submitted_at__isnull=False,
        assignments__withdrawn_at=None,  # a conflict withdraws as well
    )
    ineligible = Screening.objects.ineligible().filter(application__call=call)
    taking_part = call.applications.submitted().exclude(pk__in=ineligible.values("application"))
    number = (
        taking_part.annotate(reviews=Count("assignments", filter=handed_in, distinct=True))
        .filter(reviews__lt=call.reviews_wanted)
        .count()
    )
    return number and ngettext(
        "%(number)s application has fewer than %(wanted)s reviews",
        "%(number)s applications have fewer than %(wanted)s reviews",
        number,
    ) % {"number": number, "wanted": call.reviews_wanted}


def undecided(call: Call) -> str:
    """Return how many applications are without a decision, ties among them."""
    decided = Decision.objects.of_call(call).exclude(result=DecisionResult.TIED)
    number = call.applications.submitted().exclude(pk__in=decided.values("application")).count()
    return number and ngettext(
        "%(number)s application is without a decision",
        "%(number)s applications are without a decision",
        number,
    ) % {"number": number}


def list_in_words(call: Call) -> str:
    """Return what the list of decisions waits for."""
    at_work = DecisionList.objects.of_call(call).at_work().first()
    if at_work is None:
        return _("no list of decisions has been drafted")
    return {
        DecisionListStatus.DRAFT: _("the list of decisions is a draft: nobody has proposed it"),
        DecisionListStatus.PROPOSED: _("the list of decisions waits for a second person"),
        DecisionListStatus.SCHEDULED: _("the list of decisions is checked and waits for its time"),
    }[at_work.status]


def before_the_letters(call: Call) -> list[str]:
    """Return what keeps an answer from an outlet; empty when every answer has gone out."""
    unanswered = Application.objects.of_call(call).submitted().filter(announced_at=None).count()
    letters = Message.objects.filter(application__call=call, kind__in=FIRST_RESULTS)
    unsent, broken = letters.unfinished().count(), letters.needing_a_person().count()
    lines = [
        unanswered
        and ngettext(
            "%(number)s outlet has no answer: its result isn’t announced",
            "%(number)s outlets have no answer: their results aren’t announced",
            unanswered,
        )
        % {"number": unanswered},
        unsent
        and ngettext(
            "%(number)s letter with a result hasn’t gone out yet",
            "%(number)s letters with results haven’t gone out yet",
            unsent,
        )
        % {"number": unsent},
        broken
        and ngettext(
            "%(number)s letter with a result failed and waits for a person",
            "%(number)s letters with results failed and wait for a person",
            broken,
        )
        % {"number": broken},
    ]
    return [line for line in lines if line]
