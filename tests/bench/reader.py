"""Reading speed on 300 KB of realistic code, against Mathics3's parser where that is installed.

    python tests/bench/reader.py

Prints KB/s of both in the same run (best of five) and their ratio, the time of one line, and the time of the
first expression of a process. Mathics3 may live in another environment: name its Python in $MATHICS_PYTHON.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PIECE = """
f{n}[x_Integer, y_:1, opts : OptionsPattern[]] := Module[{{a = x^2 + 1, b = {{1, 2.5, "str"}}}},
   If[a > b[[1]] && x =!= 3, a + b[[2]]/2, Map[# + 1 &, Range[10]]];
   g{n}[a, <|"key" -> x, "other" -> {{a, b, c}}|>] // Total
]
data{n} = Table[{{Sin[t], Cos[t]*2.5}}, {{t, 0, 2 Pi, 0.1}}] /. {{x_, y_}} :> x + y;
(* what follows is a net: (* nested *) comment *)
net{n} = NetChain[{{LinearLayer[32], Ramp, LinearLayer["Output" -> 10], SoftmaxLayer[]}}, "Input" -> {{784}}];
h{n}[a_, b__Real, rest___] /; a > 0 := a - b^-2 . {{rest}} + Total[#1*#2 & @@@ Transpose[{{a, b}}]]
name{n}::usage = "name{n}[x] gives \\"x\\" back.\\n";
"""

MATHICS = """
import sys, time
from mathics.core.definitions import Definitions
from mathics.core.parser import MathicsMultiLineFeeder, parse
code = open(sys.argv[1]).read()
definitions = Definitions(add_builtin=False)
best = 1e9
for _ in range(5):
    feeder = MathicsMultiLineFeeder(code, "bench")
    start = time.perf_counter()
    while not feeder.empty():
        parse(definitions, feeder)
    best = min(best, time.perf_counter() - start)
print(best)
"""


def code(nbytes: int = 300_000) -> str:
    """Realistic code of about so many bytes."""
    pieces: list[str] = []
    size = 0
    while size < nbytes:
        pieces.append(PIECE.format(n=len(pieces)))
        size += len(pieces[-1])
    return "".join(pieces)


def ours(text: str) -> tuple[float, int]:
    """Best time in seconds of five readings, and the number of expressions."""
    from wlnet.expr import Symbol
    from wlnet.syntax import ReadError, read

    best, count = 1e9, 0
    for _ in range(5):
        symbols: dict[str, Symbol] = {}
        start = time.perf_counter()
        count = 0
        for item in read(text, lambda name, table=symbols: table.setdefault(name, Symbol(name, "Global`"))):
            assert not isinstance(item, ReadError), item.show()
            count += 1
        best = min(best, time.perf_counter() - start)
    return best, count


def mathics(text: str) -> float | None:
    """The same for Mathics3's parser, or None where there is none."""
    python = os.environ.get("MATHICS_PYTHON", sys.executable)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "code.m"
        source.write_text(text)
        done = subprocess.run(
            [python, "-c", MATHICS, str(source)], capture_output=True, text=True, check=False
        )
    return float(done.stdout) if done.returncode == 0 else None


def one_line() -> float:
    """Seconds for one short input."""
    from wlnet.expr import S
    from wlnet.syntax import parse

    start = time.perf_counter()
    for _ in range(1000):
        parse("f[x_] := a + b c", lambda name: S.x)
    return (time.perf_counter() - start) / 1000


def first() -> float:
    """Seconds from nothing imported but numpy and the expressions to the first expression read,
    in a new process.
    """
    program = (
        "import time, numpy, wlnet.expr\nstart = time.perf_counter()\n"
        "from wlnet.syntax import parse\nparse('1 + 1', None)\nprint(time.perf_counter() - start)"
    )
    runs = [
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        for _ in range(5)
    ]
    return min(float(run.stdout) for run in runs)


def main() -> None:
    text = code()
    kilobytes = len(text) / 1000
    seconds, count = ours(text)
    print(f"wlnet    {kilobytes / seconds:8.0f} KB/s   ({count} expressions, {kilobytes:.0f} KB)")
    other = mathics(text)
    if other is None:
        print("Mathics3 is not installed here (or name its Python in $MATHICS_PYTHON)")
    else:
        print(f"Mathics3 {kilobytes / other:8.0f} KB/s")
        print(f"ratio    {other / seconds:8.1f}")
    print(f"one line {one_line() * 1e6:8.0f} us")
    print(f"first    {first() * 1e3:8.1f} ms from import to the first expression")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    os.environ["PYTHONPATH"] = sys.path[0]
    main()
