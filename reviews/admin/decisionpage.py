"""What the page of a call's decisions shows: steps, ties, places, columns, differences."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from applications import instants
from applications.models import Call, Country
from reviews import deciding
from reviews.admin.decidingwords import REFUSALS
from reviews.models import (
    Criterion,
    Decision,
    DecisionChange,
    DecisionList,
    DecisionListStatus,
    DecisionResult,
)
from reviews.standing import Standing, standings

TIE_BREAK = (1, 3)  # positions of the criteria that are compared first, as the rubric says
NAMED = 2  # of those from the same region
SHOWN = 4  # of a country's not selected, before the fold
STEP = 18  # of the row of places: a square and its gap
SQUARE = 14
DONE, NOW = "is-done", "is-now"
STANDS_AT = {  # the step that comes next, of four
    DecisionListStatus.DRAFT: 0,
    DecisionListStatus.VOID: 0,
    DecisionListStatus.PROPOSED: 2,
    DecisionListStatus.SCHEDULED: 3,
    DecisionListStatus.PUBLISHED: 4,
}
PLACES = {  # each drawn within its own 14 by 14, moved to its turn
    "held": '<rect transform="translate({} 0)" width="14" height="14" rx="2" class="cj-f-done" '
    'fill="currentColor"/>',
    "tied": '<rect transform="translate({} 0)" x=".75" y=".75" width="12.5" height="12.5" rx="2" '
    'class="cj-o-empty" fill="none" stroke="currentColor" stroke-width="1.5" '
    'stroke-dasharray="3 2"/>',
    "free": '<rect transform="translate({} 0)" x=".75" y=".75" width="12.5" height="12.5" rx="2" '
    'class="cj-o-empty" fill="none" stroke="currentColor" stroke-width="1.5"/>',
}


@dataclass
class OfCountry:
    """A country's part of the page."""

    code: str
    places: int
    rows: dict[str, list[Decision]] = field(default_factory=lambda: defaultdict(list))
    open_places: list[int] = field(default_factory=list)

    @property
    def name(self) -> str:
        return str(Country(self.code).label)

    @property
    def counts(self) -> dict[str, int]:
        return {result: len(self.rows[result]) for result in DecisionResult.values}

    @property
    def in_all(self) -> int:
        return sum(self.counts.values())

    @property
    def squares(self) -> SafeString:
        return squares(len(self.rows["selected"]), len(self.open_places), self.places)


def squares(held: int, tied: int, places: int) -> SafeString:
    """Return a row of places: filled, dashed where a tie is open, empty. Words stand beside it."""
    states = ["held"] * held + ["tied"] * tied
    states = (states + ["free"] * places)[: max(places, held)]
    drawn = format_html_join(
        "", "{}", ((format_html(PLACES[state], n * STEP),) for n, state in enumerate(states))
    )
    return format_html(
        '<svg class="cj-places" width="{0}" height="14" viewBox="0 0 {0} 14" '
        'aria-hidden="true" focusable="false">{1}</svg>',
        max(len(states) * STEP - STEP + SQUARE, 1),
        drawn,
    )


def latest_list(call: Call) -> DecisionList | None:
    """Return the list the page is about: the one at work, else the last that was published."""
    lists = DecisionList.objects.of_call(call).select_related(
        "drafted_by", "proposed_by", "published_by"
    )
    return lists.at_work().first() or lists.published().order_by("-number").first()


def page(call: Call, user: AbstractBaseUser, at: datetime) -> dict:
    """Return everything the page shows of a call."""
    decision_list = latest_list(call)
    found = {
        "call": call,
        "decision_list": decision_list,
        "standing": standings(call) if decision_list is None else None,
        "due": instants.deadline(call, closes_at=call.end_of(call.decision_date)).marked(),
        "due_left": call.end_of(call.decision_date) - at,
        "published": call.announced_at is not None,
    }
    if decision_list is None:
        return found
    decisions = list(Decision.objects.of_call(call).for_listing())
    countries = by_country(call, decisions, deciding.ties_in(decision_list))
    is_draft = decision_list.status == DecisionListStatus.DRAFT
    found |= {
        "steps": steps(decision_list),
        "is_draft": is_draft,
        "ties": ties(decision_list, call) if is_draft else [],
        "countries": countries,
        "columns": columns(countries),
        "totals": totals(call, countries),
        "vacancies": deciding.vacancies(call, at=at),
        "before": before(call, decision_list),
        "ledger": ledger(call),
        "moves": call.place_moves.select_related("by"),
        **hindrances(decision_list, at, is_draft=is_draft),
        "lists": DecisionList.objects.of_call(call).order_by("-number"),
    }
    return found


