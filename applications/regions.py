"""The regions of both countries, each with the time it exists and its name in four languages.

Codes are those of ISO 3166-2. Kazakhstan got three regions on 8 June 2022, and its capital was
called Nur-Sultan from 23 March 2019 to 16 September 2022.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import get_language

REFORM = date(2022, 6, 8)
ASTANA_AGAIN = date(2022, 9, 17)
LANGUAGES = ("ru", "kk", "tg", "en")


@dataclass(frozen=True)
class Region:
    """`since` is the first day a region or its name holds, `until` the first it no longer does."""

    code: str
    names: tuple[str, str, str, str]
    since: date = date.min
    until: date = date.max

    @property
    def country(self) -> str:
        return self.code[:2]

    def exists(self, on: date) -> bool:
        return self.since <= on < self.until

    def name(self, language: str | None = None) -> str:
        language = (language or get_language() or "ru")[:2]
        return self.names[LANGUAGES.index(language) if language in LANGUAGES else 0]


REGIONS = (
    Region("KZ-71", ("Нур-Султан", "Нұр-Сұлтан", "Нур-Султон", "Nur-Sultan"), until=ASTANA_AGAIN),
    Region("KZ-71", ("Астана", "Астана", "Остона", "Astana"), since=ASTANA_AGAIN),
    Region("KZ-75", ("Алматы", "Алматы", "Алмаато", "Almaty")),
    Region("KZ-79", ("Шымкент", "Шымкент", "Чимкент", "Shymkent")),
    Region("KZ-10", ("Область Абай", "Абай облысы", "вилояти Абай", "Abai Region"), since=REFORM),
    Region("KZ-11", ("Акмолинская область", "Ақмола облысы", "вилояти Оқмӯла", "Akmola Region")),
    Region("KZ-15", ("Актюбинская область", "Ақтөбе облысы", "вилояти Оқтеппа", "Aktobe Region")),
    Region("KZ-19", ("Алматинская область", "Алматы облысы", "вилояти Алмаато", "Almaty Region")),
    Region("KZ-23", ("Атырауская область", "Атырау облысы", "вилояти Атирау", "Atyrau Region")),
    Region(
        "KZ-63",
        (
            "Восточно-Казахстанская область",
            "Шығыс Қазақстан облысы",
            "вилояти Қазоқистони Шарқӣ",
            "East Kazakhstan Region",
        ),
    ),
    Region("KZ-31", ("Жамбылская область", "Жамбыл облысы", "вилояти Ҷамбул", "Zhambyl Region")),
    Region(
        "KZ-33",
        ("Область Жетісу", "Жетісу облысы", "вилояти Ҷетисӯ", "Jetisu Region"),
        since=REFORM,
    ),
    Region(
        "KZ-27",
        (
            "Западно-Казахстанская область",
            "Батыс Қазақстан облысы",
            "вилояти Қазоқистони Ғарбӣ",
            "West Kazakhstan Region",
        ),
    ),
    Region(
        "KZ-35",
        ("Карагандинская область", "Қарағанды облысы", "вилояти Қарағанда", "Karaganda Region"),
    ),
    Region(
        "KZ-39",
        ("Костанайская область", "Қостанай облысы", "вилояти Кустанай", "Kostanay Region"),
    ),
    Region(
        "KZ-43",
        ("Кызылординская область", "Қызылорда облысы", "вилояти Қизилӯрда", "Kyzylorda Region"),
    ),
    Region(
        "KZ-47",
        ("Мангистауская область", "Маңғыстау облысы", "вилояти Манғистау", "Mangystau Region"),
    ),
    Region(
        "KZ-55",
        ("Павлодарская область", "Павлодар облысы", "вилояти Павлодар", "Pavlodar Region"),
    ),
    Region(
        "KZ-59",
        (
            "Северо-Казахстанская область",
            "Солтүстік Қазақстан облысы",
            "вилояти Қазоқистони Шимолӣ",
            "North Kazakhstan Region",
        ),
    ),
    Region(
        "KZ-61",
        ("Туркестанская область", "Түркістан облысы", "вилояти Туркистон", "Turkistan Region"),
    ),
    Region(
        "KZ-62",
        ("Область Ұлытау", "Ұлытау облысы", "вилояти Улутау", "Ulytau Region"),
        since=REFORM,
    ),
    Region("TJ-DU", ("Душанбе", "Душанбе", "Душанбе", "Dushanbe")),
    Region("TJ-SU", ("Согдийская область", "Соғды облысы", "вилояти Суғд", "Sughd Region")),
    Region("TJ-KT", ("Хатлонская область", "Хатлон облысы", "вилояти Хатлон", "Khatlon Region")),
    Region(
        "TJ-GB",
        (
            "Горно-Бадахшанская автономная область",
            "Таулы Бадахшан автономиялық облысы",
            "Вилояти Мухтори Кӯҳистони Бадахшон",
            "Gorno-Badakhshan Autonomous Region",
        ),
    ),
    Region(
        "TJ-RA",
        (
            "Районы республиканского подчинения",
            "Республикаға бағынатын аудандар",
            "ноҳияҳои тобеи ҷумҳурӣ",
            "Districts of Republican Subordination",
        ),
    ),
)


def regions_of(country: str, on: date) -> list[Region]:
    """Return the regions `country` ("KZ", "TJ", or "" for both) had on that day."""
    return [r for r in REGIONS if r.exists(on) and country in ("", r.country)]


def region_name(code: str, on: date, language: str | None = None) -> str:
    """Return what a region was called that day, or the code where there was none such."""
    named = [r for r in REGIONS if r.code == code]
    named.sort(key=lambda region: not region.exists(on))
    return named[0].name(language) if named else code


def region_now(code: str, language: str | None = None) -> str:
    """Return what a region is called by its latest name, or the code where there is none such."""
    return region_name(code, date.max - timedelta(days=1), language)
