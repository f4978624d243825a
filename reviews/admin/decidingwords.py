"""How the pages of decisions say things: results, refusals, problems, why a list lost its force."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from applications import events, marks, particulars
from applications.models.application import Refused
from reviews.deciding.letters import Problem
from reviews.models import DecisionResult

LOOKS = {  # result: look, shape
    DecisionResult.SELECTED: ("good", "check"),
    DecisionResult.RESERVE: ("act", "bars"),
    DecisionResult.NOT_SELECTED: ("quiet", "minus"),
    DecisionResult.INELIGIBLE: ("quiet", "slash"),
    DecisionResult.TIED: ("warn", "equal"),
}
REFUSALS = {
    "at_work": gettext_lazy("Another list is at work: publish it or send it back first."),
    "below_the_minimum": gettext_lazy("Its total lies below the call’s minimum."),
    "changed": gettext_lazy(
        "Something changed after the proposal. It has lost its force; nothing was sent."
    ),
    "empty": gettext_lazy("There is nothing in this list to tell anybody."),
    "ineligible": gettext_lazy("An ineligible application can’t be selected."),
    "little_read": gettext_lazy(
        "Some applications were read by fewer jurors than the call asks for: write why the list "
        "can’t wait for them."
    ),
    "no_free_place": gettext_lazy("Every place of that country is held."),
    "no_place": gettext_lazy("No place is left, in the call or in the country."),
    "no_such_tie": gettext_lazy("This tie isn’t there any more. Look at the list again."),
    "not_by_hand": gettext_lazy("This can’t be decided by hand."),
    "not_draft": gettext_lazy("This list isn’t a draft any more."),
    "not_later": gettext_lazy("The new time must lie after the one that was told."),
    "not_offered": gettext_lazy("No place was offered to this outlet."),
    "released": gettext_lazy("The place isn’t this outlet’s any more."),
    "not_next": gettext_lazy("The next in the country’s reserve is another."),
    "not_proposed": gettext_lazy("This list isn’t proposed any more."),
    "not_scheduled": gettext_lazy("This list waits for no time any more."),
    "not_vacant": gettext_lazy("This place isn’t free: its outlet can still answer."),
    "open": gettext_lazy("The call is still open."),
    "other_list": gettext_lazy("The list is another one now. Look at it again."),
    "past": gettext_lazy("A date of this list has gone by. Set later dates first."),
    "proposed": gettext_lazy("The list is proposed. Send it back to change it."),
    "published": gettext_lazy("The results are announced: this can’t be changed any more."),
    "reason_needed": gettext_lazy("A written reason is needed."),
    "same_person": gettext_lazy("Who proposed a list can’t publish it: a second person does."),
    "stale": gettext_lazy("Reviews changed after the list was drafted. Draft it anew first."),
    "still_open": gettext_lazy("An application with a later deadline is still being written."),
    "too_many_of_a_country": gettext_lazy("That is more than the country has places."),
    "unscored": gettext_lazy("Nobody has scored this application yet."),
    "void": gettext_lazy("This list has lost its force."),
    "wrong_count": gettext_lazy("Choose exactly as many as there are places."),
}
PROBLEMS = {
    "answered": gettext_lazy("the outlet has answered after all: drop the promotion"),
    "bounced": gettext_lazy("mail comes back"),
    "feedback": gettext_lazy("feedback is not written"),
    "no_address": gettext_lazy("no e-mail address"),
    "no_link": gettext_lazy("the private link was taken back"),
    "no_text": gettext_lazy("no text of the letter"),
    "tie": gettext_lazy("a tie is not settled"),
    "unscored": gettext_lazy("nobody has scored it"),
}
SOLUTIONS = {
    "bounced": gettext_lazy("address corrected"),
    "feedback": gettext_lazy("written"),
    "no_text": gettext_lazy("added"),
}
CHANGED = {
    "absent": gettext_lazy("a new application"),
    "answered": gettext_lazy("the outlet answered"),
    "dates": gettext_lazy("the dates"),
    "letter": gettext_lazy("the letter"),
    "order": gettext_lazy("order in the reserve"),
    "read": gettext_lazy("the number of its reviews"),
    "reason": gettext_lazy("the reason"),
    "recipient": gettext_lazy("the address"),
    "reply_to": gettext_lazy("the contact"),
    "result": gettext_lazy("the result"),
    "total": gettext_lazy("the total"),
    "wanted": gettext_lazy("how many reviews it needs"),
}
UNTOLD = {"key", "language", "place", "released"}  # they change with something that is told
NUMBERS_SHOWN = 6


def refusal(refused: Refused) -> str:
    return str(REFUSALS.get(refused.code, refused.code))


def result_tag(result: str, order: int | None = None) -> SafeString:
    """Return a result as a word with its shape; one on the reserve with its turn."""
    look, shape = LOOKS[DecisionResult(result)]
    words = str(DecisionResult(result).label)
    if order is not None:
        words = _("%(result)s, no. %(order)s") % {"result": words, "order": order}
    return marks.tag(look, shape, words)


def ledger_tag(state: str) -> SafeString:
    """Return what the ledger keeps (reserve/2) as a word with its shape."""
    result, _slash, order = state.partition("/")
    if result not in DecisionResult.values:
        return format_html("—")
    if order == "-":
        return marks.tag("quiet", "back", _("place given up"))
    return result_tag(result, int(order) if order else None)


def problem(one: Problem) -> str:
    """Return a problem in words, with the numbers it is about."""
    words = str(PROBLEMS[one.code])
    if one.detail:
        return f"{one.detail}: {words}"
    shown = ", ".join(one.numbers[:NUMBERS_SHOWN])
    if (more := len(one.numbers) - NUMBERS_SHOWN) > 0:
        others = ngettext("%(n)s more", "%(n)s more", more) % {"n": more}
        shown = f"{shown}, {others}"
    return f"{shown}: {words}"


def solution(one: Problem) -> str:
    return str(SOLUTIONS.get(one.code, ""))


def why_void(because: str) -> str:
    """Return why a list lost its force: a person's words, or what changed under it."""
    if because in ("feedback", "dates"):
        told = {
            "feedback": _("The feedback in a letter was rewritten."),
            "dates": _("The dates in the letters were changed."),
        }
        return told[because]
    pieces = [changed(piece) for piece in because.split("; ")]
    return "; ".join(pieces)


def changed(piece: str) -> str:
    """Return one piece of what changed; a person's own sentence stays as it is."""
    number, colon, keys = piece.rpartition(": ")
    names = keys.split(", ")
    if not all(name in CHANGED or name in UNTOLD for name in names):
        return piece
    words = [str(CHANGED[name]) for name in names if name in CHANGED]
    return f"{number}{colon}{', '.join(words)}"


def what_changed(keys: list[str]) -> str:
    """Return in words what of an application differs between two proposals."""
    return ", ".join(str(CHANGED[key]) for key in keys if key in CHANGED) or _("details")


def exception(one: dict) -> str:
    """Return an event of the report with its details, in words."""
    name = str(events.NAMES.get(one["event"], one["event"]))
    name = f"{one['application']}, {name}" if one["application"] else name
    details = particulars.in_words(one["details"])
    return f"{name}: {details}" if details else name
