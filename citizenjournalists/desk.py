"""What the staff's index tells: first what is unfinished, with its numbers, then how it stands.

Numbers come from the same rows as the lists they lead to, so that they add up on the page.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications import access, instants, roles
from applications.models import Application, Attempt, Call, Country, Extension, Message, Status
from applications.seasons import ends_of
from reviews import assigning, attention, stages, watching
from reviews.models import Assignment
from reviews.stages import RECEIVED, Stage

WEEKEND = (5, 6)
UNDONE = (watching.before_the_decision, watching.before_the_letters)  # what a date promised


@dataclass(frozen=True)
class Todo:
    """One line: a number, what it counts, and the list that shows just those."""

    number: int
    text: str
    url: str


@dataclass
class Panel:
    """A date of the call; `left` is (number, words) until it, empty where it has passed.

    `missed` says for how long, where what it promised is still to be done.
    """

    title: str
    ends: datetime
    when: str
    second: str
    left: tuple[int, str] | None
    is_next: bool = False
    missed: str = ""
    on_weekend: bool = False
    done: list[Todo] = field(default_factory=list)
    todo: list[Todo] = field(default_factory=list)
    by_country: list[tuple[str, int]] = field(default_factory=list)


def panels(call: Call, user, at: datetime) -> list[Panel]:
    """Return the three dates with what stands between now and each."""
    submission, decision, letters = ends_of(call)
    found = [
        panel(_("Applications"), call, submission, at),
        panel(_("Decision"), call, decision, at),
        panel(_("Letters about the results"), call, letters, at),
    ]
    upcoming = [one for one in found if one.left]
    if upcoming:
        upcoming[0].is_next = True
    found[0].done, found[0].by_country = arrivals(call, user, at)
    if access.reads_answers(user):
        found[1].todo = before_deciding(call, user)
        found[2].todo = before_writing(call)
        for one, undone in zip(found[1:], UNDONE, strict=True):
            if not one.left and undone(call):
                one.missed = instants.time_left(at - one.ends)
    return found


def panel(title: str, call: Call, ends: datetime, at: datetime) -> Panel:
    told = instants.deadline(call, closes_at=ends)
    return Panel(
        title=title,
        ends=ends,
        when=told.when,
        second=told.second,
        left=time_left(ends, at, call),
        on_weekend=told.day.weekday() in WEEKEND,
    )


def time_left(ends: datetime, at: datetime, call: Call) -> tuple[int, str] | None:
    """Return whole days left, hours on the last day, minutes in the last hour; None when past."""
    if ends <= at:
        return None
    days = (ends - at) // timedelta(days=1)
    if days:
        return days, ngettext("day", "days", days)
    hours = (ends - at) // timedelta(hours=1)
    if hours:
        return hours, ngettext("hour", "hours", hours)
    minutes = max(1, (ends - at) // timedelta(minutes=1))
    return minutes, ngettext("minute", "minutes", minutes)


def listed(call: Call, **filters) -> str:
    """Return the address of the list of applications, filtered."""
    base = reverse("admin:applications_application_changelist")
    return f"{base}?{urlencode({'call': call.pk, **filters})}"


def arrivals(call: Call, user, at: datetime) -> tuple[list[Todo], list[tuple[str, int]]]:
    """Return what has arrived, and of the submitted ones how many from each country."""
    rows = access.applications_for_staff(user).of_call(call).order_by()
    counted = rows.values_list("status", "outlet__country").annotate(n=Count("pk"))
    counts, countries = Counter(), Counter()
    for status, country, number in counted:
        counts[status] += number
        if status == Status.SUBMITTED:
            countries[country] += number
    seen = roles.country_of(user)
    shown = [(code, countries[code]) for code in Country.values if seen in (None, code)]
    lines = [arrived(call, counts), *drafts(call, counts, at)]
    if access.reads_answers(user):
        lines += [late_attempts(call), presses_not_in(call), waiting_extensions(call)]
    return [one for one in lines if one.number or one is lines[0]], shown


def arrived(call: Call, counts: Counter) -> Todo:
    number = counts[Status.SUBMITTED]
    words = ngettext(
        "%(number)s application submitted", "%(number)s applications submitted", number
    )
    return Todo(number, words % {"number": number}, listed(call, stage=RECEIVED))


def drafts(call: Call, counts: Counter, at: datetime) -> list[Todo]:
    """Return the drafts at work, and those that lapsed; between the two their time is up."""
    writing, lapsed = counts[Status.DRAFT], counts[Status.LAPSED]
    at_work = ngettext(
        "%(number)s draft is being written", "%(number)s drafts are being written", writing
    )
    open_still = Application.objects.of_call(call).drafts().filter(closes_at__gt=at)
    if writing and call.has_closed(at) and not open_still.exists():
        at_work = ngettext(
            "%(number)s draft ran out of time", "%(number)s drafts ran out of time", writing
        )
    too_late = ngettext(
        "%(number)s draft was not submitted", "%(number)s drafts were not submitted", lapsed
    )
    return [
        Todo(writing, at_work % {"number": writing}, listed(call, stage=Stage.DRAFT)),
        Todo(lapsed, too_late % {"number": lapsed}, listed(call, stage=Stage.LAPSED)),
    ]


def late_attempts(call: Call) -> Todo:
    number = Attempt.objects.filter(application__call=call, why=Attempt.Why.CLOSED).count()
    filters = urlencode({"why__exact": "closed", "application__call__id__exact": call.pk})
    url = f"{reverse('admin:applications_attempt_changelist')}?{filters}"
    words = ngettext(
        "%(number)s attempt after the deadline", "%(number)s attempts after the deadline", number
    )
    return Todo(number, words % {"number": number}, url)


def presses_not_in(call: Call) -> Todo:
    """Return the presses that met the site away and brought nothing in: people decide on them."""
    not_in = [Status.DRAFT.value, Status.LAPSED.value]
    away = Attempt.objects.filter(application__call=call, why=Attempt.Why.AWAY)
    number = away.filter(application__status__in=not_in).count()
    filters = {
        "why__exact": "away",
        "application__status__in": ",".join(not_in),
        "application__call__id__exact": call.pk,
    }
    url = f"{reverse('admin:applications_attempt_changelist')}?{urlencode(filters)}"
    words = ngettext(
        "%(number)s press while the site was away, not handed in since",
        "%(number)s presses while the site was away, not handed in since",
        number,
    )
    return Todo(number, words % {"number": number}, url)


def waiting_extensions(call: Call) -> Todo:
    """Return the later deadlines that wait for a second person."""
    number = Extension.objects.waiting().filter(call=call).count()
    filters = urlencode({"call__id__exact": call.pk})
    url = f"{reverse('admin:applications_extension_changelist')}?{filters}"
    words = ngettext(
        "%(number)s later deadline waits for a second person",
        "%(number)s later deadlines wait for a second person",
        number,
    )
    return Todo(number, words % {"number": number}, url)


@dataclass(frozen=True)
class JurorsPart:
    """How far one juror is; `name` as staff call them."""

    name: str
    handed_in: int
    started: int
    total: int

    @property
    def left(self) -> int:
        return self.total - self.handed_in


def jurors_parts(call: Call) -> list[JurorsPart]:
    """Return each juror's part of the reviewing, the slowest first. One query."""
    active = Assignment.objects.of_call(call).active().filter(application__status=Status.SUBMITTED)
    rows = (
        active.order_by()
        .values_list("juror", "juror__first_name", "juror__last_name", "juror__username")
        .annotate(
            total=Count("pk"),
            handed_in=Count("pk", filter=Q(review__submitted_at__isnull=False)),
            started=Count("pk", filter=Q(review__isnull=False, review__submitted_at=None)),
        )
    )
    parts = [
        JurorsPart(f"{first} {last}".strip() or username, handed_in, started, total)
        for _pk, first, last, username, total, handed_in, started in rows
    ]
    return sorted(parts, key=lambda one: (one.handed_in / one.total, one.name))


