"""Controls of a form, drawn in one go: a section may hold sixty, and widgets' own templates, one
for each choice and each attribute, take most of the time such a page needs.

The class names are those that crispy-bootstrap5 renders.
"""

from django import forms, template
from django.forms.boundfield import BoundField
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


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


def checked(is_so: bool) -> str:
    return mark_safe(" checked") if is_so else ""
