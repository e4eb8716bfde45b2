"""``python -m tests.simulation SEED [--trace]``: replay a seed; ``--seeds N``: run so many."""

import argparse
import logging
import os
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed

from tests.simulation.run import Result, run_seed, workshop

BLOCK = 20


def main() -> int:
    """Run what was asked for; 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("seed", type=int, nargs="?", default=1, help="the seed, or the first one")
    parser.add_argument("--trace", action="store_true", help="tell all that happens")
    parser.add_argument("--seeds", type=int, help="how many seeds to run, on every core")
    asked = parser.parse_args()
    logging.disable()
    if asked.seeds:
        return _many(range(asked.seed, asked.seed + asked.seeds))
    with workshop() as shop:
        result = run_seed(asked.seed, shop, print if asked.trace else None)
    print(result)
    return 1 if result.breach else 0


def _many(seeds: range) -> int:
    """Run all of ``seeds``; tell of each that breaks a promise, and now and then how far it is."""
    blocks = [seeds[start : start + BLOCK] for start in range(0, len(seeds), BLOCK)]
    done, broken, reminders, crashes, faults = 0, 0, 0, 0, 0
    step = max(1, len(blocks) // 20)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        waiting = [pool.submit(_block, each) for each in blocks]
        for number, each in enumerate(as_completed(waiting), start=1):
            for result in each.result():
                done += 1
                reminders += result.counts.get("reminders", 0)
                crashes += result.counts.get("crashes", 0)
                faults += result.counts.get("faults", 0)
                if result.breach:
                    broken += 1
                    print(f"seed {result.seed}: {result.breach}")
                    print(f"  replay: python -m tests.simulation {result.seed} --trace", flush=True)
            if number % step == 0 or number == len(blocks):
                print(f"{done} of {len(seeds)} seeds, {broken} broken", flush=True)
    print(f"{reminders} reminders, {crashes} crashes, {faults} faults, {broken} seeds broken")
    return 1 if broken else 0


def _block(seeds: range) -> list[Result]:
    """Run some seeds in a process of their own."""
    logging.disable()
    with workshop() as shop:
        return [run_seed(each, shop) for each in seeds]


if __name__ == "__main__":
    sys.exit(main())
