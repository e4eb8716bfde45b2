"""The stand-in as a process: ``python -m tests.standins.slack --port 8765 --dump posted.jsonl``."""

import argparse
import signal
import time
from pathlib import Path
from threading import Event

from tests.standins.slack.server import SlackStandIn
from tests.standins.slack.workspace import Workspace


def main() -> None:
    """Serve until interrupted; the first line printed is the client's base URL."""
    parser = argparse.ArgumentParser(prog="tests.standins.slack")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--dump", type=Path, help="a file to which accepted messages are added")
    parser.add_argument("--channel", action="append", default=[], help="a channel that exists")
    parser.add_argument("--limit-rate", action="store_true", help="a message a second and channel")
    given = parser.parse_args()
    workspace = Workspace(clock=_seconds, dump=given.dump, limits_rate=given.limit_rate)
    workspace.messages.update({each: [] for each in given.channel or ["C0000001"]})
    stopped = Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    signal.signal(signal.SIGINT, lambda *_: stopped.set())
    with SlackStandIn(workspace, port=given.port) as slack:
        print(slack.base_url, flush=True)
        stopped.wait()


def _seconds() -> float:
    """Slack's own clock: another product's, not ours."""
    return time.clock_gettime(time.CLOCK_REALTIME)


if __name__ == "__main__":
    main()
