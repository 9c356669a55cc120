"""The interpreter against Mathics3 (Python) and woxi (Rust) on the tasks programs are made of.

    MATHICS=PATH/mathics3 WOXI=PATH/woxi python tests/bench/language.py [ROUNDS] [TASK...]

Both peers are on PyPI and want environments of their own. Each system runs a script per task that times the
expression itself (AbsoluteTiming, best of three, so neither start-up nor reading counts); the systems take
turns, ROUNDS (3) times, and the median counts; Mathics3 times everything once. A process ends after 25
seconds. A system whose value differs from the expected one has no time in that row. The last row is a whole
process.
"""

# ruff: noqa: E501  (a task is one line)
from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 25.0  # seconds a process


class Task(NamedTuple):
    """`code` is timed after `setup` and must give `value`."""

    name: str
    code: str
    value: str
    setup: str = ""


TASKS = [
    Task("recursion: fib[20]", "fib[20]", "6765", "fib[n_] := If[n < 2, n, fib[n - 1] + fib[n - 2]]"),
    Task(
        "recursion by three rules: f[21]",
        "f[21]",
        "10946",
        "f[0] = 0; f[1] = 1; f[n_] := f[n - 1] + f[n - 2]",
    ),
    Task(
        "memoised recursion to 500",
        "Clear[g]; g[0] = 0; g[1] = 1; g[n_] := g[n] = g[n - 1] + g[n - 2]; Do[g[k], {k, 500}]; Mod[g[500], 10007]",
        "8907",
    ),
    Task(
        "Ackermann a[2, 60]",
        "a[2, 60]",
        "123",
        "a[0, n_] := n + 1; a[m_, 0] := a[m - 1, 1]; a[m_, n_] := a[m - 1, a[m, n - 1]]",
    ),
    Task("Do over 10^5", "s = 0; Do[s += i^2, {i, 100000}]; s", "333338333350000"),
    Task(
        "While: Collatz lengths to 1500",
        "b = 0; Do[n = k; c = 0; While[n != 1, n = If[EvenQ[n], Quotient[n, 2], 3 n + 1]; c++]; b = Max[b, c],"
        " {k, 1500}]; b",
        "181",
    ),
    Task("For with two counters", "s = 0; For[i = 1; j = 50000, i < j, i++; j--, s += j - i]; s", "625000000"),
    Task("Module in a loop", "Total[Table[h[k], {k, 20000}]]", "400020000", "h[x_] := Module[{a = x, b}, b = 2 a; b]"),
    Task("Map of a pure function, 10^5", "Total[Map[Mod[#^2, 7] &, Range[100000]]]", "200003"),
    Task("Map of a rule function, 10^5", "Total[Map[p, Range[100000]]]", "5000150000", "p[x_] := x + 1"),
    Task("Table of two indices", "Total[Table[Mod[i j, 11], {i, 300}, {j, 300}], 2]", "409896"),
    Task("Fold over 10^5", "Fold[Mod[31 #1 + #2, 1000003] &, 7, Range[100000]]", "621216"),
    Task("NestList, 10^5 steps", "Total[NestList[Mod[5 # + 3, 1009] &, 1, 100000]]", "51371057"),
    Task("Select primes below 30000", "Length[Select[Range[30000], PrimeQ]]", "3245"),
    Task("Select by a condition, 10^5", "Length[Select[Range[100000], Mod[#, 3] == 1 && # > 50 &]]", "33317"),
    Task(
        "Sort 10^5 integers",
        "Sort[data][[50000]]",
        "503242",
        "data = NestList[Mod[16807 #, 1000003] &, 12345, 99999]",
    ),
    Task("Sort symbols and numbers", "Length[Sort[mixed]]", "20000", "mixed = Table[If[OddQ[k], x[Mod[7 k, 1000]], Mod[17 k, 999]], {k, 20000}]"),
    Task("SortBy with a function", "SortBy[Range[20000], Mod[7919 #, 10007] &][[3]]", "18974"),
    Task("GroupBy and Total", "Length[GroupBy[Range[50000], Mod[#, 97] &, Total]]", "97"),
    Task("Tally of 10^5", "Length[Tally[Mod[Range[100000], 1009]]]", "1009"),
    Task(
        "association counters",
        "c = <||>; Do[k = Mod[i^2, 101]; c[k] = Lookup[c, k, 0] + 1, {i, 20000}]; Length[c]",
        "51",
    ),
    Task(
        "rewriting with conditions",
        "Length[Range[3000] //. {u___, v_, w___} /; v > 2990 :> {u, w}]",
        "2990",
    ),
    Task(
        "symbolic derivative by rules, sum of 200",
        "Length[dd[Sum[x^k, {k, 200}], x]]",
        "200",
        "dd[u_ + v_, x_] := dd[u, x] + dd[v, x]; dd[x_^n_Integer, x_] := n x^(n - 1); dd[x_, x_] := 1",
    ),
    Task("ReplaceAll over a tree", "Count[tree /. a[n_] :> a[n + 1], a[_], Infinity]", "4096", "tree = Nest[{#, #} &, a[1], 12]"),
    Task("Cases with a pattern", "Length[Cases[list, p[_Integer, y_] /; y > 3]]", "12000", "list = Table[p[k, Mod[k, 10]], {k, 20000}]"),
    Task("bubble sort by a repeated rule", "Length[Reverse[Range[24]] //. {a___, b_, c_, d___} /; b > c :> {a, c, b, d}]", "24"),
    Task("Expand (a + b + c)^20", "Length[Expand[(a + b + c)^20]]", "231"),
    Task("D of a nested expression", "LeafCount[D[Nest[Sin[x #] &, x, 8], x]] > 100", "True"),
    Task("big integers: 3000!", "Mod[3000!, 10^9 + 7]", "341406877"),
    Task("digits of 2^20000", "Total[IntegerDigits[2^20000]]", "26995"),
    Task("rationals: harmonic number", "Mod[Numerator[Total[Table[1/k, {k, 1500}]]], 10007]", "5457"),
    Task("strings: build and count", "StringLength[StringJoin[Table[ToString[k], {k, 20000}]]]", "88894"),
    Task("StringReplace with patterns", 'StringLength[StringReplace[text, "b" ~~ x_ ~~ "d" :> x]]', "15000", 'text = StringJoin[Table["abcde", {5000}]]'),
    Task("StringSplit and Counts", 'Counts[StringSplit[words]]["gamma"]', "3333", 'words = StringRiffle[Table[{"alpha", "beta", "gamma"}[[Mod[k, 3] + 1]], {k, 10000}], " "]'),
    Task("Characters and Tally", 'Length[Tally[Characters[StringJoin[Table["hello world", {3000}]]]]]', "8"),
    Task("packed: Total[Range[10^6]^2]", "Total[Range[10^6]^2]", "333333833333500000"),
    Task("packed: mean of 10^6 reals", "Round[1000 Mean[N[Range[10^6]]]]", "500000500"),
    Task("packed: Dot 500x500", "Round[(m . m)[[3, 4]]]", "4004", "m = Table[N[Mod[i j, 7]], {i, 500}, {j, 500}]"),
    Task("packed: Sin of 10^6 points", "Round[1000 Total[Sin[N[Range[10^6]]/1000]]]", "438034"),
    Task("numeric loop: Euler steps", "x = 1.; Do[x = x + 0.00001 (1 - x^2)*Cos[x], {100000}]; Round[10^6 x]", "1000000"),
    Task("Nest of a logistic map", "Round[10^3 Nest[3.2 # (1 - #) &, 0.3, 100000]] > 0", "True"),
    Task("Eigenvalues 60x60", "Round[1000 Max[Abs[Eigenvalues[m]]]]", "2106", "m = Table[1./(i + j - 1), {i, 60}, {j, 60}]"),
    Task("cellular automaton, 200 steps", "Total[Nest[Mod[RotateLeft[#] + RotateRight[#], 2] &, row, 200]]", "8", "row = Table[If[k == 250, 1, 0], {k, 500}]"),
    Task("Partition and Map", "Total[Map[Max, Partition[Mod[7 Range[60000], 1013], 3]]]", "10391484"),
]  # fmt: skip


