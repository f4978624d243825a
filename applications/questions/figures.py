"""Kinds of questions whose answer has a form of its own: numbers, addresses, codes, phones."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from applications.questions.kinds import Setting, Text, number, too_long

SPACING = re.compile(r"[\s\u00a0\u2009\u202f'’_]")
GROUPED = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,3}(?:,[0-9]{3})+")
PLAIN = re.compile(r"[0-9]{1,12}(?:[.,][0-9]{1,2})?")
DASHES = re.compile(r"[-\u2010-\u2015\u2212()./]")
HOST = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}")


def figure(typed: str) -> Decimal | None:
    """Return the number a person wrote: «41 000», «41.000», «150 000,50»; None where it's none."""
    bare = SPACING.sub("", typed)
    if GROUPED.fullmatch(bare):
        bare = re.sub("[.,]", "", bare)
    if not PLAIN.fullmatch(bare):
        return None
    return Decimal(bare.replace(",", "."))


@dataclass(frozen=True, kw_only=True)
class Number(Text):
    """A whole number from `lowest` to `highest`."""

    lowest: int = 0
    highest: int = 999_999_999
    example: int = 7
    inputmode: str = "numeric"

    def value(self, typed: str) -> int | None:
        found = figure(typed)
        return int(found) if found is not None and found == found.to_integral_value() else None

    def problem(self, typed: str, setting: Setting) -> str:
        value = self.value(typed)
        if value is None:
            return _("Write a whole number in figures, for example %(example)s") % {
                "example": number(self.example)
            }
        if not self.lowest <= value <= self.highest:
            return _("Write a number from %(lowest)s to %(highest)s") % {
                "lowest": number(self.lowest),
                "highest": number(self.highest),
            }
        return ""

    def in_words(self, typed: str, setting: Setting) -> str:
        value = self.value(typed)
        return typed.strip() if value is None else number(value)


@dataclass(frozen=True, kw_only=True)
class Year(Number):
    """A year up to the call's own."""

    lowest: int = 1900

    def problem(self, typed: str, setting: Setting) -> str:
        value = self.value(typed)
        if value is None or not self.lowest <= value <= setting.on.year:
            return _("Write the year in four figures, from %(lowest)s to %(highest)s") % {
                "lowest": self.lowest,
                "highest": setting.on.year,
            }
        return ""

    def in_words(self, typed: str, setting: Setting) -> str:
        value = self.value(typed)
        return typed.strip() if value is None else str(value)


@dataclass(frozen=True, kw_only=True)
class Money(Text):
    """An amount, in the currency the section names."""

    inputmode: str = "decimal"

    def value(self, typed: str) -> Decimal | None:
        return figure(typed)

    def problem(self, typed: str, setting: Setting) -> str:
        if self.value(typed) is None:
            return _("Write the amount in figures, for example %(example)s") % {
                "example": number(150_000)
            }
        return ""

    def in_words(self, typed: str, setting: Setting) -> str:
        value = self.value(typed)
        return typed.strip() if value is None else amount(value)


def amount(value: Decimal) -> str:
    """Return an amount, with hundredths only where there are any."""
    return number(int(value) if value == value.to_integral_value() else value)


@dataclass(frozen=True, kw_only=True)
class Email(Text):
    inputmode: str = "email"
    autocomplete: str = "email"

    def problem(self, typed: str, setting: Setting) -> str:
        try:
            validate_email(SPACING.sub("", typed))
        except ValidationError:
            return _("Write an e-mail address like name@example.com")
        return too_long(typed, 254)


@dataclass(frozen=True, kw_only=True)
class Site(Text):
    """A web address; https:// may be left out, letters of any alphabet are welcome."""

    inputmode: str = "url"
    most: int = 300

    def value(self, typed: str) -> str:
        bare = typed.strip()
        return bare if re.match("https?://", bare, re.IGNORECASE) else f"https://{bare}"

    def problem(self, typed: str, setting: Setting) -> str:
        if long := too_long(typed, self.most):
            return long
        try:
            host = urlsplit(self.value(typed)).hostname or ""
        except ValueError:
            host = ""
        if " " in typed.strip() or not HOST.fullmatch(host):
            return _("Write a site’s address like example.com")
        return ""


