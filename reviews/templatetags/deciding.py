"""How the pages of decisions say things, as template tags: see reviews.admin.decidingwords."""

from datetime import datetime

from django import template

from applications import instants
from applications.models import Call, MessageStatus
from reviews.admin import decidingwords

register = template.Library()

register.simple_tag(decidingwords.result_tag, name="result_tag")
register.simple_tag(decidingwords.ledger_tag, name="ledger_tag")
register.simple_tag(decidingwords.problem, name="problem_in_words")
register.simple_tag(decidingwords.solution, name="solution_in_words")
register.simple_tag(decidingwords.exception, name="exception_in_words")
register.simple_tag(decidingwords.why_void, name="why_void")
register.simple_tag(decidingwords.what_changed, name="what_changed")


@register.simple_tag
def letter_status(status: str) -> str:
    return str(MessageStatus(status).label)


@register.simple_tag
def stamp_in_words(stamp: str | None, call: Call) -> str:
    """Return an instant of the report, which holds it as text, in the call's zone."""
    at = datetime.fromisoformat(stamp) if stamp else None
    return instants.timed(at, instants.moment(at, call)) if at else "—"
