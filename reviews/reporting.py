"""The report of a selection: everything somebody may ask later, in one plain structure.

`report` gives it as JSON would hold it: call, numbers, jury, conflicts, criteria, ranking, ties and
their reasons, exceptions, who proposed and published what under which fingerprint, and how the
letters arrived. The page, the PDF and the JSON file are drawn from this and nothing else.
"""

from __future__ import annotations

import json
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Count, Q

from applications import audit, sealing
from applications.models import Application, AuditEntry, Call, Message
from applications.models.message import RESULT_KINDS
from reviews.models import (
    Assignment,
    Criterion,
    Decision,
    DecisionChange,
    DecisionList,
    Screening,
)
from reviews.standing import standings

EXCEPTIONS = ("deadline.extended", "review.reopened", "score.revised", "answer.extended")


def report(call: Call, *, at: datetime) -> dict:
    """Return the record of a call's selection as it stands at `at`."""
    return {
        "made_at": stamp(at),
        "call": of_call(call),
        "numbers": numbers(call),
        "criteria": criteria(call),
        "jury": jury(call),
        "conflicts": conflicts(call),
        "screening": screening(call),
        "ranking": ranking_of(call),
        "moved_places": moved_places(call),
        "changes": changes(call),
        "exceptions": exceptions(call),
        "lists": lists(call),
        "answers": answers(call),
        "letters": letters(call),
        "trail": sealing.head(),
    }


def as_json(told: dict) -> str:
    """Return the report in canonical form: sorted keys, plain letters."""
    return json.dumps(told, ensure_ascii=False, sort_keys=True, indent=2)