def hindrances(decision_list: DecisionList, at: datetime, *, is_draft: bool) -> dict:
    """Return what keeps the list from being proposed, as a whole and row by row, and what makes
    it need a reason."""
    decisions = deciding.decisions_of(decision_list)
    short = {"little_read": deciding.little_read(decision_list, decisions)}
    if not is_draft:
        return short
    code = deciding.too_early(decision_list, decisions, at=at)
    found = deciding.problems(decision_list, decisions)
    return {
        "too_early": REFUSALS[code] if code else "",
        "problems": [problem for problem in found if not problem.solved],
        **short,
    }


def by_country(call: Call, decisions: list[Decision], ties_open) -> list[OfCountry]:
    """Return each country's decisions by result, best first, and the places a tie keeps open."""
    caps = deciding.country_places(call)
    found = {code: OfCountry(code, cap) for code, cap in sorted(caps.items())}
    for decision in decisions:
        result = decision.result
        if decision.released_at is not None:
            continue
        found[decision.country].rows[result].append(decision)
    for tie in ties_open:
        for code, most in tie.countries.items():
            taken = len(found[code].rows["selected"]) + len(found[code].open_places)
            found[code].open_places += range(taken + 1, taken + min(most, tie.places) + 1)
    for country in found.values():
        country.rows["reserve"].sort(key=lambda d: (d.reserve_order, d.application.number))
    return list(found.values())


def columns(countries: list[OfCountry]) -> list[dict]:
    """Return the three columns of results, each by country."""
    titles = {
        "selected": (_("Selected"), "check"),
        "reserve": (_("Reserve, in order"), "bars"),
        "not_selected": (_("Not selected"), "minus"),
    }
    return [
        {
            "result": result,
            "title": title,
            "shape": shape,
            "count": sum(len(country.rows[result]) for country in countries),
            "countries": [
                {
                    "country": country,
                    "rows": country.rows[result][: SHOWN if result == "not_selected" else None],
                    "folded": country.rows[result][SHOWN:] if result == "not_selected" else [],
                    "open_places": country.open_places if result == "selected" else [],
                }
                for country in countries
                if country.rows[result] or (result == "selected" and country.open_places)
            ],
        }
        for result, (title, shape) in titles.items()
    ]


def totals(call: Call, countries: list[OfCountry]) -> dict:
    """Return the last row of the table of places."""
    counts = Counter()
    for country in countries:
        counts.update(country.counts)
    tied = sum(len(country.open_places) for country in countries)
    return {
        "counts": dict(counts),
        "in_all": sum(counts.values()),
        "squares": squares(counts["selected"], min(tied, call.places), call.places),
    }


def steps(decision_list: DecisionList) -> list[dict]:
    """Return the four steps with who did each and where the list stands."""
    call, status = decision_list.call, decision_list.status
    proposed = when_and_who(decision_list.proposed_by, decision_list.proposed_at, call)
    checked = when_and_who(decision_list.published_by, decision_list.checked_at, call)
    told = [
        (_("Draft"), named(decision_list.drafted_by) or _("from the reviews")),
        (_("Proposed"), proposed or _("by one person")),
        (
            _("Waits for a second person")
            if status == DecisionListStatus.PROPOSED
            else _("Checked"),
            checked or _("by another person"),
        ),
        (_("Announced"), announced(decision_list) or _("to everybody at once, with letters")),
    ]
    at = STANDS_AT[status]
    return [
        {"name": name, "who": who, "look": DONE if n < at else NOW if n == at else ""}
        for n, (name, who) in enumerate(told)
    ]


def named(user: AbstractBaseUser | None) -> str:
    return (user.get_full_name() or user.get_username()) if user else ""