class System(NamedTuple):
    """A command that runs a script file."""

    name: str
    command: Sequence[str]
    rounds: int
    repeats: int


def systems(rounds: int) -> list[System]:
    found = [System("wlnet", [sys.executable, "-m", "wlnet"], rounds, 3)]
    if "WOXI" in os.environ:
        found.append(System("woxi", [os.environ["WOXI"], "run"], rounds, 3))
    if "MATHICS" in os.environ:
        found.append(System("Mathics3", [os.environ["MATHICS"], "-f"], 1, 1))
    return found


def timed(system: System, task: Task, folder: Path) -> tuple[float | None, str]:
    """(seconds of the task, its value or what went wrong)."""
    script = folder / "task.wl"
    lines = [task.setup] if task.setup else []
    lines += [f"r{k} = AbsoluteTiming[{task.code}]" for k in range(system.repeats)]
    lines.append(
        'Print["RESULT ", Round[10^9 Min[{'
        + ", ".join(f"r{k}[[1]]" for k in range(system.repeats))
        + '}]], " ", r0[[2]]]'
    )
    script.write_text(";\n".join(lines))
    try:
        done = subprocess.run(
            [*system.command, str(script)], capture_output=True, text=True, cwd=ROOT, timeout=LIMIT
        )
    except subprocess.TimeoutExpired:
        return None, f"> {LIMIT:.0f} s"
    for line in done.stdout.splitlines():
        if line.startswith("RESULT "):
            nanoseconds, value = line.removeprefix("RESULT ").strip().split(" ", 1)
            return (1e-9 * int(nanoseconds), value) if nanoseconds.isdigit() else (None, "no answer")
    return None, "no answer"


