"""What the demo's outlets write: answers to every section, put together from outlets and phrases.

Everything is drawn from an outlet's own random numbers, so that each load gives the same texts.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from random import Random

from applications.counting import signs
from applications.models import Call, Country

HERE = Path(__file__).parent
LETTER_ROLES = 7  # opening, story, people, topics, coordinator, safety, closing
CURRENCIES = {Country.KZ: ("KZT", 5000), Country.TJ: ("TJS", 100)}
ADDRESSES = {"telegram": "t.me/{}", "instagram": "instagram.com/{}"}
BIN_WEIGHTS = ((1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2))


@cache
def outlets() -> list[dict]:
    return json.loads((HERE / "outlets.json").read_text(encoding="utf-8"))


@cache
def phrases(language: str) -> dict:
    return json.loads((HERE / "phrases" / f"{language}.json").read_text(encoding="utf-8"))


def luck_of(outlet: dict, purpose: str) -> Random:
    """Return the outlet's own random numbers: the same on every load."""
    return Random(f"{outlet['domain']}/{purpose}")  # noqa: S311 - a demo, no secret


def said(outlet: dict, key: str) -> str:
    """Return the phrase for `key` that befits how good the application is, best first."""
    variants = phrases(outlet["language"])[key]
    place = {5: 0, 4: 0, 3: 1, 2: 1, 1: 2}[outlet["quality"]]
    return variants[min(place, len(variants) - 1)]


def letter(outlet: dict, call: Call) -> str:
    """Return the letter of rationale, as long as the call asks."""
    luck = luck_of(outlet, "letter")
    variants = phrases(outlet["language"])["letter"]
    chosen = [[luck.randrange(2)] for _ in range(LETTER_ROLES)]
    spare = luck.sample(range(2, LETTER_ROLES), LETTER_ROLES - 2)
    topics = outlet["topics"][0].lower() + outlet["topics"][1:]
    slots = {**outlet, "topics": topics, "target": target(outlet)}
    while True:
        told = [variants[role][n] for role, ns in enumerate(chosen) for n in ns]
        text = "\n\n".join(told).format(**slots)
        if signs(text) >= call.letter_least or not spare:
            return text
        role = spare.pop()
        chosen[role].append(1 - chosen[role][0])


def target(outlet: dict) -> int:
    return luck_of(outlet, "target").randint(8, 30)


def answers(outlet: dict, call: Call) -> dict[str, dict]:
    """Return the answers to every section but the files, complete and without slips."""
    return {
        "outlet": about(outlet),
        "independence": {
            "owners": luck_of(outlet, "owners").choice(phrases(outlet["language"])["owners"]),
            "state_share": "0",
            "income": ["advertising", "grants"],
            "income_shares": said(outlet, "income_shares"),
            "donors": luck_of(outlet, "donors").choice(phrases(outlet["language"])["donors"]),
        },
        "reach": reach(outlet),
        "coordinator": coordinator(outlet),
        "network": network(outlet),
        "budget": budget(outlet),
        "letter": {"letter": letter(outlet, call)},
        "consents": consents(outlet),
    }


def about(outlet: dict) -> dict:
    same = ("name", "known_as", "country", "region", "city", "legal_form", "media", "languages")
    return {
        **{key: outlet[key] for key in same},
        "registration_number": registration_number(outlet),
        "founded": str(founded(outlet)),
        "site": f"{outlet['domain']}.example" if "site" in outlet["media"] else "",
        "editor": outlet["editor"],
    }


def founded(outlet: dict) -> int:
    return luck_of(outlet, "about").randint(1998, 2020)


def registration_number(outlet: dict) -> str:
    """Return a BIN with a right check digit, or nine digits in Tajikistan; none for persons."""
    luck = luck_of(outlet, "number")
    if outlet["legal_form"] not in ("company", "nonprofit"):
        return ""
    if outlet["country"] == Country.TJ:
        return f"{luck.randrange(10**8, 10**9):09}"
    while True:
        year, month = founded(outlet) % 100, luck.randint(1, 12)
        digits = f"{year:02}{month:02}{luck.choice('45')}0{luck.randrange(10**5):05}"
        for weights in BIN_WEIGHTS:
            check = sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11
            if check != 10:
                return f"{digits}{check}"


def reach(outlet: dict) -> dict:
    luck = luck_of(outlet, "reach")
    told = {"team": str(luck.randint(2, 14))}
    if "site" in outlet["media"]:
        told["visits"] = f"{luck.randint(4, 160)} 000"
        told["visits_period"] = {
            "ru": "В среднем за три месяца",
            "kk": "Үш айдың орташасы",
            "tg": "Миёнаи се моҳ",
            "en": "The average of three months",
        }[outlet["language"]]
    for network_name, address in ADDRESSES.items():
        told[network_name] = address.format(outlet["domain"].replace("-", "_"))
        told[f"{network_name}_followers"] = f"{luck.randint(1, 38)} {luck.randrange(10)}00"
    return told


def coordinator(outlet: dict) -> dict:
    luck = luck_of(outlet, "coordinator")
    last = f"{luck.randrange(100):02}"
    in_kazakhstan = outlet["country"] == Country.KZ
    return {
        "coordinator_name": outlet["coordinator"],
        "coordinator_role": luck.choice(phrases(outlet["language"])["role"]),
        "coordinator_phone": f"8 701 555 01 {last}" if in_kazakhstan else f"93 555 01 {last}",
        "coordinator_email": f"coordinator@{outlet['domain']}.example",
        "coordinator_hours": str(luck.choice((10, 15, 20))),
        "coordinator_experience": said(outlet, "coordinator_experience"),
    }


def network(outlet: dict) -> dict:
    took_part = luck_of(outlet, "took part").random() < 0.2
    told = ("experience", "recruitment", "training", "safety", "payment", "plan")
    return {
        **{key: said(outlet, key) for key in told},
        "took_part": "yes" if took_part else "no",
        "took_part_season": "2021–2022" if took_part else "",
        "target": str(target(outlet)),
    }


def budget(outlet: dict) -> dict:
    luck = luck_of(outlet, "budget")
    currency, unit = CURRENCIES[outlet["country"]]
    return {
        "currency": currency,
        "coordinator_months": "6",
        "coordinator_monthly": str(unit * luck.randint(20, 36)),
        "fees_number": str(luck.choice((48, 60, 72, 96))),
        "fee": str(unit * luck.choice((1, 2, 3))),
        "own_contribution": str(unit * luck.randint(0, 40)),
        "afterwards": said(outlet, "afterwards"),
    }


def consents(outlet: dict) -> dict:
    luck = luck_of(outlet, "consents")
    return {
        "data": "yes",
        "transfer": "yes",
        "truth": "yes",
        "publication": "yes" if luck.random() < 0.7 else "",
        "heard": [luck.choice(("internews", "telegram", "facebook", "colleagues"))],
    }
