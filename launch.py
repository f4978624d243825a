#!/usr/bin/env python3
"""Run, test and tend the portal with nothing but Python: what the Makefile calls."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  said in words, not by a syntax error
    sys.exit("The portal needs Python 3.11 or newer; this is " + sys.version.split()[0] + ".")

from launching import environment, journey, production, running, servers, tending, testing


def main(command: str = "", *arguments: str) -> int | None:
    if command == "test":
        environment.require_writable_disk()
        environment.install(environment.DEVELOPMENT)
        return testing.test(environment.PYTHON, list(arguments))
    commands = {
        "run": running.run,
        "dev": running.develop,
        "lock": tending.lock,
        "lint": tending.lint,
        "licences": tending.licences,
        "messages": lambda: tending.messages(list(arguments)),
        "journey": lambda: journey.travel(list(arguments)),
        "production": production.try_out,
    }
    if command not in commands:
        raise environment.Unable(f"Usage: launch.py {' | '.join([*commands, 'test'])}")
    return commands[command]()


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except (environment.Unable, servers.Missing) as sentence:
        sys.exit(str(sentence))
    except KeyboardInterrupt:
        sys.exit(130)
