"""When requests arrive in this app's tests: `arrive(instant)` sets it, the real clock else."""

from types import SimpleNamespace

import pytest


@pytest.fixture
def arrive(monkeypatch):
    """Return a function that fixes the instant at which requests arrive from now on."""

    def fix(at):
        clock = SimpleNamespace(now=lambda: at)
        monkeypatch.setattr("applications.arrival.timezone", clock)

    return fix
