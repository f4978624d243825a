"""Start-up checks: what must be true of the machine before anyone may rely on a deadline."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.checks import Error, register

ALMATY = ZoneInfo("Asia/Almaty")
OFFSETS = {  # Kazakhstan moved to one time, UTC+5, on 1 March 2024
    datetime(2021, 12, 14, tzinfo=ALMATY): timedelta(hours=6),
    datetime(2026, 12, 14, tzinfo=ALMATY): timedelta(hours=5),
}


@register
def time_zone_data_is_current(app_configs, **kwargs) -> list[Error]:
    """Refuse to start where Asia/Almaty would close a call at the wrong hour."""
    if all(day.utcoffset() == offset for day, offset in OFFSETS.items()):
        return []
    return [
        Error(
            "This machine's time zone data is older than 2024a: Asia/Almaty has the wrong offset.",
            hint="Update the system's tzdata package (it is preferred to Python's), then restart.",
            id="applications.E001",
        )
    ]