def when_and_who(user: AbstractBaseUser | None, at: datetime | None, call: Call) -> str:
    if not user or not at:
        return ""
    return format_html("{}, {}", named(user), shown(at, call))


def shown(at: datetime, call: Call) -> str:
    return instants.timed(at, instants.moment(at, call, year=False))


def announced(decision_list: DecisionList) -> str:
    call = decision_list.call
    if decision_list.published_at:
        return shown(decision_list.published_at, call)
    if decision_list.publish_at:
        moment = instants.moment(decision_list.publish_at, call, year=False)
        return _("planned for %(when)s") % {"when": moment}
    return ""


def ties(decision_list: DecisionList, call: Call) -> list[dict]:
    """Return each tie with what the rules compare: two criteria, and regions not yet there."""
    if not (found := deciding.ties_in(decision_list)):
        return []
    standing = {one.application.pk: one for one in standings(call)}
    criteria = list(Criterion.objects.filter(call=call, position__in=TIE_BREAK))
    selected = list(Decision.objects.of_call(call).selected().for_listing())
    return [
        {
            "tie": tie,
            "numbers": place_numbers(tie, call),
            "country": one_country(tie),
            "criteria": criteria,
            "rows": tie_rows(tie, standing, criteria, selected),
        }
        for tie in found
    ]


def one_country(tie: deciding.Tie) -> str:
    """Return the name of the country a tie is about; empty where it is the whole call's."""
    codes = list(tie.countries)
    return str(Country(codes[0]).label) if len(codes) == 1 else ""


def tie_rows(tie, standing: dict[int, Standing], criteria, selected: list[Decision]) -> list[dict]:
    """Return the equals with their means for the compared criteria, the highest marked."""
    scores = {
        d.pk: [standing[d.application_id].criterion(one.pk) for one in criteria]
        for d in tie.decisions
    }
    best = [max(one or 0 for one in column) for column in zip(*scores.values(), strict=True)]
    return [
        {
            "decision": d,
            "scores": [(one, one == top) for one, top in zip(scores[d.pk], best, strict=True)],
            "represented": represented(d, selected),
        }
        for d in tie.decisions
    ]


def represented(decision: Decision, selected: list[Decision]) -> str:
    """Return who is selected from the same region already."""
    region = decision.application.outlet.region
    there = [d.application for d in selected if region and d.application.outlet.region == region]
    told = ", ".join(f"{one.number} {one.outlet}" for one in there[:NAMED])
    more = len(there) - NAMED
    return f"{told}, +{more}" if more > 0 else told


def place_numbers(tie, call: Call) -> tuple[int, int]:
    """Return the first and last place the tie is about, in its country or in the whole call."""
    held = Decision.objects.of_call(call).holding_a_place()
    if len(tie.countries) == 1:
        held = held.filter(country=next(iter(tie.countries)))
    first = held.count() + 1
    return first, first + tie.places - 1


def before(call: Call, decision_list: DecisionList) -> dict | None:
    """Return how the decisions differ from the last proposal that lost its force."""
    void = DecisionList.objects.of_call(call).filter(
        status=DecisionListStatus.VOID,
        number__lt=decision_list.number,
        is_promotion=decision_list.is_promotion,
        proposed_at__isnull=False,
    )
    if not (last := void.order_by("-number").first()):
        return None
    now = {d.application.number: d for d in Decision.objects.of_call(call).for_listing()}
    changes = DecisionChange.objects.filter(
        decision_list__call=call, at__gte=last.proposed_at
    ).select_related("by", "application", "beside")
    why = {change.application.number: change for change in changes}
    rows = []
    for row in last.frozen.get("rows", []):
        decision = now.get(row["number"])
        became = (decision.result, decision.reserve_order) if decision else (None, None)
        if became != (row.get("result"), row.get("order")):
            rows.append({"was": row, "decision": decision, "change": why.get(row["number"])})
    return {"list": last, "rows": rows}


def ledger(call: Call) -> list[DecisionChange]:
    changes = DecisionChange.objects.filter(decision_list__call=call).order_by("-pk")
    return list(changes.select_related("by", "application__outlet", "decision_list", "beside"))
