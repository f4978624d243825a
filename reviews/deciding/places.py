"""Places: how many a country may have, taking one, giving one up, moving one to a neighbour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from applications import audit
from applications.models import Call
from applications.models.application import Refused
from reviews.deciding.ledger import actor_of, at_work, hold, needed, opened
from reviews.models import Decision, PlaceMove


def country_places(call: Call) -> dict[str, int]:
    """Return how many places each country of the call may have, moved ones counted."""
    caps = {one.country: call.places_per_country for one in call.countries.all()}
    for move in call.place_moves.all():
        caps[move.from_country] -= 1
        caps[move.to_country] += 1
    return caps


def lowest_free(taken: Iterable[int], cap: int) -> int | None:
    """Return the lowest number from 1 to `cap` that is not taken."""
    taken = set(taken)
    return next((n for n in range(1, cap + 1) if n not in taken), None)


def take(decision: Decision, call: Call, caps: dict[str, int]) -> None:
    """Give the decision the lowest free place; Refused ("no_place") where none is left.

    The caller holds the call's row. Were two writers to meet all the same, the database keeps
    the second out.
    """
    held = Decision.objects.of_call(call).holding_a_place().exclude(pk=decision.pk)
    cap = caps[decision.country]
    place = lowest_free(held.values_list("place", flat=True), call.places)
    in_country = held.filter(country=decision.country).values_list("place_in_country", flat=True)
    place_in_country = lowest_free(in_country, cap)
    if place is None or place_in_country is None:
        raise Refused("no_place")
    decision.place, decision.cap = place, call.places
    decision.place_in_country, decision.country_cap = place_in_country, cap


def leave(decision: Decision) -> None:
    """Let go of a place; the caller sets a result that needs none, or `released_at`."""
    decision.place = decision.cap = decision.place_in_country = decision.country_cap = None


def number_anew(decisions: Iterable[Decision], call: Call, caps: dict[str, int]) -> None:
    """Number the places of the selected from 1, in the order given; Refused ("no_place")."""
    in_country = Counter()
    for n, decision in enumerate(decisions, 1):
        in_country[decision.country] += 1
        if n > call.places or in_country[decision.country] > caps[decision.country]:
            raise Refused("no_place")
        decision.place, decision.cap = n, call.places
        decision.place_in_country = in_country[decision.country]
        decision.country_cap = caps[decision.country]


def move_place(
    call: Call,
    *,
    from_country: str,
    to_country: str,
    reason: str,
    by: AbstractBaseUser,
    at: datetime,
) -> PlaceMove:
    """Give an unused place of one country to another, for good, with a reason.

    Raises Refused ("reason_needed", "no_free_place"). The list at work is allocated anew by its
    caller; a proposed one loses its force.
    """
    reason = needed(reason)
    with transaction.atomic():
        call = hold(call)
        held = Decision.objects.of_call(call).holding_a_place().filter(country=from_country)
        if held.count() >= country_places(call)[from_country]:
            raise Refused("no_free_place")
        if current := at_work(call):
            opened(current, because=reason, by=by, at=at)
        close_gaps(call, from_country)
        move = PlaceMove.objects.create(
            call=call,
            from_country=from_country,
            to_country=to_country,
            reason=reason,
            by=by,
            at=at,
        )
        audit.record(
            "place.moved",
            call,
            at=at,
            actor=actor_of(by),
            from_country=from_country,
            to_country=to_country,
            reason=reason,
        )
    return move


def close_gaps(call: Call, country: str) -> None:
    """Number a country's held places from 1 without gaps, so that its last one is free."""
    held = Decision.objects.of_call(call).holding_a_place().filter(country=country)
    for n, decision in enumerate(held.order_by("place_in_country"), 1):
        if decision.place_in_country != n:
            decision.place_in_country = n
            decision.save(update_fields=["place_in_country"])
