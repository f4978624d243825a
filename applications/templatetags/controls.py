"""Questions of a form, drawn in one go: a section may hold sixty controls, and templates, one for
each widget, choice and attribute, take most of the time such a page needs.

The class names are those that crispy-bootstrap5 renders, whose field.html leads here. Differs in
where the errors of choices stand: before them, after the legend.
"""

from django import forms, template
from django.forms.boundfield import BoundField
from django.forms.utils import flatatt
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def question(bound: BoundField) -> SafeString:
    """Draw a question whole: label, control, errors, help, and how long a text is.

    A field may carry a `unit`, which stands after the control, and a `counter` (forms.counter).
    """
    field = bound.field
    if bound.is_hidden:
        return bound.as_widget()
    if isinstance(field.widget, forms.CheckboxInput):
        return format_html(BOX, bound.auto_id, control(bound), label(bound), below(bound))
    if field.widget.use_fieldset:
        described = flatatt({"aria-describedby": bound.aria_describedby or None})
        parts = (label(bound), errors(bound), choices(bound), helped(bound))
        return format_html(GROUP, bound.auto_id, described, *parts)
    drawn = control(bound)
    if unit := getattr(field, "unit", ""):
        drawn = format_html(WITH_UNIT, drawn, unit)
    counter = getattr(field, "counter", None)
    parts = (bound.id_for_label, label(bound), drawn, below(bound))
    return format_html(LINE, bound.auto_id, *parts, counted(counter) if counter else "")


BOX = (
    '<div class="mb-3"><div id="div_{0}" class="form-check">{1}'
    '<label for="{0}" class="form-check-label">{2}</label>{3}</div></div>\n'
)
GROUP = (
    '<div id="div_{}" class="mb-3"><fieldset{}><legend class="form-label fs-6">{}</legend>{}\n'
    "<div>\n{}</div>\n{}</fieldset></div>\n"
)
LINE = '<div id="div_{}" class="mb-3"><label for="{}" class="form-label">{}</label>{}{}{}</div>\n'
WITH_UNIT = '<div class="input-group">{}<span class="input-group-text">{}</span></div>'


def label(bound: BoundField) -> SafeString:
    """Return a question's words; what may stay empty says so."""
    if bound.field.required:
        return escape(bound.label)
    return format_html('{} <span class="opt">{}</span>', bound.label, _("(optional)"))


def errors(bound: BoundField) -> SafeString:
    """Return what is wrong, in the words of the summary."""
    if not bound.errors:
        return mark_safe("")
    told = format_html_join("", "<p><strong>{}</strong></p>", ((one,) for one in bound.errors))
    return format_html('<div id="{}_error" class="invalid-feedback">{}</div>', bound.auto_id, told)


def helped(bound: BoundField) -> SafeString:
    if not bound.help_text:
        return mark_safe("")
    words = '<div id="{}_helptext" class="form-text">{}</div>'
    return format_html(words, bound.auto_id, bound.help_text)


def below(bound: BoundField) -> SafeString:
    return errors(bound) + helped(bound)


def counted(counter: dict) -> SafeString:
    """Draw how long a text is and how that is judged.

    draft.js shows another state and fills in its number with the same arithmetic; it has no words
    of its own, so every state is there, those that don't hold hidden.
    """
    judged = [
        ("near", "near", _('left: <b class="n">%(left)s</b>')),
        ("over", "bad", _('too long by <b class="n">%(left)s</b>, all of it is kept')),
    ]
    if counter["least"]:
        judged = [
            ("few", "part", _('still needed: <b class="n">%(left)s</b>')),
            ("fine", "done", _("long enough")),
            *judged,
        ]
    now = counter["state"] if counter["here"] or counter["state"] != "fine" else None
    states = (
        (look, when, checked(when != now, " hidden"), filled(words, left=counter["left_shown"]))
        for when, look, words in judged
    )
    size = filled(
        _('<b class="n">%(here)s</b> of %(most)s characters'),
        here=counter["here_shown"],
        most=counter["most_shown"],
    )
    told = format_html_join("\n", STATE, states)
    return format_html(COUNTER, counter["least"], counter["most"], size, told, counter["shown"])


def filled(words: str, **numbers: str) -> SafeString:
    """Return words of the catalogue, which may hold tags, with numbers in their places."""
    return mark_safe(words % {name: escape(n) for name, n in numbers.items()})  # noqa: S308


STATE = '<span class="st st-{}" data-when="{}"{}><span>{}</span></span>'
COUNTER = (
    '<div class="counter" data-least="{0}" data-most="{1}"><span>{2}</span>\n{3}\n'
    '<span class="vh" role="status"></span></div>\n'
    '<progress value="{4}" max="{1}" aria-hidden="true"></progress>'
)


def attributes(bound: BoundField, css: str) -> str:
    """Return id, classes, state and what the widget asks for, ready for the tag."""
    wrong = " is-invalid" if bound.errors else ""
    return flatatt(
        {
            "name": bound.html_name,
            "id": bound.auto_id,
            "class": f"{css}{wrong}",
            **bound.build_widget_attrs(bound.field.widget.attrs),
        }
    )


@register.filter
def control(bound: BoundField) -> SafeString:
    """Draw a field's control: an input, a text area, a drop-down list or one box."""
    widget = bound.field.widget
    if isinstance(widget, forms.CheckboxInput | forms.ClearableFileInput):
        checks = isinstance(widget, forms.CheckboxInput)
        return bound.as_widget(attrs={"class": "form-check-input" if checks else "form-control"})
    if isinstance(widget, forms.Select):
        return format_html(
            "<select{}>{}</select>", attributes(bound, "form-select"), options(bound)
        )
    value = widget.format_value(bound.value())
    if isinstance(widget, forms.Textarea):
        attrs = attributes(bound, "form-control")
        return format_html("<textarea{}>\n{}</textarea>", attrs, value or "")
    attrs = attributes(bound, "form-control") + flatatt({"type": widget.input_type, "value": value})
    return format_html("<input{}>", mark_safe(attrs))  # noqa: S308  flatatt escapes


def options(bound: BoundField) -> SafeString:
    chosen = str(bound.value() or "")
    rows = (
        (key, mark_safe(" selected") if str(key) == chosen else "", label)
        for key, label in bound.field.choices
    )
    return format_html_join("", '<option value="{}"{}>{}</option>', rows)


@register.filter
def choices(bound: BoundField) -> SafeString:
    """Draw the radio buttons or boxes of one question, each with its label."""
    value = bound.value()
    chosen = {str(one) for one in (value if isinstance(value, list | tuple) else [value])}
    shared = flatatt(
        {
            "type": bound.field.widget.input_type,
            "class": f"form-check-input{' is-invalid' if bound.errors else ''}",
            "name": bound.html_name,
            "aria-invalid": "true" if bound.errors else None,
        }
    )
    rows = (
        (shared, key, f"{bound.auto_id}_{n}", checked(str(key) in chosen), label)
        for n, (key, label) in enumerate(bound.field.choices)
    )
    return format_html_join("\n", CHOICE, ((*row[:4], row[2], row[4]) for row in rows))


CHOICE = (
    '<div class="form-check"><input{} value="{}" id="{}"{}>'
    ' <label for="{}" class="form-check-label">{}</label></div>'
)


def checked(is_so: bool, word: str = " checked") -> SafeString:
    return mark_safe(word if is_so else "")  # noqa: S308  our own words
