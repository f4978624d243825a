"""The plots of the staff's index: numbers from the database, drawn by reviews.plots."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Max, Min
from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from applications import access, instants
from applications.models import Call, Country, Language
from citizenjournalists.desk import JurorsPart
from reviews import plots
from reviews.models import Assignment, CriterionText, Review, Score


def days_of(call: Call, user, at: datetime) -> list[tuple[date, str, int, int]]:
    """Return every day from the opening to the deadline or today, with what arrived on it."""
    rows = access.applications_for_staff(user).of_call(call).submitted()
    counts: Counter = Counter()
    for submitted_at, country in rows.order_by().values_list("submitted_at", "outlet__country"):
        counts[instants.as_day(submitted_at, call), country] += 1
    first = instants.as_day(call.opens_at, call)
    last = instants.as_day(min(at, call.closes_at - timedelta(microseconds=1)), call)
    days = [first + timedelta(days=n) for n in range(max((last - first).days + 1, 0))]
    return [
        (day, instants.day(day, call, year=False), counts[day, "KZ"], counts[day, "TJ"])
        for day in days
    ]


def submissions(call: Call, user, at: datetime) -> plots.Plot:
    """Draw what arrived per day and country against the deadline."""
    days = days_of(call, user, at)
    total = sum(kz + tj for _day, _name, kz, tj in days)
    on_last_day = days[-1][2] + days[-1][3] if days else 0
    closed = call.has_closed(at)
    finding = ngettext(
        "Applications per day: %(total)s application, %(last)s of them on the last day shown.",
        "Applications per day: %(total)s applications, %(last)s of them on the last day shown.",
        total,
    ) % {"total": total, "last": on_last_day}
    beside = _("%(part)s of %(all)s") % {"part": on_last_day, "all": total}
    due = instants.deadline(call)
    return plots.submissions(
        days,
        finding=finding,
        headings=(_("Day"), Country.KZ.label, Country.TJ.label, _("Total")),
        deadline=_("deadline: %(when)s") % {"when": due.when} if closed else "",
        last_day=(beside, _("on the last day")) if closed and on_last_day else ("", ""),
    )


def progress(call: Call, parts: list[JurorsPart], at: datetime) -> plots.Plot:
    """Draw how far each juror is, and where an even pace would be today."""
    done, total = sum(one.handed_in for one in parts), sum(one.total for one in parts)
    counted = _("%(part)s of %(all)s")
    rows = [
        (
            one.name,
            one.handed_in,
            one.started,
            one.total,
            counted % {"part": one.handed_in, "all": one.total},
        )
        for one in parts
    ]
    finding = _("Reviews per juror: %(part)s of %(all)s handed in.")
    return plots.progress(
        rows,
        finding=finding % {"part": done, "all": total},
        headings=(_("Juror"), _("Handed in"), _("Started"), _("Not started"), _("Total")),
        pace=pace_of(call, at),
        pace_label=_("an even pace today"),
    )


def pace_of(call: Call, at: datetime) -> float | None:
    """Return the share of the reviewing's time that has gone; None outside of it."""
    active = Assignment.objects.of_call(call).active()
    span = active.aggregate(since=Min("assigned_at"), until=Max("due_at"))
    if not span["since"] or not span["since"] < at < span["until"]:
        return None
    return (at - span["since"]) / (span["until"] - span["since"])


def distribution(call: Call, user) -> plots.Plot:
    """Draw how often each score was given, per criterion, of the reviews `user` may read."""
    visible = Review.objects.of_call(call).handed_in().visible_to(user)
    given = Score.objects.filter(review__in=visible).order_by().values_list("criterion", "points")
    counts: dict[int, Counter] = defaultdict(Counter)
    for criterion, points, number in given.annotate(number=Count("pk")):
        counts[criterion][points] += number
    return plots.distribution(
        [row_of(title, counts[criterion]) for criterion, title in titles_of(call).items()],
        finding=_("How often each score from 0 to 5 was given, per criterion."),
        headings=(_("Criterion"), *range(6), _("can’t judge")),
        points_label=_("score"),
        mean_label=_("mean"),
    )


def row_of(title: str, counts: Counter) -> tuple:
    """Return a criterion's row; who couldn't judge is counted apart, never as 0."""
    judged = {points: number for points, number in counts.items() if points is not None}
    number = sum(judged.values())
    mean = Decimal(sum(p * n for p, n in judged.items())) / number if number else None
    shown = "—" if mean is None else number_format(mean, 1)
    return title, [counts[points] for points in range(6)], mean, shown, counts[None]


def titles_of(call: Call) -> dict[int, str]:
    """Return the criteria in order, worded in the reader's language or else in Russian."""
    order = call.criteria.order_by("position").values_list("pk", flat=True)
    found = dict.fromkeys(order, "")
    for language in (Language.RU, get_language()):
        texts = CriterionText.objects.filter(criterion__call=call, language=language)
        found |= dict(texts.values_list("criterion", "title"))
    return found
