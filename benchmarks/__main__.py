"""``python -m benchmarks a b c d e f``: runs those parts, or all, and prints their tables."""

import argparse
import importlib

PARTS = {
    "a": "burst",
}


def main() -> None:
    """Run the parts that are named."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], help="which parts; all of them")
    for part in parser.parse_args().parts or PARTS:
        module = importlib.import_module(f"benchmarks.{PARTS[part]}")
        print(f"== {str(module.__doc__).splitlines()[0]}\n", flush=True)
        for table in module.tables():
            print(table, flush=True)


if __name__ == "__main__":
    main()
