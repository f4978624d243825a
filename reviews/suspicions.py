"""Ties between a juror and an outlet that a computer can see; people decide what they mean."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import urlsplit

from django.contrib.auth.models import AbstractBaseUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.folding import fold_lookalikes
from applications.models import Application

# Addresses under these say nothing of where a person works.
PUBLIC_MAIL = frozenset(
    {
        *("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com"),
        *("mail.ru", "bk.ru", "inbox.ru", "list.ru", "yandex.ru", "yandex.kz", "ya.ru"),
        *("rambler.ru", "icloud.com", "proton.me", "protonmail.com"),
    }
)


class Kind(models.TextChoices):
    SAME_DOMAIN = "same_domain", _("the same e-mail domain")
    SITE_DOMAIN = "site_domain", _("the juror's e-mail is at the outlet's site")
    NAMED = "named", _("the juror's name is in the application")


@dataclass(frozen=True)
class Suspicion:
    application: Application
    juror: AbstractBaseUser
    kind: Kind


def suspect(
    applications: Iterable[Application], jurors: Iterable[AbstractBaseUser]
) -> list[Suspicion]:
    """Return what ties the jurors to the applications; versions should be prefetched."""
    jurors, found = list(jurors), []
    for application in applications:
        names = neighbours(told_by(application))
        site = domain_of(application.outlet.site)
        for juror in jurors:
            kind = tie(juror, names, site, application.contact_email)
            if kind:
                found.append(Suspicion(application, juror, kind))
    return found


def tie(juror: AbstractBaseUser, names: set, site: str, contact: str) -> Kind | None:
    """Return the strongest tie there is, or None."""
    domain = juror.email.rpartition("@")[2].casefold()
    if domain and domain not in PUBLIC_MAIL:
        if domain == contact.rpartition("@")[2].casefold():
            return Kind.SAME_DOMAIN
        if site and (domain == site or site.endswith(f".{domain}")):
            return Kind.SITE_DOMAIN
    return Kind.NAMED if is_named(juror, names) else None


def is_named(juror: AbstractBaseUser, names: set[tuple[str, str]]) -> bool:
    """Whether first name and surname stand side by side, in either order."""
    first, last = (stem(fold_lookalikes(n)) for n in (juror.first_name, juror.last_name))
    return bool(first and last) and bool({(first, last), (last, first)} & names)


def neighbours(text: str) -> set[tuple[str, str]]:
    """Return the pairs of words that stand side by side in a phrase, without their endings."""
    found: set[tuple[str, str]] = set()
    for phrase in re.split(r"[^\w\s’'-]+", text):
        found.update(pairwise(stem(word) for word in phrase.split()))
    return found


def stem(word: str) -> str:
    """Return a name without the vowel that Russian declines: «Садыкову» and «Садыкова» are one."""
    return word.rstrip("аяуюыие") if len(word) > 3 else word


def told_by(application: Application) -> str:
    """Return every word of the submitted version, folded for comparing."""
    versions = list(application.versions.all())
    answers = max(versions, key=lambda v: v.number).answers if versions else {}
    return fold_lookalikes(" ".join(strings_in(answers)))


def strings_in(value) -> list[str]:
    if isinstance(value, dict):
        return [text for one in value.values() for text in strings_in(one)]
    if isinstance(value, list):
        return [text for one in value for text in strings_in(one)]
    return [value] if isinstance(value, str) else []


def domain_of(address: str) -> str:
    """Return the host of a site as typed, with or without a scheme, without www."""
    host = urlsplit(address if "//" in address else f"//{address}").hostname or ""
    return host.casefold().removeprefix("www.")