@dataclass(frozen=True, kw_only=True)
class Phone(Text):
    """A phone number; «8 701 …» and numbers without the country’s code are understood."""

    inputmode: str = "tel"
    autocomplete: str = "tel"

    def value(self, typed: str, country: str = "") -> str:
        """Return the number as +77015550142, or "" where it can't be one."""
        bare = SPACING.sub("", DASHES.sub("", typed))
        bare = f"+{bare[2:]}" if bare.startswith("00") else bare
        return international(bare, country)

    def problem(self, typed: str, setting: Setting) -> str:
        if self.value(typed, setting.country):
            return ""
        example = "+992 93 555 01 42" if setting.country == "TJ" else "+7 701 555 01 42"
        return _("Write a phone number with the country’s code, like %(example)s") % {
            "example": example
        }

    def in_words(self, typed: str, setting: Setting) -> str:
        whole = self.value(typed, setting.country)
        if whole.startswith("+7"):
            return f"+7 {whole[2:5]} {whole[5:8]} {whole[8:10]} {whole[10:]}"
        if whole.startswith("+992"):
            return f"+992 {whole[4:6]} {whole[6:9]} {whole[9:11]} {whole[11:]}"
        return whole or typed.strip()


def international(bare: str, country: str) -> str:
    """Return a number without spaces in its international form, or "".

    +7 is shared with Russia: «8 …» and numbers without a code are taken for Kazakhstan's only
    where what follows is (6 or 7); a Russian number needs its +7.
    """
    if re.fullmatch(r"\+7[0-9]{10}|\+992[0-9]{9}", bare):
        return bare
    if re.fullmatch(r"\+(?!7|992)[1-9][0-9]{7,14}", bare):
        return bare
    if re.fullmatch(r"[78]?[67][0-9]{9}", bare) and not (country == "TJ" and len(bare) == 9):
        return f"+7{bare[-10:]}"
    if re.fullmatch(r"992[0-9]{9}", bare):
        return f"+{bare}"
    if country == "TJ" and re.fullmatch(r"[0-9]{9}", bare):
        return f"+992{bare}"
    return ""


@dataclass(frozen=True, kw_only=True)
class RegistrationNumber(Text):
    """Kazakhstan's BIN or Tajikistan's TIN: never required, an entrepreneur's is not asked for."""

    inputmode: str = "numeric"

    def value(self, typed: str) -> str:
        return SPACING.sub("", DASHES.sub("", typed))

    def problem(self, typed: str, setting: Setting) -> str:
        if setting.said("legal_form") == "entrepreneur":
            return _("We don’t ask an entrepreneur’s number before selection. Leave it empty")
        digits = self.value(typed)
        return tin_problem(digits) if setting.country == "TJ" else bin_problem(digits)

    def in_words(self, typed: str, setting: Setting) -> str:
        digits = self.value(typed)
        return " ".join(digits[i : i + 3] for i in range(0, len(digits), 3))


def bin_problem(digits: str) -> str:
    """Return what is wrong with a BIN: 12 digits, of an organisation, with a right check digit."""
    if not re.fullmatch("[0-9]+", digits):
        return _("A BIN has 12 digits and nothing else. Check it or leave it empty")
    if len(digits) != 12:
        return _("A BIN has 12 digits, and there are %(here)s here. Check it or leave it empty") % {
            "here": len(digits)
        }
    if digits[4] not in "456":
        return _("This looks like a person’s number, not an organisation’s BIN. Leave it empty")
    if check_digit(digits) != int(digits[11]):
        return _("There is a slip in this BIN: its last digit doesn’t match the others")
    return ""


def check_digit(digits: str) -> int:
    """Return the check digit of a BIN's first eleven; 10 where there is none (no such BIN)."""
    for weights in ((1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)):
        found = sum(int(d) * w for d, w in zip(digits[:11], weights, strict=True)) % 11
        if found != 10:
            return found
    return 10


def tin_problem(digits: str) -> str:
    """Return what is wrong with a TIN: nine digits, and no public check digit."""
    if re.fullmatch("[0-9]{9}", digits):
        return ""
    return _("A TIN has 9 digits. Check it or leave it empty")
