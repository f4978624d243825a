"""The list of licences names what is pinned, and nothing in it binds the portal."""

import re

from launching import licences

SUITABLE = re.compile(
    r"(Apache|BSD|MIT|MPL-2.0|New BSD|PSF-2.0|LGPL-3.0-only|LGPL-3.0-or-later with)"
)


def listed() -> list[tuple[str, str, str]]:
    return re.findall(r"^\| ([\w.-]+) \| (\d\S*) \| (.+) \|$", licences.LIST.read_text(), re.M)


def test_every_pinned_package_is_listed_with_its_version():
    assert {name: version for name, version, _ in listed()} == licences.pinned(), "make licences"


def test_no_licence_asks_the_portal_to_take_another():
    assert [row for row in listed() if not SUITABLE.match(row[2])] == []
