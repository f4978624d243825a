"""Processes that end with whoever started them."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from contextlib import suppress

PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Ask the kernel to end this process should its parent be killed; run in the child.

    Linux only. Elsewhere a parent that is killed hard leaves its children behind.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def start(command: list, **options) -> subprocess.Popen:
    """Start a process in a group of its own, so that Ctrl-C reaches only who asked for it."""
    return subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=die_with_parent,
        **options,
    )


def stop(process: subprocess.Popen, by: signal.Signals, within: float = 10) -> None:
    """Ask a process to end, and see to it."""
    signal_group(process, by)
    end(process, within=within)


def end(process: subprocess.Popen, *, within: float) -> None:
    """Wait for a process that was asked to end; then end what is left of its group by force."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(within)
    signal_group(process, signal.SIGKILL)
    process.wait()


def signal_group(process: subprocess.Popen, how: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, how)