def whole(system: System, folder: Path) -> float:
    """Seconds of a process that adds two numbers."""
    script = folder / "start.wl"
    script.write_text("Print[1 + 1]")
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    subprocess.run(
        [*system.command, str(script)], capture_output=True, cwd=ROOT, timeout=LIMIT, env=environment
    )
    return time.perf_counter() - start


def shown(seconds: float | None, note: str) -> str:
    return note if seconds is None else f"{1e3 * seconds:.1f}"


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    wanted = sys.argv[2:]
    all_systems = systems(rounds)
    print("| task | " + " | ".join(f"{s.name}, ms" for s in all_systems) + " | "
          + " | ".join(f"{s.name} / wlnet" for s in all_systems[1:]) + " |")  # fmt: skip
    print("|" + "---|" * (2 * len(all_systems)))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for task in TASKS:
            if wanted and not any(w in task.name for w in wanted):
                continue
            times: dict[str, list[float]] = {s.name: [] for s in all_systems}
            notes = {}
            for turn in range(rounds):
                for system in all_systems:
                    if turn >= system.rounds:
                        continue
                    seconds, value = timed(system, task, folder)
                    if seconds is not None and value == task.value:
                        times[system.name].append(seconds)
                    else:
                        notes[system.name] = value if seconds is None else f"gives {value[:20]}"
            medians = {n: statistics.median(t) if t else None for n, t in times.items()}
            row(
                [task.name, *(shown(medians[s.name], notes.get(s.name, "")) for s in all_systems)],
                medians,
                all_systems,
            )
        starts: dict[str, float | None] = {
            s.name: statistics.median([whole(s, folder) for _ in range(2 * s.rounds + 1)])
            for s in all_systems
        }
        row(["whole process, 1 + 1", *(shown(starts[s.name], "") for s in all_systems)], starts, all_systems)


def row(cells: list[str], medians: dict[str, float | None], all_systems: list[System]) -> None:
    own = medians["wlnet"]
    for system in all_systems[1:]:
        peer = medians[system.name]
        cells.append(f"{peer / own:.2f}" if peer is not None and own else "")
    print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
