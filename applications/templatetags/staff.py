"""The marks of applications.marks as template tags for the staff's pages."""

from django import template

from applications import marks

register = template.Library()

register.simple_tag(marks.shape, name="shape")
register.simple_tag(marks.tag, name="tag")
register.simple_tag(marks.country, name="country")
register.simple_tag(marks.outlet, name="outlet")
register.simple_tag(marks.pips, name="pips")
