"""Run a selection again: from selection.json to totals, ranks and places, on bare Python.

    python rerun.py

It needs nothing but Python 3.11 and the files beside it. It writes result.json and compares it
with expected.json, byte for byte: exit code 0 when they are the same, 1 when they differ.
"""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path

HERE = Path(__file__).resolve().parent
if __package__:
    from reviews import ranking
else:  # unpacked somewhere else, beside its copy of the same file
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(HERE))
    import ranking

RESERVE = "reserve/"


def canonical(told: dict) -> bytes:
    """Return JSON in the one form that equal content has."""
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1)
    return f"{text}\n".encode()


def figure(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:.4f}"


def rerun(inputs: dict) -> dict:
    """Return totals, ranks and results from the inputs alone."""
    applications = {one["application"]: one for one in inputs["applications"]}
    of_jurors = {key: totals_of(one, inputs["weights"]) for key, one in applications.items()}
    totals = {key: ranking.mean(of_jurors[key].values()) for key in applications}
    ranks = ranks_of(applications, totals)
    results = results_of(inputs, applications, totals)
    results |= {change["application"]: change["after"] for change in inputs["promotions"]}
    return {
        key: {
            "country": one["country"],
            "of_jurors": {juror: figure(total) for juror, total in of_jurors[key].items()},
            "total": figure(totals[key]),
            "rank": list(ranks[key]) if key in ranks else None,
            "result": results[key],
        }
        for key, one in applications.items()
    }


def totals_of(application: dict, weights: dict[str, int]) -> dict[str, Decimal | None]:
    """Return each juror's total; an application that isn't eligible has none."""
    if not application["eligible"]:
        return {}
    return {
        juror: ranking.total(points, weights) for juror, points in application["points"].items()
    }


def ranks_of(applications: dict, totals: dict) -> dict[str, ranking.Rank]:
    """Return the ranks within each country."""
    found = {}
    for country in {one["country"] for one in applications.values()}:
        own = {key: totals[key] for key in totals if applications[key]["country"] == country}
        found |= ranking.ranks(own)
    return found


def places_of(inputs: dict) -> dict[str, int]:
    """Return the places of each country, with those that people moved."""
    places = dict(inputs["country_places"])
    for move in inputs["moved_places"]:
        places[move["from"]] -= 1
        places[move["to"]] += 1
    return places


def results_of(inputs: dict, applications: dict, totals: dict) -> dict[str, str]:
    """Return what becomes of each: people's own decisions stand, the arithmetic gives the rest."""
    by_hand = {k: one for k, one in applications.items() if one["by_hand"] and one["eligible"]}
    chosen = [one["country"] for one in by_hand.values() if one["by_hand"] == "selected"]
    entries = [
        ranking.Entry(key, one["country"], totals[key], one["precedence"])
        for key, one in applications.items()
        if key not in by_hand and one["eligible"]
    ]
    allocation = ranking.allocate(
        entries,
        places=inputs["places"] - len(chosen),
        country_places={c: n - chosen.count(c) for c, n in places_of(inputs).items()},
        minimum=None if inputs["minimum"] is None else Decimal(inputs["minimum"]),
        reserve=inputs["reserve"],
    )
    results = {key: "ineligible" for key, one in applications.items() if not one["eligible"]}
    for country in allocation.countries.values():
        results |= dict.fromkeys(country.not_selected + country.unscored, "not_selected")
        results |= dict.fromkeys(country.selected, "selected")
        results |= dict.fromkeys(country.tied, "tied")
        results |= {key: f"{RESERVE}{order}" for order, key in country.reserve}
    return results | results_by_hand(by_hand, allocation)


def results_by_hand(by_hand: dict, allocation: ranking.Allocation) -> dict[str, str]:
    """Return people's own decisions; their reserve stands behind the arithmetic's."""
    results = {}
    for code, country in allocation.countries.items():
        last = len(country.reserve)
        own = [(one["by_hand"], key) for key, one in by_hand.items() if one["country"] == code]
        for decided, key in sorted(own, key=lambda pair: (order_in(pair[0]), pair[1])):
            if decided.startswith(RESERVE):
                last += 1
                decided = f"{RESERVE}{last}"
            results[key] = decided
    return results


def order_in(decided: str) -> int:
    return int(decided.removeprefix(RESERVE)) if decided.startswith(RESERVE) else 0


def differences(found: dict, expected: dict) -> list[str]:
    """Return the applications that don't agree, by number."""
    return sorted(
        key for key in found.keys() | expected.keys() if found.get(key) != expected.get(key)
    )


def main() -> int:
    """Run the selection that lies beside this file and say whether it comes out the same."""
    inputs = json.loads((HERE / "selection.json").read_bytes())
    expected = (HERE / "expected.json").read_bytes()
    result = canonical(rerun(inputs))
    (HERE / "result.json").write_bytes(result)
    if result == expected:
        print(f"The same, byte for byte: {len(inputs['applications'])} applications.")
        return 0
    print("Different: " + ", ".join(differences(json.loads(result), json.loads(expected))))
    return 1


if __name__ == "__main__":
    sys.exit(main())
