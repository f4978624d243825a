"""What the second person sees: who is told what, and every letter as it will be sent."""

from __future__ import annotations

import re
from collections import Counter

from django.http import Http404, QueryDict
from django.utils.translation import gettext as _

from applications import instants, results
from applications import letters as ground_letters
from applications.models import Country, Language
from reviews import deciding
from reviews.deciding.letters import (
    CommonFacts,
    announced_in,
    announcement,
    decisions_of,
    problems,
)
from reviews.models import Decision, DecisionList, DecisionResult, Review

PRIVATE_LINK = re.compile(r"(/z/)[0-9A-Za-z-]+")
TOLD = ("selected", "reserve", "not_selected", "ineligible")


def page(decision_list: DecisionList, asked: QueryDict) -> dict:
    """Return everything the page shows: counts, problems, the fingerprint and one letter."""
    decisions = decisions_of(decision_list)
    found = problems(decision_list, decisions)
    return {
        "call": decision_list.call,
        "decision_list": decision_list,
        "table": table(decisions),
        "problems": found,
        "little_read": deciding.little_read(decision_list, decisions),
        "left": sum(not one.solved for one in found),
        "print": grouped(decision_list.fingerprint),
        "changed": [] if decision_list.status == "published" else changed(decision_list),
        **letters_one_by_one(decision_list, decisions, asked),
    }


def changed(decision_list: DecisionList) -> list[dict]:
    """Return what differs from the previous proposal that lost its force."""
    void = DecisionList.objects.of_call(decision_list.call).filter(
        status="void",
        number__lt=decision_list.number,
        is_promotion=decision_list.is_promotion,
        proposed_at__isnull=False,
    )
    last = void.order_by("-number").first()
    if last is None or not decision_list.frozen:
        return []
    return deciding.differences(last.frozen["rows"], decision_list.frozen["rows"])


def table(decisions: list[Decision]) -> dict:
    """Return the letters counted by result, country and language; every row and column adds up."""
    told = announced_in(decisions)
    cells = Counter()
    for decision in told:
        language = decision.application.language
        cells[decision.result, decision.country] += 1
        cells[decision.result, language] += 1
    countries, languages = Country.values, Language.values
    rows = [
        {
            "result": result,
            "countries": [cells[result, code] for code in countries],
            "languages": [cells[result, code] for code in languages],
            "in_all": sum(cells[result, code] for code in countries),
        }
        for result in TOLD
    ]
    return {
        "rows": rows,
        "heads": {"countries": countries, "languages": languages},
        "countries": [sum(row["countries"][n] for row in rows) for n in range(len(countries))],
        "languages": [sum(row["languages"][n] for row in rows) for n in range(len(languages))],
        "in_all": len(told),
    }


def grouped(fingerprint: str) -> str:
    """Return the fingerprint's beginning as it can be read aloud: 7f3a 91c4 · 0be2 55d8 · …"""
    fours = [fingerprint[n : n + 4] for n in range(0, min(len(fingerprint), 24), 4)]
    return " · ".join(f"{a} {b}" for a, b in zip(fours[::2], fours[1::2], strict=True))


def letters_one_by_one(
    decision_list: DecisionList, decisions: list[Decision], asked: QueryDict
) -> dict:
    """Return the letter that is shown, its neighbours, and what the list is narrowed to."""
    result, language = asked.get("result", ""), asked.get("language", "")
    told = [
        d
        for d in announced_in(decisions)
        if (not result or d.result == result)
        and (not language or d.application.language == language)
    ]
    told.sort(key=lambda d: (TOLD.index(d.result), d.country, d.rank or 0, d.application.number))
    narrowed = {"result": result, "language": language}
    found = {"narrowed": narrowed, "letters": len(told), "results": TOLD}
    if not told:
        return found
    numbers = [d.application.number for d in told]
    wanted = asked.get("letter")
    at = numbers.index(wanted) if wanted in numbers else 0
    return found | {
        "letter": as_shown(told[at], decision_list),
        "position": at + 1,
        "previous": numbers[at - 1] if at else None,
        "following": numbers[at + 1] if at + 1 < len(told) else None,
    }


def announcement_of(decision: Decision, decision_list: DecisionList) -> results.Announcement:
    """Return one letter as it would be sent now."""
    shelf = ground_letters.Shelf()
    return announcement(decision, decision_list, CommonFacts(decision_list), shelf)


def as_shown(decision: Decision, decision_list: DecisionList) -> dict:
    """Return a letter for reading: the private link in it stays its recipient's."""
    if not any(k.is_owner and k.revoked_at is None for k in decision.application.links.all()):
        return {"decision": decision}
    announced = announcement_of(decision, decision_list)
    prepared = announced.prepared
    text = PRIVATE_LINK.sub(r"\1…", prepared.letter.text)
    due = announced.confirm_by
    limit = due and instants.deadline(decision_list.call, prepared.language, closes_at=due).whole
    return {
        "decision": decision,
        "prepared": prepared,
        "text": text,
        "blocks": ground_letters.blocks(text, limit),
        "made_of": made_of(decision, decision_list, prepared),
    }


def made_of(decision: Decision, decision_list: DecisionList, prepared) -> list[str]:
    """Return where the words of a letter come from."""
    call = decision_list.call
    own = ground_letters.Shelf().text_for(prepared.kind, prepared.language, call.pk)
    kind = prepared.kind.label
    told = {"kind": kind, "language": prepared.language}
    if own:
        words = _("Text “%(kind)s”, %(language)s, revision %(revision)s")
        sources = [words % {**told, "revision": own.revision}]
    else:
        sources = [_("Text “%(kind)s”, %(language)s, as supplied") % told]
    if decision.result != DecisionResult.NOT_SELECTED:
        return sources
    notes = notes_of([decision.application_id]).get(decision.application_id, [])
    sources += [
        from_whom(_("Strength"), decision.strength, [n["strength"] for n in notes], decision),
        from_whom(
            _("Improvement"), decision.improvement, [n["improvement"] for n in notes], decision
        ),
    ]
    if not CommonFacts(decision_list).average.get(decision.country):
        sources.append(_("The average is left out: it would give others’ totals away"))
    return sources


def from_whom(name: str, text: str, notes: list[str], decision: Decision) -> str:
    """Return whose words a piece of feedback is: a juror's as they stood, or edited."""
    if not text:
        return _("%(name)s: not written yet") % {"name": name}
    if text in [note.strip() for note in notes]:
        return _("%(name)s: from a review, unchanged") % {"name": name}
    by = decision.feedback_by
    who = (by.get_full_name() or by.get_username()) if by else "—"
    return _("%(name)s: worded by %(who)s") % {"name": name, "who": who}


def notes_of(applications: list[int]) -> dict[int, list[dict]]:
    """Return the jurors' notes for applicants, by application."""
    rows = (
        Review.objects.handed_in()
        .filter(assignment__application__in=applications)
        .order_by("pk")
        .values("assignment__application", "strength", "improvement")
    )
    found: dict[int, list[dict]] = {}
    for row in rows:
        found.setdefault(row.pop("assignment__application"), []).append(row)
    return found


def decision_of(decision_list: DecisionList, number: str) -> Decision:
    """Return the list's decision about application `number`, or raise Http404."""
    for decision in decisions_of(decision_list):
        if decision.application.number == number:
            return decision
    raise Http404
