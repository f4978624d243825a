"""The units and settings under deploy/ start a production stack: run here without systemd."""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import urllib.error
import urllib.request

import psycopg2
import pytest
from django.conf import settings
from django.core.management import get_commands, load_command_class
from django.utils import translation

from citizenjournalists.tests.mailserver import free_port
from launching import guide, processes, production, servers

ROOT = settings.BASE_DIR
SYSTEMD = ROOT / "deploy" / "systemd"
UNITS = {path.stem: path for path in SYSTEMD.glob("portal-*.service")}
FOR_EVERY_UNIT = SYSTEMD / "portal-.service.d" / "hardening.conf"
NGINX = (ROOT / "deploy" / "nginx.conf").read_text()
COMPOSE = (ROOT / "compose.yaml").read_text()
FROM_COMPOSE = {"POSTGRES_PASSWORD", "PORTAL_PASSWORD", "PORTAL_OWNER_PASSWORD"}


def example() -> dict[str, str]:
    """Return what the file says, read as a shell reads it: systemd and compose do so too."""
    lines = (ROOT / "deploy" / "portal.env.example").read_text().splitlines()
    said = [shlex.split(line) for line in lines if line and not line.startswith("#")]
    assert {len(words) for words in said} == {1}
    return dict(words[0].split("=", 1) for words in said)


def told_in_readme() -> set[str]:
    return set(re.findall(r"^\| `([A-Z_]+)`", (ROOT / "README.md").read_text(), re.MULTILINE))


def unit(name: str) -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str
    parser.read([FOR_EVERY_UNIT, UNITS[name]])
    return parser["Service"]


def command_of(name: str) -> list[str]:
    program, *rest = shlex.split(unit(name)["ExecStart"])
    assert program.startswith("/srv/portal/.venv/bin/")
    return [str(ROOT / program.removeprefix("/srv/portal/")), *rest]


def test_the_example_of_settings_names_what_production_needs_and_nothing_unknown():
    source = (ROOT / "citizenjournalists" / "settings.py").read_text()
    needed = set(re.findall(r'needed_in_production\(\s*"([A-Z_]+)"', source))
    assert needed <= example().keys()
    assert example().keys() - FROM_COMPOSE <= told_in_readme()


@pytest.mark.parametrize("name", ["portal-worker", "portal-beat"])
def test_compose_runs_the_same_commands_as_the_units(name):
    program, *rest = shlex.split(unit(name)["ExecStart"])
    assert json.dumps([program.rsplit("/", 1)[1], *rest]) in COMPOSE


def test_every_unit_runs_as_an_ordinary_user_on_a_disk_it_cannot_write():
    for name in UNITS:
        assert unit(name)["User"] == "portal"
        assert unit(name)["ProtectSystem"] == "strict"
        assert unit(name)["NoNewPrivileges"] == "true"


def test_no_unit_lowers_a_wall_that_all_have():
    walls = re.findall(r"^(\w+)=", FOR_EVERY_UNIT.read_text(), re.MULTILINE)
    for path in UNITS.values():
        assert set(re.findall(r"^(\w+)=", path.read_text(), re.MULTILINE)) & set(walls) == set()


@pytest.mark.parametrize(
    ("name", "nightly"),
    [
        ("portal-backup", ["backup", "/var/backups/portal", "--keep", "30"]),
        ("portal-audit", ["verify_audit"]),
    ],
)
def test_what_runs_by_night_is_enabled_by_the_guide_and_understood(name, nightly):
    assert "OnCalendar=*-*-* 22:" in (SYSTEMD / f"{name}.timer").read_text()
    assert f"{name}.timer" in guide.commands("On plain Debian 12").split("enable --now")[1]
    assert command_of(name)[1:] == ["manage.py", *nightly]
    command = load_command_class(get_commands()[nightly[0]], nightly[0])
    assert command.create_parser("manage.py", nightly[0]).parse_args(nightly[1:])
    by_cron = (ROOT / "docs" / "operations.md").read_text()
    options = "/var/lib/portal/backups --keep 30" if "--keep" in nightly else ""
    assert f"python manage.py {nightly[0]} {options}".strip() in by_cron


