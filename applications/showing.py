"""What the public pages show of a call at an instant: which call, which phase, which texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlencode

from django.conf import settings
from django.core.cache import caches
from django.db.models import OuterRef, Prefetch, Subquery
from django.http import Http404

from applications.models import Call, CallCountry, CallItem, CallText, Extension

CALL_KEPT = 3  # seconds an edit of a call by staff may take to be seen on an applicant's pages
MARKS_DRAWN = 12  # more places than this in a country are told in words alone
MINUTE = timedelta(minutes=1)
MARK_STEP = 48  # units of the drawing from one mark to the next


class Phase(StrEnum):
    UPCOMING = "upcoming"
    OPEN = "open"
    READING = "reading"  # closed, and no result is out
    ANNOUNCED = "announced"


def phase_of(call: Call, at: datetime) -> Phase:
    """Return where the call stands. Nothing stored is asked but the announcement."""
    if not call.has_opened(at):
        return Phase.UPCOMING
    if not call.has_closed(at):
        return Phase.OPEN
    is_out = call.announced_at is not None and call.announced_at <= at
    return Phase.ANNOUNCED if is_out else Phase.READING


def milestones(call: Call, at: datetime) -> dict[str, str]:
    """Return each date of the call as "past", "now" (you are here) or "" (to come)."""
    order = ["opening", "deadline", "decision", "letters"]
    phase = phase_of(call, at)
    if phase == Phase.READING:
        now = 2 if at < call.end_of(call.decision_date) else 3
    else:
        now = {Phase.UPCOMING: 0, Phase.OPEN: 1, Phase.ANNOUNCED: len(order)}[phase]
    return {name: "past" if i < now else "now" if i == now else "" for i, name in enumerate(order)}


def next_change(calls: list[Call], at: datetime) -> datetime | None:
    """Return when a page about these calls reads otherwise by itself; None if it never does.

    That is when a phase begins, when a date is past, and each minute of the time left.
    """
    found = []
    for call in calls:
        tick = call.closes_at - max(call.closes_at - at, timedelta()) // MINUTE * MINUTE
        found += [
            call.opens_at,
            call.closes_at,
            at + timedelta.resolution if tick == at < call.closes_at else tick,
            call.end_of(call.decision_date),
            call.end_of(call.notification_date),
            call.announced_at or call.closes_at,
            call.winners_public_at or call.closes_at,
        ]
    return min((instant for instant in found if instant > at), default=None)


def languages_of(call: Call) -> list[str]:
    """Return the languages the call has a text in, in the portal's order."""
    written = {text.language for text in call.texts.all()}
    return [code for code, _ in settings.LANGUAGES if code in written]


def text_in(call: Call, language: str) -> CallText | None:
    return next((text for text in call.texts.all() if text.language == language), None)


def language_for(call: Call, language: str) -> str:
    """Return `language` if the call is written in it, else the first one it is written in.

    A page is in one language whole: who asks for a missing one is led to another, frame and all.
    """
    written = languages_of(call)
    if not written:
        raise Http404
    return language if language in written else written[0]


def call_as_shown(**which) -> Call:
    """Return a call with its texts and countries, read anew every few seconds.

    The same for everybody, and each gets a copy. It is for what a page shows: what may be done is
    asked of rows read for that, an application's own deadline among them.
    """
    kept, key = caches["pages"], "call/" + urlencode(which)
    if (call := kept.get(key)) is None:
        call = Call.objects.prefetch_related("texts", "countries").get(**which)
        kept.set(key, call, timeout=CALL_KEPT)
    return call


def with_texts(calls, language: str):
    """Prepare what a page about calls reads: texts, countries, and this language's items."""
    first = Extension.objects.first_deadlines(OuterRef("pk"))
    return calls.annotate(closed_before=Subquery(first[:1])).prefetch_related(
        "texts",
        Prefetch("countries", CallCountry.objects.order_by("country")),
        Prefetch("items", CallItem.objects.filter(language=language), to_attr="told"),
    )


@dataclass
class Season:
    """A call as its page shows it."""

    call: Call
    text: CallText
    phase: Phase
    dates: dict[str, str]
    is_late: bool  # the day for letters has passed and nothing is announced
    closed_before: datetime | None  # the deadline first announced, where it was moved since
    benefits: list[CallItem] = field(default_factory=list)
    questions: list[CallItem] = field(default_factory=list)

    @property
    def countries(self) -> list[CallCountry]:
        return list(self.call.countries.all())

    @property
    def marks(self) -> list[int]:
        """Where each place of a country is drawn; empty when they are too many to draw."""
        n = self.call.places_per_country
        return [i * MARK_STEP for i in range(n)] if n <= MARKS_DRAWN else []

    @property
    def marks_width(self) -> int:
        return self.call.places_per_country * MARK_STEP - 10


def season(call: Call, language: str, at: datetime) -> Season:
    """Return what the page of `call` shows in `language` at `at`; see `with_texts`."""
    phase = phase_of(call, at)
    return Season(
        call=call,
        text=text_in(call, language),
        phase=phase,
        dates=milestones(call, at),
        is_late=phase == Phase.READING and at >= call.end_of(call.notification_date),
        closed_before=call.closed_before,
        benefits=[item for item in call.told if item.kind == CallItem.Kind.BENEFIT],
        questions=[item for item in call.told if item.kind == CallItem.Kind.QUESTION],
    )


def in_front(calls: list[Call], at: datetime) -> list[Call]:
    """Return what the front page is about: open calls, else the coming ones, else the latest."""
    for wanted in (Phase.OPEN, Phase.UPCOMING):
        if found := [call for call in calls if phase_of(call, at) == wanted]:
            return found
    return calls[:1]


def contacts_of(calls: list[Call]) -> list[CallCountry]:
    """Return who answers in each country, each address once."""
    found = {}
    for call in calls:
        for country in call.countries.all():
            found.setdefault((country.country, country.contact_email), country)
    return sorted(found.values(), key=lambda one: one.country)
