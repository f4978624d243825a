"""How the pages of decisions say things, as template tags: see reviews.admin.decidingwords."""

from django import template

from reviews.admin import decidingwords

register = template.Library()

register.simple_tag(decidingwords.result_tag, name="result_tag")
register.simple_tag(decidingwords.ledger_tag, name="ledger_tag")
register.simple_tag(decidingwords.problem, name="problem_in_words")
register.simple_tag(decidingwords.solution, name="solution_in_words")
register.simple_tag(decidingwords.exception, name="exception_in_words")
register.simple_tag(decidingwords.why_void, name="why_void")


@register.filter
def of(counts: dict, key: str):
    """Return the value under a key that the template knows by name: {{ counts|of:"reserve" }}."""
    return counts.get(key, 0)
