"""A whole application, from the start page to the receipt, as a browser without script does it."""

from __future__ import annotations

import http.client
import threading
import time

from django.db import connection

from applications.models import Application, Call, Country, Outlet
from applications.tests.builders import good_answers
from citizenjournalists.bench.client import Browser, Failed
from citizenjournalists.bench.measures import Row, quantile
from citizenjournalists.bench.server import cpu_seconds, database_pid

AT_ONCE = 6  # applicants side by side


def an_outlet(number: int) -> dict[str, str]:
    """Return what the start page asks, different for each outlet."""
    name, email = f"Степь сегодня {number}", f"editor{number}@outlet.example"
    return {"country": Country.KZ, "name": name, "email": email}


def begin(visitor: Browser, call: Call, who: dict[str, str]) -> str:
    """Start an application; return the path of its list of sections."""
    path = f"/ru/apply/{call.slug}/"
    return visitor.post(path, who, form=visitor.get(path))


def apply(visitor: Browser, call: Call, who: dict[str, str]) -> list[float]:
    """Go the whole way and return the seconds of each request; Failed where a page says no."""
    visitor.get(f"/ru/calls/{call.slug}/")
    tasks = begin(visitor, call, who)
    visitor.get(tasks)
    applicant = Application(call=call, outlet=Outlet(name=who["name"], country=who["country"]))
    for section, answers in good_answers(applicant).items():
        path = f"{tasks}{section}/"
        visitor.post(path, answers, form=visitor.get(path))
    check = visitor.get(f"{tasks}check/")
    received = visitor.post(f"{tasks}submit/", {}, form=check)
    if not received.endswith("/received/"):
        raise Failed(f"Submitting led to {received}")
    visitor.get(received)
    return visitor.seconds


def whole_applications(call: Call, count: int, address: str, pid: int) -> Row:
    """Measure `count` applications, one after the other: CPU of each, requests, pace."""
    cpu, began = cpu_seconds(pid), time.perf_counter()
    seconds, requests = [], 0
    for number in range(count):
        visitor = Browser(address)
        seconds.append(sum(apply(visitor, call, an_outlet(number))))
        requests += visitor.requests
    took = time.perf_counter() - began
    return Row(
        name="a whole application",
        cpu_ms=(cpu_seconds(pid) - cpu) / count * 1000,
        queries=None,
        per_second=count / took,
        p50_ms=quantile(seconds, 0.50),
        p95_ms=quantile(seconds, 0.95),
        size=None,
        note=f"{requests / count:.0f} requests, without script",
    )


def side_by_side(call: Call, count: int, address: str, pid: int) -> str:
    """Send `count` whole applications over six connections; tell the pace and who used the cores.

    The applicants run on the same cores as the portal and its database, so the pace is theirs
    too: each one's CPU is told apart, the database's where it runs on this machine.
    """
    seconds: list[float] = []
    errors: list[str] = []

    def go(first: int) -> None:
        for number in range(first, count, AT_ONCE):
            try:
                seconds.append(sum(apply(Browser(address), call, an_outlet(count + number))))
            except (Failed, OSError, http.client.HTTPException) as error:
                errors.append(str(error)[:200])

    whole_applications(call, 4, address, pid)  # warm
    pids = {"portal": pid, "database": database_pid(connection)}
    before = {name: cpu_seconds(one) for name, one in pids.items() if one}
    applicants, began = time.process_time(), time.perf_counter()
    threads = [threading.Thread(target=go, args=(first,)) for first in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took, applicants = time.perf_counter() - began, time.process_time() - applicants
    used = {name: cpu_seconds(pids[name]) - cpu for name, cpu in before.items()}
    figures = {
        "whole applications, errors": f"{len(seconds)}, {len(errors)}",
        "a second": f"{len(seconds) / took:.1f}",
        "p50, p95 of one (ms)": f"{quantile(seconds, 0.5):.0f}, {quantile(seconds, 0.95):.0f}",
        **{f"CPU of the {name}, each (ms)": f"{n / count * 1000:.0f}" for name, n in used.items()},
        "CPU of the applicants, each (ms)": f"{applicants / count * 1000:.0f}",
        "two cores could give (a second)": f"{2 * count / sum(used.values()):.1f}",
    }
    lines = [f"| {name} | {value} |" for name, value in figures.items()]
    return "\n".join(["| from start to submit | |", "|---|---:|", *lines, *errors[:3]])
