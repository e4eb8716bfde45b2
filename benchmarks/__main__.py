"""``python -m benchmarks a c``: measures those parts, or all, and prints their tables."""

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from types import FrameType, ModuleType

from benchmarks.databases import scratch
from benchmarks.sizes import FULL, QUICK, WORDS, Sizes

PARTS = {
    "a1": "burst_on_sqlite",
    "a2": "burst_on_postgres",
    "a3": "killing_on_sqlite",
    "a4": "killing_on_postgres",
    "b1": "resting_on_sqlite",
    "b2": "resting_on_postgres",
    "c": "many_plans",
    "d1": "scaling_inline",
    "d2": "scaling_with_dbos",
    "e": "starting",
    "f": "lateness",
    "g": "compiling",
    "h": "pacing",
    "i": "feed_serving",
    "j": "feed_rendering",
}


def main() -> int:
    """Measure the parts that are named; 1 where one could not be measured to its end."""
    parser = _parser()
    options = parser.parse_args()
    asked = options.parts or os.environ.get("ONLY", "").split()
    if unknown := [each for each in asked if not chosen([each])]:
        parser.error(f"no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    if options.list:
        print("\n".join(f"{name}  {_title(_module(name))}" for name in PARTS))
        return 0
    usual = QUICK if options.quick else FULL
    given = {each.name: getattr(options, each.name) for each in fields(Sizes)}
    sizes = Sizes(**{k: getattr(usual, k) if v is None else v for k, v in given.items()})
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, _end)
    try:
        return 1 if [each for each in chosen(asked) if not _measured(each, sizes)] else 0
    except KeyboardInterrupt:
        print("Ended early; nothing is left behind.", file=sys.stderr)
        return 130


def chosen(asked: Sequence[str]) -> list[str]:
    """Return the parts that are asked for: ``a`` means every part of (a), nothing means all."""
    return [each for each in PARTS if not asked or each in asked or each[0] in asked]


def _measured(name: str, sizes: Sizes) -> bool:
    module = _module(name)
    print(f"## {name}: {_title(module)}\n", flush=True)
    try:
        with _nothing_set():
            for table in module.tables(sizes):
                print(table, flush=True)
    except Exception as error:  # noqa: BLE001 - the other parts are measured all the same
        print(f"This part came to no end: {type(error).__name__}: {error}\n", flush=True)
        return False
    return True


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", help="a, or a1; all of them, or those in ONLY")
    parser.add_argument("--list", action="store_true", help="say what parts there are")
    parser.add_argument("--quick", action="store_true", help="small sizes: only shows that it runs")
    for each in fields(Sizes):
        words = f"{WORDS[each.name]}; {getattr(FULL, each.name)}"
        parser.add_argument(f"--{each.name.replace('_', '-')}", type=int, help=words)
    return parser


@contextmanager
def _nothing_set() -> Iterator[None]:
    """Let no setting of this machine reach what is measured."""
    for name in [each for each in os.environ if each.startswith("LOFTESBOT_")]:
        del os.environ[name]
    with scratch() as folder:
        empty = folder / "settings.toml"
        empty.touch()
        os.environ["LOFTESBOT_CONFIG"] = str(empty)
        yield


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"benchmarks.{PARTS[name]}")


def _title(module: ModuleType) -> str:
    return str(module.__doc__).splitlines()[0]


def _end(_number: int, _frame: FrameType | None) -> None:
    """End once, and let nothing disturb the clearing away."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