def logged(address: str) -> str:
    """Return what the proxy's log says of an address: the first rule of its map that fits."""
    rules = re.search(r"map \$request_uri \$logged_uri \{(.*?)\}\n", NGINX, re.DOTALL)[1]
    for rule, words in re.findall(r'"~(.+)" (\S+);', rules):
        if found := re.search(rule.replace("?<", "?P<"), address):
            return re.sub(r"\$(\w+)", lambda name: found[name[1]], words)
    raise AssertionError(f"No rule fits {address}")


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/z/7Q4M-XK2P-9RTD-4G7A-MMMM", "/z/..."),
        ("/z/short", "/z/..."),
        ("/ru/new-address/eyJhIjoxfQ:1vNabc:Zm9vYmFyYmF6/", "/ru/new-address/..."),
        ("/ru/reminders/eyJhIjoxfQ:1vNabc:Zm9vYmFyYmF6/?x=1", "/ru/reminders/..."),
        ("/kk/reminders/short/", "/kk/reminders/..."),
        ("/admin/reviews/juror/password/MQ/c1-2f/", "/admin/reviews/juror/password/MQ/..."),
        ("/en/calls/2026-2027/", "/en/calls/2026-2027/"),
        ("/ru/status/?email=a@outlet.example", "/ru/status/"),
        ("/ru/application/279-255/letter/", "/ru/application/279-255/letter/"),
    ],
)
def test_the_proxys_log_tells_nothing_that_opens_a_door(address, told):
    assert logged(address) == told


def test_every_server_of_the_proxy_logs_in_that_form_or_not_at_all():
    servers_told = re.findall(r"^server \{.*?^\}", NGINX, re.MULTILINE | re.DOTALL)
    assert len(servers_told) == 4
    for server in servers_told:
        silent = "access_log off;" in server.split("location")[0]
        assert silent or "access_log /var/log/nginx/portal.log private;" in server
        assert silent or "error_log /var/log/nginx/portal-error.log crit;" in server


@pytest.mark.parametrize("language", ["ru", "kk", "tg", "en"])
@pytest.mark.parametrize("status", [413, 503])
def test_what_the_proxy_says_by_itself_is_what_the_portal_would_say(status, language):
    template = (ROOT / "templates" / "errors" / f"{status}.html").read_text()
    page = (ROOT / "deploy" / "pages" / f"{status}.html").read_text()
    plain = re.sub(r"\{% if noted %\}.*\{% else %\}", "", template, flags=re.DOTALL)
    told = re.findall(r'\{% translate "(.+?)" %\}', plain)
    told = [words for words in told if words != "Open the page anew"]  # the proxy has no button
    assert len(told) >= 3
    with translation.override(language):
        assert [words for words in told[:3] if translation.gettext(words) not in page] == []


def test_compose_says_itself_what_the_example_says_for_systemd_alone():
    text = (ROOT / "deploy" / "portal.env.example").read_text()
    of_systemd = text.split("# With systemd only")[1].split("\n#")[0]
    for name in re.findall(r"^([A-Z_]+)=", of_systemd, re.MULTILINE):
        assert re.search(rf"^    {name}: ", COMPOSE, re.MULTILINE), name


@pytest.mark.parametrize("heading", production.PARTS)
def test_the_guide_shows_commands_a_shell_understands(heading):
    script = guide.commands(heading).replace("<address of this repository>", "address")
    assert script
    checked = subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True)
    assert (checked.returncode, checked.stderr) == (0, "")
    for file in re.findall(r"deploy/[\w./-]+", script):
        assert (ROOT / file).exists(), file
    known = {*get_commands(), "check"}
    assert set(re.findall(r"^portal (\w+)", script, re.MULTILINE)) <= known


def test_the_proxy_itself_writes_the_instant_of_arrival_that_the_portal_believes():
    header = example()["TRUSTED_ARRIVAL_HEADER"]
    assert f"TRUSTED_ARRIVAL_HEADER: {header}\n" in COMPOSE
    assert f'proxy_set_header {header} "t=${{msec}}";' in NGINX.split("location / {")[-1]


