"""Who may be named in public: outlets that hold a place, confirmed it, and agreed to be named."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from applications.models import Application, Call, Outlet, Version

CONSENTS, PUBLICATION, YES = "consents", "publication", "yes"


def are_public(call: Call, at: datetime) -> bool:
    """Whether the winners' page may be read: a person has set a date, and it has come."""
    since = call.winners_public_at
    return call.announced_at is not None and since is not None and since <= at


def winners_by_country(call: Call) -> list[tuple[str, list[Outlet]]]:
    """Return the outlets to name by country, in the order of the alphabet.

    The consent that counts is the one in the version that was judged.
    """
    holding = Application.objects.of_call(call).confirmed().select_related("outlet")
    versions = Version.objects.filter(application__in=holding, number=F("application__version"))
    agreed = {
        version.application_id
        for version in versions
        if version.answers.get(CONSENTS, {}).get(PUBLICATION) == YES
    }
    outlets = [one.outlet for one in holding if one.pk in agreed]
    outlets.sort(key=lambda outlet: outlet.display_name.casefold())
    countries = sorted({outlet.country for outlet in outlets})
    return [
        (Outlet(country=code).get_country_display(), [o for o in outlets if o.country == code])
        for code in countries
    ]
