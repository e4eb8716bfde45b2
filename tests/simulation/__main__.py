"""``python -m tests.simulation SEED [--trace]``: replay a seed, or run many."""

import argparse
import logging
import sys

from tests.simulation.run import run_seed, workshop


def main() -> int:
    """Run what was asked for; 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("seed", type=int)
    parser.add_argument("--trace", action="store_true")
    asked = parser.parse_args()
    logging.disable()
    with workshop() as shop:
        result = run_seed(asked.seed, shop, print if asked.trace else None)
    print(result)
    return 1 if result.breach else 0


if __name__ == "__main__":
    sys.exit(main())
