"""Hints that the same outlet applied twice, for staff to look at. Nothing is merged or blocked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from applications.folding import LOOKALIKES, fold
from applications.models import Application, Outlet

SHARED_HOSTS = {  # pages of many outlets live here: the host alone says nothing
    *("t.me", "telegram.me", "instagram.com", "facebook.com", "fb.com", "tiktok.com"),
    *("youtube.com", "youtu.be", "vk.com", "ok.ru", "wordpress.com", "blogspot.com", "google.com"),
    *("taplink.cc", "linktr.ee", "tilda.ws", "gmail.com", "mail.ru", "yandex.ru"),
}
# Cyrillic to Latin the way outlets write their own names; Kazakh and Tajik letters among them.
LATIN = str.maketrans(
    {
        **dict(zip("абвгдезийклмнопрстуфыэ", "abvgdezijklmnoprstufye", strict=True)),
        **{"ё": "e", "ж": "zh", "х": "h", "ц": "c", "ч": "ch", "ш": "sh", "щ": "sh", "ъ": ""},
        **{"ь": "", "ю": "u", "я": "a", "ә": "a", "ғ": "g", "қ": "k", "ң": "n", "ө": "o"},
        **{"ұ": "u", "ү": "u", "һ": "h", "і": "i", "ӣ": "i", "ӯ": "u", "ҳ": "h", "ҷ": "j"},
    }
)
ALIKE = str.maketrans({"y": "i", "j": "i", "q": "k", "w": "v", "x": "h"})
CYRILLIC = re.compile("[\u0400-\u04ff]")
ORDINARY = re.compile(
    r"\b(?:too|ooo|llp|llc|mchs|zhshs|ao|oo|of|ip|redakcia|gazeta|zhurnal|media|news|smi|portal|"
    r"radio|tv|info|kz|tj|com|org|net)\b"
)


class Sign(StrEnum):
    NUMBER = "number"
    SITE = "site"
    NAME = "name"
    EMAIL = "email"


@dataclass(frozen=True)
class Likeness:
    """Another application that looks like the same outlet's, and by which signs."""

    application: Application
    signs: tuple[Sign, ...]


def host_of(site: str) -> str:
    """Return the host of a site without www, or its page where the host is shared by many."""
    bare = fold(site)
    try:
        parts = urlsplit(bare if "://" in bare else f"https://{bare}")
    except ValueError:
        return ""
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    page = parts.path.strip("/").split("/")[0].lstrip("@")
    return (f"{host}/{page}" if page else "") if host in SHARED_HOSTS else host


def name_key(name: str) -> str:
    """Return a name as it sounds: «Степь Сегодня», "Step segodnya" and «Cтепь» with a Latin C meet.

    Letters are spelled in Latin, those that outlets spell in several ways become one, and words
    every outlet has (LLP, media, news) go.
    """
    words = (w.translate(LOOKALIKES) if CYRILLIC.search(w) else w for w in fold(name).split())
    spelled = " ".join(words).translate(LATIN)
    plain = re.sub(r"[^\w]+", " ", spelled)
    kept = ORDINARY.sub(" ", plain).split() or plain.split()
    sounds = "".join(kept).translate(ALIKE)
    sounds = sounds.replace("ia", "a").replace("iu", "u").replace("kh", "h").replace("ie", "e")
    return re.sub(r"(.)\1+", r"\1", sounds)


def signs_of(outlet: Outlet, email: str) -> dict[Sign, set[str]]:
    """Return what an outlet can be told by, each as a set of comparable strings."""
    digits = re.sub(r"\D", "", outlet.registration_number)
    names = {name_key(name) for name in (outlet.name, outlet.known_as)}
    return {
        Sign.NUMBER: {digits} - {""},
        Sign.SITE: {host_of(outlet.site)} - {""},
        Sign.NAME: {name for name in names if len(name) > 3},
        Sign.EMAIL: {fold(email)},
    }


def duplicates(application: Application) -> list[Likeness]:
    """Return the call's other applications that look like the same outlet's. One query."""
    others = application.call.applications.exclude(pk=application.pk).select_related("outlet")
    others = others.filter(erased_at=None)
    mine = signs_of(application.outlet, application.contact_email)
    found = []
    for other in others.order_by("pk"):
        theirs = signs_of(other.outlet, other.contact_email)
        shared = tuple(sign for sign in Sign if mine[sign] & theirs[sign])
        if shared:
            found.append(Likeness(other, shared))
    return found
