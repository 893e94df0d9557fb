"""Measuring a function in a process of its own: its seconds, and its memory and its children's."""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

from tests.benchmarks.lists import write_list

ROOT = Path(__file__).resolve().parent.parent.parent


def large_list(folder: Path) -> Path:
    """The list of 30,000 homes and 108,000 people, written once a run."""
    path = folder / "large.xlsx"
    if not path.exists():
        started = time.perf_counter()
        write_list(path)
        print(f"(list written in {time.perf_counter() - started:.1f} s)", flush=True)
    return path


def measure(function: Callable[[Path], object], path: Path, times: int = 1) -> dict[str, float]:
    """Call a function of a module, by its name in a fresh process, with `path`.

    Gives the median of its `seconds`, and the most `memory` in MB that its process had, and that
    `child` processes had.
    """
    module, name = function.__module__, function.__name__
    command = [sys.executable, "-m", "tests.benchmarks.measuring", module, name, path, times]
    run = subprocess.run(list(map(str, command)), cwd=ROOT, check=True, stdout=subprocess.PIPE)
    return json.loads(run.stdout.splitlines()[-1])


def measure_here(function: Callable[[Path], dict[str, float]], path: Path) -> dict[str, float]:
    """What a function that measures by itself found, in a fresh process."""
    command = [sys.executable, "-m", "tests.benchmarks.measuring", function.__module__]
    command += [function.__name__, str(path), "own"]
    run = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    return json.loads(run.stdout.splitlines()[-1])


def print_table(rows: dict[str, dict[str, float]], bare: str) -> None:
    """One line for each row, with its seconds as a multiple of those of the row `bare`."""
    print(f"{'':<24}{'seconds':>9}{'× bare':>8}{'MB':>7}{'MB child':>10}")
    for name, row in rows.items():
        ratio = row["seconds"] / rows[bare]["seconds"]
        child = f"{row['child']:.0f}" if row["child"] else "-"
        print(f"{name:<24}{row['seconds']:>9.2f}{ratio:>8.1f}{row['memory']:>7.0f}{child:>10}")


def print_limits(
    rows: dict[str, dict[str, float]], limits: dict[str, float], memory: float
) -> None:
    """One line for each row, beside its limit in seconds and that in MB for each process."""
    print(f"{'':<24}{'seconds':>9}{'limit':>8}{'MB':>7}{'MB child':>10}{'limit':>8}")
    for name, row in rows.items():
        within = row["seconds"] <= limits[name] and max(row["memory"], row["child"]) <= memory
        print(
            f"{name:<24}{row['seconds']:>9.1f}{limits[name]:>8.0f}{row['memory']:>7.0f}"
            f"{row['child']:>10.0f}{memory:>8.0f}{'' if within else '  OVER'}"
        )


def _peak(process: str = "self") -> float:
    """The most memory that the process ever had, in MB."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0


def _watch_children(ended: Event, peaks: list[float]) -> None:
    # Asked of the system while they run: what it says of ended children is the most of the parent
    # too, from which they were forked.
    while not ended.wait(0.05):
        for task in Path("/proc/self/task").iterdir():
            try:
                peaks += map(_peak, (task / "children").read_text().split())
            except OSError:
                continue


def main(module: str, name: str, path: str, times: str) -> None:
    """Measure, in this process, and print the result."""
    import django

    django.setup()
    function = getattr(__import__(module, fromlist=[name]), name)
    if times == "own":
        print(json.dumps(function(Path(path))))
        return
    seconds, peaks, ended = [], [0.0], Event()
    watcher = Thread(target=_watch_children, args=(ended, peaks))
    watcher.start()
    for _ in range(int(times)):
        started = time.perf_counter()
        function(Path(path))
        seconds.append(time.perf_counter() - started)
    ended.set()
    watcher.join()
    median = statistics.median(seconds)
    print(json.dumps({"seconds": median, "memory": _peak(), "child": max(peaks)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
