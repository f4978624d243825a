"""The README promises commands, settings, files and people: each promise is looked up."""

import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import get_commands

from citizenjournalists.demo import people
from launching import testing

ROOT = settings.BASE_DIR
README = (ROOT / "README.md").read_text()
SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", README, re.MULTILINE | re.DOTALL))
LAUNCHERS = ("gunicorn.conf.py", "launching/running.py", "launching/environment.py")


def variables_told() -> set[str]:
    rows = [
        line.split("|")[1] for line in SECTIONS["Settings"].splitlines() if line.startswith("| `")
    ]
    return set(re.findall(r"`([A-Z_]+)`", " ".join(rows)))


def variables_read() -> set[str]:
    source = (ROOT / "citizenjournalists" / "settings.py").read_text()
    named = r"""(?:env\.\w+|needed_in_production)\(\s*"([A-Z_]+)\""""
    launched = " ".join((ROOT / path).read_text() for path in LAUNCHERS)
    return set(re.findall(named, source)) | set(
        re.findall(r"""environ(?:ment)?\.get\(\s*"([A-Z_]+)\"""", launched)
    )


def test_the_table_of_settings_is_what_the_code_reads():
    assert variables_told() == variables_read() | {"CHROMIUM"}


def test_no_setting_of_a_deployment_reaches_the_tests():
    assert variables_told() - {"CHROMIUM"} == testing.OF_A_DEPLOYMENT


def test_what_production_needs_is_marked_so():
    source = (ROOT / "citizenjournalists" / "settings.py").read_text()
    needed = set(re.findall(r'needed_in_production\(\s*"([A-Z_]+)"', source))
    rows = [line for line in SECTIONS["Settings"].splitlines() if "| ● |" in line]
    assert {re.search(r"`([A-Z_]+)`", row)[1] for row in rows} == needed


def test_every_make_target_it_names_exists_and_every_target_is_named_in_help():
    named = set(re.findall(r"make ([a-z]+)", README)) - {"are"}
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)[1].split())
    assert named <= targets
    helped = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert all(f"make {target} " in helped.stdout for target in targets - {"help"})


def test_every_target_is_a_command_of_the_launcher():
    usage = subprocess.run(
        [sys.executable, "launch.py"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert usage.returncode == 1
    commands = set(usage.stderr.strip().removeprefix("Usage: launch.py ").split(" | "))
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)[1].split())
    assert commands == targets - {"help"}


def test_every_management_command_it_names_exists():
    named = set(re.findall(r"manage\.py (\w+)", README))
    assert named <= get_commands().keys()


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)]+)\)", README))
def test_every_link_leads_somewhere(target):
    assert target.startswith("https://") or (ROOT / target).is_file()


def test_the_demo_has_the_people_it_names():
    told = set(re.findall(r"`([a-z]+[-a-z0-9]*)`", SECTIONS["Who does what"]))
    usernames = {person.username for person in people.STAFF}
    assert told <= usernames
    assert {person.role for person in people.STAFF} <= {
        row.split("|")[1].strip().lower()
        for row in SECTIONS["Who does what"].splitlines()
        if row.startswith("|")
    }
