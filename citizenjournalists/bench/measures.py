"""What is measured, and in which figures it is told."""

from __future__ import annotations

import time
from dataclasses import dataclass

from citizenjournalists.bench.client import Browser, at_once
from citizenjournalists.bench.server import cpu_seconds

CLIENTS = 4
WARM_UP = 80


@dataclass
class Row:
    """One line of the table. CPU is the server's own, all its processes, per request."""

    name: str
    cpu_ms: float
    queries: int | None
    per_second: float
    p50_ms: float
    p95_ms: float
    size: int | None
    note: str = ""

    def ratio(self, hello: Row) -> float:
        return self.cpu_ms / hello.cpu_ms


def quantile(seconds: list[float], share: float) -> float:
    """Return the value below which `share` of the seconds lie, in milliseconds."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


def page(
    name: str, path: str, *, address: str, pid: int, cookies: dict, requests: int = 200
) -> Row:
    """Measure one page: CPU per request, queries, pace, quantiles, bytes over the wire."""
    visitor = Browser(address, dict(cookies))
    counted = visitor.get(path, **{"X-Count-Queries": "1"})
    at_once(address, path, cookies, requests=min(WARM_UP, requests), clients=CLIENTS)
    cpu, began = cpu_seconds(pid), time.perf_counter()
    seconds = at_once(address, path, cookies, requests=requests, clients=CLIENTS)
    took = time.perf_counter() - began
    used = cpu_seconds(pid) - cpu
    return Row(
        name=name,
        cpu_ms=used / len(seconds) * 1000,
        queries=int(counted.headers["x-queries"]),
        per_second=len(seconds) / took,
        p50_ms=quantile(seconds, 0.50),
        p95_ms=quantile(seconds, 0.95),
        size=counted.size,
    )


def as_table(rows: list[Row]) -> str:
    """Return the rows as a Markdown table, each held against the first."""
    head = (
        "| page | CPU ms | × hello | queries | req/s | p50 ms | p95 ms | bytes | |\n"
        "|---|---:|---:|---:|---:|---:|---:|---:|---|"
    )
    lines = [
        f"| {row.name} | {row.cpu_ms:.2f} | {row.ratio(rows[0]):.1f} "
        f"| {'' if row.queries is None else row.queries} | {row.per_second:.1f} "
        f"| {row.p50_ms:.1f} | {row.p95_ms:.1f} | {'' if row.size is None else row.size} "
        f"| {row.note} |"
        for row in rows
    ]
    return "\n".join([head, *lines])
