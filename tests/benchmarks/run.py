"""How long the slow things take, each beside the least that they could take.

    python tests/benchmarks/run.py [NAME …]

Without names all of BENCHMARKS run.
"""

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

from tests.benchmarks import (  # noqa: E402 - found only with the root on the path
    big_lists,
    coverage_pages,
    pushing,
    roster_importing,
    roster_reading,
)

# Each gets a folder of the run, for files that several share, and prints a table.
BENCHMARKS: dict[str, Callable[[Path], None]] = {
    "roster_reading": roster_reading.run,
    "roster_importing": roster_importing.run,
    "pushing": pushing.run,
    "coverage_pages": coverage_pages.run,
    "big_lists": big_lists.run,
}


def main(names: list[str]) -> int:
    unknown = set(names) - BENCHMARKS.keys()
    if unknown:
        print(f"Unknown: {', '.join(sorted(unknown))}; expected {', '.join(BENCHMARKS)}.")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        for name in names or BENCHMARKS:
            print(f"== {name}", flush=True)
            BENCHMARKS[name](Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
