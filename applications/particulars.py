"""The details of an event in words: what the trail keeps as keys and codes, as people say it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime

from django.contrib.admin.models import LogEntry
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from applications import instants, questions, roles
from applications.models import Country, MessageKind, PrivateLink, Result

MANY = 12  # of a list, before the rest is counted
DIGEST = re.compile(r"[0-9a-f]{64}")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
SHORT = 16  # digits of a digest that tell it from any other here
TIMES = {"after", "before", "closes_at", "confirm_by", "confirmed_before", "holds_until", "new"} | {
    *("old", "publish_at", "review_until", "to")
}
KEYS = {
    "address": gettext_lazy("address"),
    "after": gettext_lazy("became"),
    "among": gettext_lazy("among"),
    "application": gettext_lazy("application"),
    "applications": gettext_lazy("applications"),
    "asked_by": gettext_lazy("asked by"),
    "because": gettext_lazy("because"),
    "before": gettext_lazy("was"),
    "by": gettext_lazy("by"),
    "changed": gettext_lazy("changed"),
    "changes": gettext_lazy("changes"),
    "closes_at": gettext_lazy("deadline"),
    "confirm_by": gettext_lazy("answer by"),
    "confirmed_before": gettext_lazy("had confirmed"),
    "counts": gettext_lazy("letters"),
    "country": gettext_lazy("country"),
    "country_fits": gettext_lazy("from a country of the call"),
    "criterion": gettext_lazy("criterion"),
    "date": gettext_lazy("date"),
    "device": gettext_lazy("browser"),
    "drafts": gettext_lazy("drafts"),
    "extension": gettext_lazy("no. in the ledger"),
    "factor": gettext_lazy("second factor"),
    "file": gettext_lazy("file"),
    "fingerprint": gettext_lazy("fingerprint"),
    "first": gettext_lazy("chosen"),
    "found": gettext_lazy("found"),
    "freed": gettext_lazy("place given up by"),
    "from_call": gettext_lazy("copied from"),
    "from_country": gettext_lazy("from the country"),
    "holds_until": gettext_lazy("the reserve holds until"),
    "hours": gettext_lazy("hours left"),
    "is_complete": gettext_lazy("complete"),
    "is_independent": gettext_lazy("independent"),
    "is_only_one": gettext_lazy("the outlet's only application"),
    "juror": gettext_lazy("juror"),
    "key": gettext_lazy("letter"),
    "kind": gettext_lazy("as"),
    "left": gettext_lazy("left"),
    "little_read": gettext_lazy("read by too few jurors"),
    "new": gettext_lazy("new"),
    "new_address": gettext_lazy("new address"),
    "new_device": gettext_lazy("new browser"),
    "new_key": gettext_lazy("new letter"),
    "old": gettext_lazy("was"),
    "old_address": gettext_lazy("old address"),
    "outcome": gettext_lazy("result"),
    "pairs": gettext_lazy("who reads what"),
    "per_minute": gettext_lazy("letters a minute"),
    "position": gettext_lazy("criterion no."),
    "promoted": gettext_lazy("who gets the place"),
    "proposed_by": gettext_lazy("proposed by"),
    "publish_at": gettext_lazy("to be published"),
    "reason": gettext_lazy("reason"),
    "result": gettext_lazy("result"),
    "review_until": gettext_lazy("review of the procedure until"),
    "revision": gettext_lazy("saved for the time"),
    "right": gettext_lazy("right"),
    "role": gettext_lazy("role"),
    "scores": gettext_lazy("points by criterion"),
    "section": gettext_lazy("section"),
    "seed": gettext_lazy("seed of the lot"),
    "sessions": gettext_lazy("sign-ins ended"),
    "sha256": gettext_lazy("SHA-256"),
    "step": gettext_lazy("step"),
    "submitted": gettext_lazy("number handed in"),
    "to": gettext_lazy("until"),
    "to_country": gettext_lazy("to the country"),
    "told": gettext_lazy("people told"),
    "unfinished": gettext_lazy("unfinished"),
    "username": gettext_lazy("user name"),
    "version": gettext_lazy("version"),
    "weights": gettext_lazy("weights"),
    "what": gettext_lazy("what"),
}
RESULTS = {
    **{one.value: one.label for one in Result},
    "eligible": gettext_lazy("eligible"),
    "unsure": gettext_lazy("a second opinion is needed"),
    "tied": gettext_lazy("tied at the line"),
}
WAYS_IN = {
    "password": gettext_lazy("password"),
    "totp": gettext_lazy("app with codes"),
    "webauthn": gettext_lazy("passkey"),
    "recovery_codes": gettext_lazy("recovery code"),
    "factor": gettext_lazy("second factor"),
    "reset": gettext_lazy("link for a new password"),
}
TAKEN = {
    "answers": gettext_lazy("answers"),
    "application": gettext_lazy("all data of the application"),
    "applications": gettext_lazy("applications"),
    "comments": gettext_lazy("comments"),
    "pack": gettext_lazy("board pack"),
    "ranking": gettext_lazy("ranking"),
    "report.json": gettext_lazy("report of the selection, JSON"),
    "report.pdf": gettext_lazy("report of the selection, PDF"),
    "scores": gettext_lazy("scores"),
    "selection": gettext_lazy("selection to run again"),
    "sheet": gettext_lazy("score sheet"),
    "trail": gettext_lazy("audit trail"),
}
FORMS = {"page": gettext_lazy("page to print")}
DATES = {"decision": gettext_lazy("decision"), "letters": gettext_lazy("letters with the answers")}
COUNTRIES = {one.value: one.label for one in Country}
CODES: dict[str, Mapping] = {  # what a key's values are called; one that isn't here stays as it is
    "after": RESULTS,
    "before": RESULTS,
    "by": WAYS_IN,
    "country": COUNTRIES,
    "date": DATES,
    "factor": WAYS_IN,
    "from_country": COUNTRIES,
    "outcome": RESULTS,
    "result": RESULTS,
    "section": {section.key: section.title for section in questions.SECTIONS},
    "right": {one.value: one.label for one in PrivateLink.Right},
    "role": roles.NAMES,
    "step": WAYS_IN,
    "to_country": COUNTRIES,
    "what": TAKEN,
}


def in_words(told: Mapping, files: Mapping[str, str] | None = None) -> str:
    """Return the details as one line of pairs; a key no table here knows as it is.

    `files` names files by their keys. What is empty isn't told, nor a criterion's key beside its
    number.
    """
    said = {key: value for key, value in told.items() if value not in ("", [], {})}
    if "position" in said:
        said.pop("criterion", None)
    return "; ".join(
        f"{KEYS.get(key, key)}: {value_of(key, said, files)}" for key, value in said.items()
    )


def value_of(key: str, told: Mapping, files: Mapping[str, str] | None) -> str:
    value = told[key]
    if key in OWN:
        return OWN[key](value)
    if key == "file":
        return (files or {}).get(value) or plain(value)
    if key in TIMES and (moment := instant(value)):
        return moment
    codes = CODES.get(key, {})
    if isinstance(value, list):
        return plain([codes.get(one, one) if isinstance(one, str) else one for one in value])
    return decided(codes.get(value, value) if isinstance(value, str) else value)


def instant(value) -> str:
    """Return the instant of a deadline as people say it: midnight ends a day; "" for no instant."""
    try:
        return instants.until(datetime.fromisoformat(value), year=True)
    except (TypeError, ValueError):
        return ""


def decided(value) -> str:
    """Return a decision as the ledger keeps it (reserve/2) in words, anything else plainly."""
    result, slash, order = str(value).partition("/")
    if not slash or result not in RESULTS:
        return plain(value)
    return _("place given up") if order == "-" else f"{RESULTS[result]}, № {order}"


def letter(key: str) -> str:
    """Return what letter a key of the outbox stands for, and whose."""
    kind, _slash, rest = str(key).partition("/")
    if kind not in MessageKind.values:
        return str(key)
    return f"{MessageKind(kind).label}, {rest.partition('/')[0]}".rstrip(", ")


def form_of(kind: str) -> str:
    return str(FORMS.get(kind, str(kind).upper()))


def counts(value: Mapping) -> str:
    return ", ".join(f"{RESULTS.get(key, key)} {number}" for key, number in value.items())


def points(value: Mapping) -> str:
    """Return the points in the order of the criteria; a dash where a juror couldn't judge."""
    ordered = sorted(value.items(), key=lambda pair: int(pair[0]))
    return ", ".join(plain(number) for _criterion, number in ordered)


def changes(value) -> str:
    """Return what the stock form changed, as Django words it."""
    said = LogEntry(change_message=json.dumps(value)).get_change_message()
    return said.rstrip(".")


def listed(words: list[str]) -> str:
    """Return a list in a line; of a long one the beginning, and how many more there are."""
    shown = ", ".join(words[:MANY])
    if (more := len(words) - MANY) > 0:
        return f"{shown}, " + ngettext("%(n)s more", "%(n)s more", more) % {"n": more}
    return shown


def plain(value) -> str:
    """Return a JSON value without its punctuation, and of a digest its beginning."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return listed([f"{key} {plain(one)}" for key, one in value.items()])
    if isinstance(value, list):
        return listed(
            [": ".join(map(plain, v)) if isinstance(v, list) else plain(v) for v in value]
        )
    if DIGEST.fullmatch(text := str(value)):
        return f"{text[:SHORT]}…"
    return f"{text[:8]}…" if UUID.fullmatch(text) else text


OWN: dict[str, Callable] = {
    "changes": changes,
    "counts": counts,
    "key": letter,
    "kind": form_of,
    "new_key": letter,
    "scores": points,
}
