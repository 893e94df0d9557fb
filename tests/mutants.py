"""Break the product in one small way after the other, and expect its tests to notice.

    python tests/mutants.py [WORD …]

With words only the mutations whose description has one of them. Each mutation of
tests/mutations is made in a copy of the tree; a mutation that no test notices is an error, and
so is one whose tests fail without it. The last line is "N caught, N survived".
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import Queue

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.mutations import MUTATIONS, Mutation  # noqa: E402 - found only with the root on the path
from tests.postgres import private_cluster  # noqa: E402 - as above

LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", ".data", "__pycache__", "screenshots", ".*_cache"
)
AT_ONCE = 2
LONGEST = 300


def copied(folder: str) -> Path:
    """The tree, as it is now, in a folder of its own."""
    tree = Path(folder) / "tree"
    shutil.copytree(ROOT, tree, ignore=LEFT_OUT, symlinks=True)
    return tree


@contextmanager
def mutated(tree: Path, mutation: Mutation):
    """The tree with the bug in it; raises ValueError when the text to change is not there once."""
    before = {edit.path: (tree / edit.path).read_text() for edit in mutation.edits}
    try:
        for edit in mutation.edits:
            text = (tree / edit.path).read_text()
            if text.count(edit.old) != 1:
                raise ValueError(f"{edit.path} has {text.count(edit.old)} times: {edit.old!r}")
            (tree / edit.path).write_text(text.replace(edit.old, edit.new))
        yield
    finally:
        for path, text in before.items():
            (tree / path).write_text(text)


def run_tests(tree: Path, labels: Iterable[str], url: str) -> tuple[bool, str]:
    """Whether they pass, and what they printed; raises ValueError when they could not run."""
    run = subprocess.run(
        [
            *(sys.executable, "manage.py", "test", "--settings", "tests.settings"),
            *("--noinput", "--failfast", *labels),
        ],
        cwd=tree,
        env={
            **os.environ,
            "DATABASE_URL": url,
            # A file changed twice within a second would be taken for the same.
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LONGEST,
    )
    ran = re.search(r"^Ran (\d+) tests? in", run.stdout, re.MULTILINE)
    if not ran or ran[1] == "0" or "unittest.loader._FailedTest" in run.stdout:
        raise ValueError("the tests did not run:\n" + run.stdout[-2000:])
    return run.returncode == 0, run.stdout


def judge(tree: Path, mutation: Mutation, url: str) -> str:
    """What is wrong with the mutation's tests; "": they noticed."""
    try:
        with mutated(tree, mutation):
            passed, _output = run_tests(tree, mutation.tests, url)
    except (ValueError, subprocess.TimeoutExpired) as problem:
        return str(problem)
    return f"not noticed by {', '.join(mutation.tests)}" if passed else ""


class Judges:
    """Copies of the tree, each used by one mutation at a time."""

    def __init__(self, trees: list[Path], url: str):
        self.trees: Queue[Path] = Queue()
        for tree in trees:
            self.trees.put(tree)
        self.url = url
        self.printing = threading.Lock()

    def __call__(self, mutation: Mutation) -> str:
        tree, begun = self.trees.get(), time.monotonic()
        try:
            wrong = judge(tree, mutation, self.url)
        finally:
            self.trees.put(tree)
        with self.printing:
            mark = "SURVIVED" if wrong else "caught  "
            print(f"{mark} {time.monotonic() - begun:4.0f} s  {mutation.bug}", flush=True)
            if wrong:
                print(f"         {wrong}", flush=True)
        return wrong


def judged(mutations: list[Mutation], trees: list[Path], url: str) -> list[str]:
    """Judge them all; gives what is wrong with each. First the same tests run on the product as it
    is, or a failure would say nothing."""
    if not mutations:
        return []
    labels = sorted({label for mutation in mutations for label in mutation.tests})
    passed, output = run_tests(trees[0], labels, url)
    if not passed:
        raise SystemExit(f"These tests fail without any mutation:\n{output[-4000:]}")
    with ThreadPoolExecutor(len(trees)) as pool:
        return list(pool.map(Judges(trees, url), mutations))


def main(words: list[str]) -> int:
    chosen = [one for one in MUTATIONS if not words or any(word in one.bug for word in words)]
    if not chosen:
        raise SystemExit("No mutation's description has any of these words.")
    on = {name: [one for one in chosen if one.database == name] for name in ("sqlite", "postgres")}
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        trees = [copied(first), copied(second)][:AT_ONCE]
        wrong = judged(on["sqlite"], trees, "")
        if on["postgres"]:
            # One test database, so one at a time.
            with private_cluster() as url:
                wrong += judged(on["postgres"], trees[:1], url)
    survived = len([one for one in wrong if one])
    print(f"{len(wrong) - survived} caught, {survived} survived")
    return 1 if survived else 0


if __name__ == "__main__":
    # A polite kill unwinds like an interrupt, so that the cluster is stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main(sys.argv[1:]))
