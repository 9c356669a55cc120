"""Start-up: whole processes of wlnet against `python -c "import numpy"`, as ratios in one run.

    python tests/bench/startup.py [ROUNDS]

The programs are run in turns, so that a busy machine disturbs all alike; the median of ROUNDS (15) counts.
Both sides find their bytecode and wlnet its tables, as an installed program does; the first turn, which makes
them, is not counted. CPU is user and system time of the process and its threads.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUDGET = 2.0  # times `import numpy`, for `wlnet -c 1+1`

PROGRAMS = {
    "import numpy": ["-c", "import numpy"],
    "wlnet -c 1+1": ["-m", "wlnet", "-c", "1+1"],
    "wlnet -c Map[f, Range[3]]": ["-m", "wlnet", "-c", "Map[f, Range[3]]"],
    'wlnet -c StringLength["abc"]': ["-m", "wlnet", "-c", 'StringLength["abc"]'],
    "wlnet -c LinearLayer[3]": ["-m", "wlnet", "-c", "LinearLayer[3]"],
}


def run(arguments: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """(wall, CPU) seconds of one process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments], check=True, capture_output=True, cwd=ROOT, env=environment, timeout=60
    )
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure(rounds: int) -> dict[str, tuple[float, float]]:
    """Median (wall, CPU) seconds by program."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in PROGRAMS}
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "PYTHONPYCACHEPREFIX": f"{folder}/code",
            "XDG_CACHE_HOME": f"{folder}/cache",
        }
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for turn in range(rounds + 1):
            for name, arguments in PROGRAMS.items():
                times = run(arguments, environment)
                if turn:
                    found[name].append(times)
    return {
        name: (statistics.median(t[0] for t in times), statistics.median(t[1] for t in times))
        for name, times in found.items()
    }


def main() -> None:
    times = measure(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
    base = times["import numpy"]
    print(f"{'program':32} {'wall ms':>8} {'ratio':>6} {'CPU ms':>8} {'ratio':>6}")
    for name, (wall, cpu) in times.items():
        print(f"{name:32} {1e3 * wall:8.0f} {wall / base[0]:6.2f} {1e3 * cpu:8.0f} {cpu / base[1]:6.2f}")
    print(f"budget for wlnet -c 1+1: {BUDGET}")


if __name__ == "__main__":
    main()