def stamp(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def named(user: AbstractBaseUser | None) -> str | None:
    return (user.get_full_name() or user.get_username()) if user else None


def figure(value) -> str | None:
    return None if value is None else f"{value:.4f}"


def of_call(call: Call) -> dict:
    return {
        "season": call.season,
        "organiser": call.organiser,
        "opened": stamp(call.opens_at),
        "closed": stamp(call.closes_at),
        "zone": call.zone,
        "places": call.places,
        "places_per_country": call.places_per_country,
        "reserve_per_country": call.reserve_per_country,
        "minimum_total": figure(call.minimum_total),
        "announced": stamp(call.announced_at),
    }


def numbers(call: Call) -> list[dict]:
    """Return per country how many applied, took part, and got each result."""
    rows = (
        Application.objects.of_call(call)
        .order_by("outlet__country")
        .values("outlet__country")
        .annotate(
            started=Count("pk"),
            submitted=Count("pk", filter=Q(submitted_at__isnull=False)),
            selected=Count("pk", filter=Q(decision__place__isnull=False)),
            reserve=Count("pk", filter=Q(decision__result="reserve")),
            not_selected=Count("pk", filter=Q(decision__result="not_selected")),
            ineligible=Count("pk", filter=Q(decision__result="ineligible")),
        )
    )
    return [{"country": row.pop("outlet__country"), **row} for row in rows]


def criteria(call: Call) -> list[dict]:
    rows = Criterion.objects.filter(call=call).prefetch_related("texts").order_by("position")
    return [
        {
            "position": one.position,
            "weight": one.weight,
            "title": {text.language: text.title for text in one.texts.all()},
        }
        for one in rows
    ]


def jury(call: Call) -> list[dict]:
    """Return who judged and how much, by name."""
    rows = (
        Assignment.objects.of_call(call)
        .order_by()
        .values("juror__first_name", "juror__last_name", "juror__username")
        .annotate(
            assigned=Count("pk"),
            handed_in=Count("pk", filter=Q(review__submitted_at__isnull=False)),
            conflicts=Count("pk", filter=Q(conflict=True)),
        )
        .order_by("juror__last_name", "juror__username")
    )
    return [
        {
            "name": f"{row['juror__first_name']} {row['juror__last_name']}".strip()
            or row["juror__username"],
            "assigned": row["assigned"],
            "handed_in": row["handed_in"],
            "conflicts": row["conflicts"],
        }
        for row in rows
    ]


def conflicts(call: Call) -> list[dict]:
    rows = Assignment.objects.of_call(call).filter(conflict=True)
    return [
        {
            "application": one.application.number,
            "juror": named(one.juror),
            "declared": stamp(one.declared_at),
            "reason": one.conflict_reason,
        }
        for one in rows.select_related("application", "juror").order_by("declared_at", "pk")
    ]


def screening(call: Call) -> list[dict]:
    rows = Screening.objects.ineligible().filter(application__call=call)
    return [
        {"application": one.application.number, "by": named(one.by), "reason": one.reason}
        for one in rows.select_related("application", "by").order_by("application__number")
    ]


def ranking_of(call: Call) -> list[dict]:
    """Return every application in its country's order, with its result and jurors' totals."""
    jurors = {
        one.application.pk: [figure(juror.total) for juror in one.jurors] for one in standings(call)
    }
    decisions = Decision.objects.of_call(call).for_listing()
    return [
        {
            "country": one.country,
            "rank": one.rank,
            "rank_last": one.rank_last,
            "application": one.application.number,
            "outlet": str(one.application.outlet),
            "total": figure(one.total),
            "of_jurors": jurors.get(one.application_id, []),
            "result": one.result,
            "reserve_order": one.reserve_order,
            "by_hand": one.by_hand,
            "reason": one.reason,
            "place_given_up": stamp(one.released_at),
        }
        for one in decisions
    ]


def moved_places(call: Call) -> list[dict]:
    return [
        {
            "from": one.from_country,
            "to": one.to_country,
            "by": named(one.by),
            "at": stamp(one.at),
            "reason": one.reason,
        }
        for one in call.place_moves.select_related("by")
    ]


def changes(call: Call) -> list[dict]:
    """Return the ledger: ties settled, rows changed by hand, what the totals moved."""
    rows = DecisionChange.objects.filter(decision_list__call=call)
    return [
        {
            "application": one.application.number,
            "list": one.decision_list.number,
            "before": one.before,
            "after": one.after,
            "by": named(one.by),
            "at": stamp(one.at),
            "reason": one.why,
        }
        for one in rows.select_related("application", "decision_list", "by", "beside")
    ]


def exceptions(call: Call) -> list[dict]:
    """Return what departed from the ordinary course, from the trail."""
    desks = Assignment.objects.of_call(call).values_list("pk", flat=True)
    chains = [f"call/{call.pk}", *(f"assignment/{pk}" for pk in desks)]
    by_staff = Q(event="application.withdrawn") & ~Q(actor=audit.APPLICANT)
    rows = AuditEntry.objects.filter(Q(event__in=EXCEPTIONS) | by_staff).filter(
        Q(application__call=call) | Q(chain__in=chains)
    )
    return [
        {
            "event": one.event,
            "application": one.application.number if one.application else "",
            "at": stamp(one.at),
            "by": one.actor,
            "details": one.told,
        }
        for one in rows.select_related("words", "application").order_by("at", "pk")
    ]


def lists(call: Call) -> list[dict]:
    rows = DecisionList.objects.of_call(call).order_by("number")
    return [
        {
            "number": one.number,
            "promotion": one.is_promotion,
            "status": one.status,
            "proposed_by": named(one.proposed_by),
            "proposed_at": stamp(one.proposed_at),
            "published_by": named(one.published_by),
            "checked_at": stamp(one.checked_at),
            "published_at": stamp(one.published_at),
            "void_because": one.voided_because or None,
            "fingerprint": one.fingerprint or None,
            "counts": one.frozen.get("counts"),
            "little_read": [
                {"application": row["number"], "read": row["read"], "wanted": row["wanted"]}
                for row in one.short_rows
            ],
            "little_read_because": one.short_because or None,
        }
        for one in rows.select_related("proposed_by", "published_by")
    ]


def answers(call: Call) -> list[dict]:
    """Return what the selected answered."""
    rows = Application.objects.of_call(call).filter(result="selected").order_by("number")
    return [
        {
            "application": one.number,
            "confirm_by": stamp(one.confirm_by),
            "confirmed": stamp(one.confirmed_at),
            "declined": stamp(one.declined_at),
            "place_given_up": stamp(one.released_at),
        }
        for one in rows
    ]


def letters(call: Call) -> list[dict]:
    """Return how the letters with results arrived, without addresses or words."""
    rows = Message.objects.filter(application__call=call, kind__in=RESULT_KINDS)
    return [
        {
            "application": one.application.number,
            "key": one.key,
            "status": one.status,
            "attempts": one.attempts,
            "sent": stamp(one.sent_at),
            "message_id": one.message_id,
        }
        for one in rows.select_related("application").order_by("key")
    ]
