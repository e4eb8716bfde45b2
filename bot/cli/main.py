"""Running a command: settings, the command itself, and one clear line when it fails."""

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from importlib import import_module

from bot.cli.parser import make_parser
from bot.domain.errors import BotError

FAILED = 1

# Each is imported when it is asked for, so that none waits for another's libraries.
COMMANDS = {
    "check": "plans",
    "occurrences": "plans",
    "reminders": "reminders",
    "plan": "plan_diff",
    "jobs": "ledger",
    "status": "ledger",
    "answer": "ledger",
    "book": "ledger",
    "report": "ledger",
    "feed": "ledger",
    "db": "ledger",
    "log": "log",
    "deliveries": "deliveries",
    "serve": "serving",
    "worker": "serving",
    "demo": "serving",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that ``arguments`` name and return its exit code."""
    _speak_utf8()
    options = make_parser().parse_args(arguments)
    try:
        return _command(options.command)(options)
    except BotError as error:
        return _fail(str(error))
    except BrokenPipeError:
        # The reader of a listing went away; there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except OSError as error:
        return _fail(f"{error.filename or 'Systemet'}: {error.strerror}")
    except KeyboardInterrupt:
        return 0


def _command(name: str) -> Callable[[Namespace], int]:
    module = import_module(f"bot.cli.{COMMANDS[name]}")
    found: Callable[[Namespace], int] = getattr(module, name)
    return found


def _fail(text: str) -> int:
    print(text, file=sys.stderr)
    return FAILED


def _speak_utf8() -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
