"""The marks of applications.marks as template tags for the staff's pages."""

from django import template

from applications import events, marks

register = template.Library()

register.simple_tag(marks.shape, name="shape")
register.simple_tag(marks.tag, name="tag")
register.simple_tag(marks.country, name="country")
register.simple_tag(marks.outlet, name="outlet")
register.simple_tag(marks.pips, name="pips")
register.simple_tag(marks.letter, name="letter_tag")
register.simple_tag(marks.scan, name="scan_tag")
register.simple_tag(events.name_of, name="event_in_words")
register.simple_tag(events.actor_of, name="actor_in_words")
register.simple_tag(events.details_of, name="details_in_words")
register.simple_tag(marks.swatch, name="swatch")
