"""A deadline as people say it: a day and a time up to 24:00, in the call's own zone."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from applications import instants

CLOCK = re.compile(r"\A(?:(?:[01]?[0-9]|2[0-3]):[0-5][0-9]|24:00)\Z")


class Moment(NamedTuple):
    """A day and a clock as typed, without a zone yet."""

    day: date
    clock: str

    def in_zone(self, zone: str) -> datetime:
        """Return the instant: 24:00 is the first instant of the next day."""
        hour, minute = map(int, self.clock.split(":"))
        day = self.day + timedelta(days=hour // 24)
        return datetime.combine(day, time(hour % 24, minute), ZoneInfo(zone))


class MomentWidget(forms.MultiWidget):
    """A day and a clock. `zone` is set by the form; `ends_a_day`: midnight is told as 24:00."""

    use_fieldset = True
    zone = "UTC"
    ends_a_day = False

    def __init__(self):
        of_day = {"type": "date", "class": "cj-moment", "aria-label": _("Day")}
        of_clock = {"size": 5, "class": "cj-moment", "aria-label": _("Time, up to 24:00")}
        day, clock = forms.DateInput(of_day, format="%Y-%m-%d"), forms.TextInput(of_clock)
        super().__init__({"day": day, "clock": clock})

    def decompress(self, value):
        if value is None:
            usual = "24:00" if self.ends_a_day else "00:00"
            return [None, usual if self.is_required else ""]
        local = value.astimezone(ZoneInfo(self.zone))
        if self.ends_a_day:
            day, hour, minute = instants.last_day_and_clock(value, self.zone)
            return [day, f"{hour:02}:{minute:02}"]
        return [local.date(), f"{local:%H:%M}"]


class MomentField(forms.MultiValueField):
    """Cleans to a Moment; the form that knows the zone makes an instant of it."""

    widget = MomentWidget

    def __init__(self, *, ends_a_day: bool = False, **kwargs):
        self.ends_a_day = ends_a_day
        wrong = _("Give the time as hours and minutes, from 00:00 to 24:00.")
        clock = forms.RegexField(CLOCK, strip=True, error_messages={"invalid": wrong})
        super().__init__((forms.DateField(), clock), **kwargs)
        self.widget.ends_a_day = ends_a_day

    def compress(self, parts):
        """Return a Moment; None where no day is given to a field that needs none."""
        if not parts or parts[0] in self.empty_values:
            return None
        if parts[1] in self.empty_values:
            raise ValidationError(self.fields[1].error_messages["invalid"])
        return Moment(*parts)
