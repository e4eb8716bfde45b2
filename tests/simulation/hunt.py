"""``python -m tests.simulation.hunt SEED…``: say whether any seed, or the sweep, finds a breach."""

import logging
import sys

import bot
from tests.simulation.run import run_seed, workshop


def main() -> int:
    """Print the code that is under test, then the first breach, if there is one."""
    logging.disable()
    print(f"under test: {bot.__path__[0]}")
    with workshop() as shop:
        for seed in map(int, sys.argv[1:]):
            if breach := run_seed(seed, shop).breach:
                print(f"breach at seed {seed}: {breach}")
                return 1
    print("no breach")
    return 0


if __name__ == "__main__":
    sys.exit(main())