def before_deciding(call: Call, user) -> list[Todo]:
    """Return what the jury and officers still have to do before the decision."""
    parts = jurors_parts(call)
    total, left = sum(one.total for one in parts), sum(one.left for one in parts)
    of_call = stages.with_stage(access.applications_for_staff(user).of_call(call))
    unassigned = of_call.filter(stage=Stage.SUBMITTED).count()
    tallies = assigning.tallies(call)
    thirds = [one for one in tallies if one.needs_a_third]
    others = [one for one in tallies if one.readers and not one.needs_a_third]
    gaps = sum(one.lacking > 0 for one in others)
    unsure = attention.without_second_opinion(of_call).count()
    closed = attention.with_closed_files(of_call).count()
    to_come = ngettext("review to come, of %(total)s", "reviews to come, of %(total)s", left)
    to_come %= {"total": total}
    in_progress = reverse("admin:reviews_progress_of", args=[call.slug])
    opinions = ngettext(
        "second opinion on who may take part", "second opinions on who may take part", unsure
    )
    lines = [
        Todo(left, to_come, in_progress),
        Todo(unassigned, _("submitted, without a juror"), listed(call, stage=Stage.SUBMITTED)),
        Todo(gaps, without_a_juror(gaps), in_progress),
        Todo(len(thirds), third_in_words(thirds), listed(call, needs="third")),
        Todo(unsure, opinions, listed(call, needs="opinion")),
        Todo(closed, _("with a file that opens for nobody"), listed(call, needs="files")),
    ]
    return [one for one in lines if one.number]


def without_a_juror(number: int) -> str:
    return ngettext("with fewer jurors than it needs", "with fewer jurors than they need", number)


def third_in_words(thirds: list) -> str:
    if not thirds:
        return ""
    return ngettext(
        "third review: at %(number)s the totals lie %(spread)d apart",
        "third reviews: at %(number)s the totals lie %(spread)d apart",
        len(thirds),
    ) % {
        "number": thirds[0].number,
        "spread": thirds[0].spread,
    }


def before_writing(call: Call) -> list[Todo]:
    """Return what the letters about the results still lack."""
    silent = attention.without_advice(Application.objects.of_call(call)).count()
    broken = Message.objects.needing_a_person().filter(application__call=call).count()
    need_a_person = ngettext("letter that needs a person", "letters that need a person", broken)
    outbox = reverse("admin:applications_message_changelist")
    lines = [
        Todo(silent, _("reviewed, without advice for the letter"), listed(call, needs="advice")),
        Todo(broken, need_a_person, f"{outbox}?{urlencode({'call': call.pk})}"),
    ]
    return [one for one in lines if one.number]
