"""The way in: ``python -m bot`` and the ``loftesbot`` command."""

import sys

from bot.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
