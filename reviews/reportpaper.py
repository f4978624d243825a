"""The report as a paper: the same structure as the page, for the file and for printing."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications import events, instants, particulars
from applications.models import Call, Country, MessageStatus
from applications.papers import Paper
from reviews.models import DecisionListStatus, DecisionResult


def paper(call: Call, told: dict, *, at: datetime) -> bytes:
    """Return the report as PDF."""
    title = _("Report of the selection, %(season)s") % {"season": call.season}
    sheet = Paper(title, language=get_language(), at=at, footer=title)
    made = _("As of %(when)s") % {"when": instants.moment(at, call)}
    sheet.paragraph(made, small=True)
    write_call(sheet, call, told)
    write_jury(sheet, told)
    write_ranking(sheet, told)
    write_ledger(sheet, call, told)
    write_lists(sheet, call, told)
    write_letters(sheet, call, told)
    return sheet.as_bytes()


def when(call: Call, stamp: str | None) -> str:
    return instants.moment(datetime.fromisoformat(stamp), call) if stamp else "—"


def write_call(sheet: Paper, call: Call, told: dict) -> None:
    sheet.heading(_("Call and numbers"))
    sheet.pair(_("Applications"), instants.deadline(call).whole)
    places = _("%(all)s in all, %(each)s per country at most")
    sheet.pair(_("Places"), places % {"all": call.places, "each": call.places_per_country})
    for row in told["numbers"]:
        words = _(
            "submitted %(submitted)s, selected %(selected)s, reserve %(reserve)s, "
            "not selected %(not_selected)s, not eligible %(ineligible)s"
        )
        sheet.pair(str(Country(row["country"]).label), words % row)
    sheet.heading(_("Criteria"))
    language = get_language()
    for one in told["criteria"]:
        title = one["title"].get(language) or one["title"].get("ru", "")
        sheet.paragraph(f"{one['position']}. {title} — {one['weight']}")


def write_jury(sheet: Paper, told: dict) -> None:
    sheet.heading(_("Jury and conflicts of interest"))
    for one in told["jury"]:
        words = _("%(handed_in)s of %(assigned)s reviews handed in, conflicts: %(conflicts)s")
        sheet.pair(one["name"], words % one)
    for one in told["conflicts"]:
        sheet.pair(f"{one['application']}, {one['juror']}", one["reason"] or "—")
    for one in told["screening"]:
        title = _("Not eligible: %(number)s") % {"number": one["application"]}
        sheet.pair(title, f"{one['reason']} ({one['by']})")


def write_ranking(sheet: Paper, told: dict) -> None:
    sheet.heading(_("Ranking and decisions"))
    country = None
    for row in told["ranking"]:
        if row["country"] != country:
            country = row["country"]
            sheet.paragraph(str(Country(country).label), bold=True)
        total = number_format(Decimal(row["total"]), 1) if row["total"] else "—"
        result = str(DecisionResult(row["result"]).label)
        if row["reserve_order"]:
            result = f"{result}, {row['reserve_order']}"
        rank = row["rank"] or "—"
        line = f"{rank}. {row['application']} {row['outlet']}: {total}, {result}"
        sheet.paragraph(line + (f". {row['reason']}" if row["reason"] else ""))


def write_ledger(sheet: Paper, call: Call, told: dict) -> None:
    """Write ties, changes by hand, moved places: everything with a reason."""
    sheet.heading(_("Ties, changes and exceptions"))
    for one in told["moved_places"]:
        title = _("A place moved: %(from)s → %(to)s") % one
        sheet.pair(title, f"{one['reason']} ({one['by']}, {when(call, one['at'])})")
    for one in told["changes"]:
        who = one["by"] or _("by the totals")
        title = f"{one['application']}: {state(one['before'])} → {state(one['after'])}"
        sheet.pair(title, f"{one['reason']} ({who}, {when(call, one['at'])})")
    for one in told["exceptions"]:
        details = particulars.in_words(one["details"])
        name = events.NAMES.get(one["event"], one["event"])
        name = f"{one['application']}, {name}" if one["application"] else name
        sheet.pair(f"{name}, {when(call, one['at'])}", f"{details} ({one['by']})")
    if not (told["moved_places"] or told["changes"] or told["exceptions"]):
        sheet.paragraph(_("None."))


def write_lists(sheet: Paper, call: Call, told: dict) -> None:
    sheet.heading(_("Who proposed and published"))
    for one in told["lists"]:
        status = str(DecisionListStatus(one["status"]).label)
        title = _("List no. %(number)s: %(status)s") % {"number": one["number"], "status": status}
        said = []
        if one["proposed_by"]:
            who = {"who": one["proposed_by"], "when": when(call, one["proposed_at"])}
            said.append(_("Proposed by %(who)s, %(when)s.") % who)
        if one["little_read"]:
            said.append(lacking_reviews(one))
        if one["published_by"]:
            who = {"who": one["published_by"], "when": when(call, one["published_at"])}
            said.append(_("Published by %(who)s, %(when)s.") % who)
        if one["void_because"]:
            said.append(_("Lost its force: %(why)s") % {"why": one["void_because"]})
        if one["fingerprint"]:
            said.append(_("Fingerprint %(digits)s") % {"digits": one["fingerprint"]})
        sheet.pair(title, " ".join(said) or "—")
    if told["trail"]:
        sheet.pair(_("Head of the audit trail’s chain"), told["trail"]["hash"])


def lacking_reviews(one: dict) -> str:
    """Return of which applications a proposal lacked reviews, and why it didn't wait for them."""
    short = [f"{row['application']} ({row['read']}/{row['wanted']})" for row in one["little_read"]]
    told = {"numbers": ", ".join(short), "why": one["little_read_because"]}
    return _("Read by too few jurors: %(numbers)s. Why it could not wait: %(why)s") % told


def write_letters(sheet: Paper, call: Call, told: dict) -> None:
    sheet.heading(_("Letters"))
    for one in told["letters"]:
        status = MessageStatus(one["status"]).label
        sheet.paragraph(f"{one['key']}: {status}, {when(call, one['sent'])}", small=True)


def state(kept: str) -> str:
    """Return what the ledger keeps (reserve/2) in words."""
    result, _slash, order = kept.partition("/")
    if result not in DecisionResult.values:
        return kept
    if order == "-":
        return _("place given up")
    label = str(DecisionResult(result).label)
    return f"{label}, {order}" if order else label
