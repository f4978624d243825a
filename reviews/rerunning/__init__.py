"""A selection to be run again elsewhere: what went into it, and a script for bare Python.

What is expected comes from the decisions as the portal holds them, not from the script, so that a
rerun that agrees proves something. Jurors are numbers: whoever checks the sums needs no names.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.utils.translation import gettext as _

from applications import instants
from applications.models import Call
from reviews import ranking
from reviews.deciding.ledger import state
from reviews.models import (
    Criterion,
    Decision,
    DecisionChange,
    DecisionList,
    DecisionResult,
    PlaceMove,
)
from reviews.rerunning import rerun
from reviews.rerunning.rerun import canonical, figure
from reviews.standing import Standing, ineligible_applications, standings

NEVER = (1980, 1, 1, 0, 0, 0)  # equal content gives equal bytes: no file tells when it was packed
FILE = 0o100644 << 16


@dataclass(frozen=True)
class Selection:
    """`inputs` as selection.json holds them, `expected` as the portal decided."""

    inputs: dict
    expected: dict

    @property
    def differences(self) -> list[str]:
        """Return the applications on which a rerun would not agree: the draft is older."""
        return rerun.differences(rerun.rerun(self.inputs), self.expected)


def selection(call: Call) -> Selection | None:
    """Return the selection of a call as it stands; None before a list was drafted."""
    decisions = list(Decision.objects.of_call(call).select_related("application"))
    if not decisions:
        return None
    positions = dict(Criterion.objects.of_call(call).values_list("pk", "position"))
    standing = {one.application.number: one for one in standings(call)}
    promoted = promotions(call)
    return Selection(
        inputs={
            **terms(call),
            "applications": entries(call, standing, decisions, positions, promoted),
            "promotions": [
                {"application": change.application.number, "after": change.after}
                for change in promoted
            ],
        },
        expected={d.application.number: decided(d, standing) for d in decisions},
    )


def terms(call: Call) -> dict:
    """Return what the call and its rubric say, with the places people moved."""
    moves = PlaceMove.objects.filter(call=call).order_by("at", "pk")
    if published := published_at(call):
        moves = moves.filter(at__lte=published)
    return {
        "format": 1,
        "call": call.slug,
        "season": call.season,
        "places": call.places,
        "country_places": {
            one.country: call.places_per_country for one in call.countries.order_by("country")
        },
        "moved_places": [{"from": m.from_country, "to": m.to_country} for m in moves],
        "minimum": figure(call.minimum_total),
        "reserve": call.reserve_per_country,
        "weights": {str(one.position): one.weight for one in Criterion.objects.of_call(call)},
    }


def published_at(call: Call) -> datetime | None:
    lists = DecisionList.objects.of_call(call).published().filter(is_promotion=False)
    return lists.values_list("published_at", flat=True).first()


def promotions(call: Call) -> list[DecisionChange]:
    """Return what was changed after the selection: places given up, and who moved up."""
    changes = DecisionChange.objects.filter(
        decision_list__call=call, decision_list__is_promotion=True
    )
    return list(changes.select_related("application").order_by("pk"))


def entries(call: Call, standing: dict, decisions, positions: dict, promoted) -> list[dict]:
    """Return each application with its points, what people settled and what they decided."""
    by_number = {d.application.number: d for d in decisions}
    before: dict[str, str] = {}
    for change in promoted:
        before.setdefault(change.application.number, change.before)
    found = [
        {
            **judged(by_number.get(number), before.get(number, "")),
            "application": number,
            "country": one.country,
            "eligible": True,
            "points": points_of(one, positions),
        }
        for number, one in standing.items()
    ]
    found += [
        {
            **judged(None, ""),
            "application": one.number,
            "country": one.outlet.country,
            "eligible": False,
            "points": {},
        }
        for one in ineligible_applications(call)
    ]
    return sorted(found, key=lambda one: one["application"])


def judged(decision: Decision | None, before: str) -> dict:
    """Return what people said over the arithmetic: the order among equals, a row by hand."""
    if decision is None or decision.result == DecisionResult.INELIGIBLE:
        return {"precedence": 0, "by_hand": None}
    return {
        "precedence": decision.precedence,
        "by_hand": (before or state(decision)) if decision.by_hand else None,
    }


def points_of(standing: Standing, positions: dict[int, int]) -> dict:
    return {
        str(one.juror): {
            str(positions[key]): given
            for key, given in sorted(one.points.items(), key=lambda pair: positions[pair[0]])
        }
        for one in standing.jurors
    }


def decided(decision: Decision, standing: dict[str, Standing]) -> dict:
    """Return a decision as the portal holds it, in the script's words."""
    one = standing.get(decision.application.number)
    return {
        "country": decision.country,
        "of_jurors": {str(j.juror): figure(j.total) for j in one.jurors} if one else {},
        "total": figure(decision.total),
        "rank": None if decision.rank is None else [decision.rank, decision.rank_last],
        "result": state(decision),
    }


def packed(call: Call, found: Selection, *, at: datetime) -> bytes:
    """Return the zip: inputs, expected results, the script and the very file of the arithmetic."""
    parts = {
        "README.txt": readme(call, at=at).encode(),
        "selection.json": canonical(found.inputs),
        "expected.json": canonical(found.expected),
        "rerun.py": Path(rerun.__file__).read_bytes(),
        "ranking.py": Path(ranking.__file__).read_bytes(),
    }
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            info = ZipInfo(f"selection-{call.slug}/{name}", NEVER)
            info.external_attr, info.compress_type = FILE, ZIP_DEFLATED
            archive.writestr(info, content)
    return buffer.getvalue()


def readme(call: Call, *, at: datetime) -> str:
    """Return what the files are and how to use them, in the active language."""
    facts = {"season": call.season, "when": instants.labelled(at, call)}
    lines = (
        _("The selection of the call %(season)s, to be run again. As of %(when)s.") % facts,
        "",
        _("Run in this folder, with Python 3.11 or later and nothing else:"),
        "",
        "    python rerun.py",
        "",
        _("selection.json: the weights, the places, every juror’s points, what people settled."),
        _("expected.json: totals, ranks and results as the portal holds them."),
        _("ranking.py: the arithmetic, the very file the portal works with."),
        _("rerun.py: reads selection.json, writes result.json, compares it with expected.json."),
        "",
        _("Jurors stand under numbers. null among the points means “can’t judge”: it is left out."),
        _("Change a point in selection.json and run it again to see what it would change."),
        "",
    )
    return "\n".join(lines)