def test_nginx_understands_what_it_is_given(tmp_path):
    """Asked where nginx is installed; everywhere by `make production`."""
    if not (nginx := shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")):
        assert "ssl_protocols TLSv1.2 TLSv1.3;" in NGINX
        return
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=portal"]
    command += ["-keyout", tmp_path / "privkey.pem", "-out", tmp_path / "fullchain.pem"]
    subprocess.run(command, check=True, capture_output=True)
    ours = NGINX.replace("/etc/nginx/certificates", str(tmp_path)).replace(
        "web:8000", "127.0.0.1:8000"
    )
    ours = ours.replace("/var/log/nginx", str(tmp_path))
    whole = f"pid {tmp_path}/pid;\nerror_log {tmp_path}/e;\nevents {{}}\nhttp {{\n{ours}\n}}\n"
    (tmp_path / "nginx.conf").write_text(whole)
    command = [nginx, "-t", "-p", tmp_path, "-c", tmp_path / "nginx.conf"]
    checked = subprocess.run(command, capture_output=True, text=True)
    assert "test is successful" in checked.stderr, checked.stderr


@pytest.fixture
def stack(tmp_path):
    """Run what the units run, on a new PostgreSQL and Redis, and stop it as systemd does."""
    with servers.postgresql() as database_url, servers.redis() as redis_url:
        port = free_port()
        environment = {
            "PATH": os.environ["PATH"],
            **{name: value for name, value in example().items() if name not in FROM_COMPOSE},
            "SECRET_KEY": "a-key-of-this-test-alone-0123456789-abcdefghijklmnop",
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "EMAIL_URL": f"smtp://127.0.0.1:{free_port()}",
            "VAR_DIR": str(tmp_path / "var"),
            "STATIC_ROOT": str(tmp_path / "static"),
            "PORT": str(port),
            "STATEMENT_TIMEOUT": "2",
        }
        for command in (["migrate"], ["collectstatic", "--no-input"]):
            manage(environment, *command)
        running = {}
        try:
            for name in ("portal-web", "portal-worker", "portal-beat"):
                with open(tmp_path / f"{name}.log", "wb") as log:
                    running[name] = processes.start(
                        command_of(name), env=environment, cwd=ROOT, stdout=log, stderr=log
                    )
            yield f"http://127.0.0.1:{port}", running, tmp_path, database_url
        finally:
            for process in running.values():
                processes.stop(process, signal.SIGTERM)


def manage(environment: dict, *command: str) -> None:
    python = ROOT / ".venv" / "bin" / "python"
    subprocess.run(
        [python, "manage.py", *command], cwd=ROOT, env=environment, check=True, capture_output=True
    )


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


def ask(url: str, **headers):
    request = urllib.request.Request(url, headers={"Host": "portal.example", **headers})
    try:
        return urllib.request.build_opener(Stay).open(request, timeout=10)
    except urllib.error.HTTPError as answer:
        return answer


def readiness(site: str) -> dict:
    try:
        with ask(f"{site}/readyz", Host="127.0.0.1") as answer:
            return json.load(answer)
    except OSError:
        return {}


@pytest.mark.launch
@pytest.mark.skipif(not (ROOT / ".venv").exists(), reason="make test makes .venv")
def test_what_the_units_start_is_ready_safe_calm_and_ends_without_a_word(stack, until):
    site, running, folder, database_url = stack
    # The worker shows life with the first sweep, a minute after beat began.
    well = {"database": "fine", "migrations": "fine", "disk": "fine", "broker": "fine"}
    until(lambda: well.items() <= readiness(site).items(), seconds=60)
    until(lambda: readiness(site)["beat"] in ("fine", "silent: worker"), seconds=60)

    with ask(f"{site}/ru/") as plain:
        assert (plain.status, plain.headers["Location"]) == (301, "https://portal.example/ru/")
    with ask(f"{site}/ru/", **{"X-Forwarded-Proto": "https"}) as page:
        assert page.status == 200
        assert "max-age=31536000" in page.headers["Strict-Transport-Security"]
        assert "'unsafe" not in page.headers["Content-Security-Policy"]
    with ask(f"{site}/ru/", **{"Host": "elsewhere.example", "X-Forwarded-Proto": "https"}) as other:
        assert other.status == 400

    with psycopg2.connect(database_url) as holding, holding.cursor() as cursor:
        cursor.execute("LOCK TABLE applications_call IN ACCESS EXCLUSIVE MODE")
        with ask(f"{site}/en/calls/", **{"X-Forwarded-Proto": "https"}) as too_long:
            assert (too_long.status, too_long.headers["Retry-After"]) == (503, "120")
            assert "<h1" in too_long.read().decode()
    with ask(f"{site}/en/calls/", **{"X-Forwarded-Proto": "https"}) as again:
        assert again.status == 200

    for name, process in running.items():
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0, (folder / f"{name}.log").read_text()[-2000:]
    lines = (folder / "portal-web.log").read_text().splitlines()
    told = [json.loads(line) for line in lines if line.startswith("{")]
    assert any(line["logger"] == "portal.requests" and "request" in line for line in told)


def test_compose_gives_the_portal_its_own_role_and_the_owners_to_migrations_alone():
    by_role = dict.fromkeys(["portal", "portal_owner"], 0)
    for role in re.findall(r"DATABASE_URL: postgres://(\w+):", COMPOSE):
        by_role[role] += 1
    assert by_role == {"portal": 1, "portal_owner": 1}
    assert "./deploy/roles.sql:/docker-entrypoint-initdb.d/roles.sql:ro" in COMPOSE
    for hidden in FROM_COMPOSE - {"PORTAL_PASSWORD"}:
        assert f'\n    {hidden}: ""' in COMPOSE
