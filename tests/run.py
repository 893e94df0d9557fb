"""Run the tests: scripts by Node, then everything on SQLite, then on PostgreSQL.

    python tests/run.py [--skip-browser] [LABEL …]

With labels (tests.outreach, tests.browser.test_visit) only those tests run. DB=sqlite or
DB=postgres chooses one database. The last line is "N passed, N failed"; the exit status is 1 when
any failed.
"""

import argparse
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.postgres import private_cluster  # noqa: E402 - found only with the root on the path

DATABASES = ("sqlite", "postgres")
# Each process waits for its browser half of the time, so two serve even a single core.
PROCESSES = "2"


def run_scripts() -> Counter:
    """Tests of the browser's modules that touch no page, by Node's own runner."""
    files = sorted((ROOT / "tests" / "js").glob("**/*.test.js"))
    if not files:
        return Counter()
    print("== Scripts", flush=True)
    run = subprocess.run(
        ["node", "--test", "--test-reporter=tap", *files],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    numbers = {name: int(n) for name, n in re.findall(r"^# (\w+) (\d+)$", run.stdout, re.MULTILINE)}
    failed = numbers.get("fail", 0) + numbers.get("cancelled", 0)
    print(run.stdout if run.returncode else f"Ran {numbers.get('tests', 0)} tests", flush=True)
    if run.returncode:
        failed = failed or 1
    return Counter(passed=numbers.get("pass", 0), failed=failed, skipped=numbers.get("skipped", 0))


def run_django(database: str, url: str, labels: list[str], excluded: list[str]) -> Counter:
    """Django's tests on the database of `url`; an empty one stands for SQLite."""
    print(f"== {database}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        counts = Path(folder) / "counts.json"
        command = [sys.executable, "manage.py", "test", "--settings", "tests.settings"]
        command += ["--parallel", PROCESSES, "--noinput", *labels]
        command += [f"--exclude-tag={tag}" for tag in excluded]
        # Output is merged, so that what came last stands last, in logs too.
        run = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": url, "TEST_COUNTS": str(counts)},
            stderr=subprocess.STDOUT,
        )
        result = Counter(json.loads(counts.read_text())) if counts.exists() else Counter()
    if run.returncode and not result["failed"]:
        result["failed"] = 1
    return result


def parse(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Which labels to run and which tags to leave out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labels", nargs="*", metavar="LABEL", help="as for manage.py test")
    parser.add_argument("--skip-browser", action="store_true", help="leave out the browser tests")
    options = parser.parse_args(arguments)
    return options.labels or ["tests"], ["browser"] if options.skip_browser else []


def main(arguments: list[str]) -> int:
    labels, excluded = parse(arguments)
    chosen = os.environ.get("DB", "")
    if chosen not in ("", *DATABASES):
        raise SystemExit(f"DB is {chosen!r}; expected sqlite, postgres, or nothing for both.")
    total = run_scripts() if labels == ["tests"] else Counter()
    if chosen != "postgres":
        total += run_django("SQLite", "", labels, excluded)
    if chosen != "sqlite":
        # What a page looks like does not depend on the database.
        with private_cluster() as url:
            total += run_django("PostgreSQL", url, labels, [*excluded, "appearance"])
    if not total:
        print("No test was run.")
    skipped = f", {total['skipped']} skipped" if total["skipped"] else ""
    print(f"{total['passed']} passed, {total['failed']} failed{skipped}")
    return 1 if total["failed"] or not total else 0


if __name__ == "__main__":
    # A polite kill unwinds like an interrupt, so that the cluster is stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main(sys.argv[1:]))
    sys.exit(130)
