"""Kill a training with SIGKILL at random moments and resume it: nothing is lost but the work since the last
checkpoint, and the final net has the same bits as that of a training that nobody disturbs.

    python tests/bench/kill_resume.py [KILLS] [SEED]

Every process is a fresh one that goes on from the checkpoint which the one before left behind.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PROGRAM = """
{save, result} = Rest[$ScriptCommandLine];
SeedRandom[4];
xs = RandomReal[{-1, 1}, {60, 3}];
ys = Map[{Sin[3 #[[1]]] + #[[2]] #[[3]]} &, xs];
net = NetChain[{16, Tanh, DropoutLayer[0.2], 8, Tanh, 1}, "Input" -> 3];
trained = NetTrain[If[FileExistsQ[save], File[save], net], xs -> ys, BatchSize -> 8, RandomSeeding -> 3,
  MaxTrainingRounds -> 150, ValidationSet -> Scaled[0.2], TrainingProgressReporting -> None,
  TrainingProgressCheckpointing -> {"File", save, "Interval" -> Quantity[3, "Batches"]}];
Export[result, trained];
"""


class Stage:
    """A folder with the program, the checkpoint and the results."""

    def __init__(self, folder: Path) -> None:
        self.program = folder / "train.wl"
        self.program.write_text(PROGRAM, encoding="utf-8")
        self.checkpoint = folder / "checkpoint.wlnet"

    def start(self, checkpoint: Path, result: Path) -> subprocess.Popen[bytes]:
        """A process of its own that trains."""
        command = [sys.executable, "-m", "wlnet", str(self.program), str(checkpoint), str(result)]
        return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"})

    def kill_one(self, result: Path, moment_s: float) -> bool:
        """Kill a training `moment_s` after its first checkpoint; whether it was still running."""
        before = self.written()
        process = self.start(self.checkpoint, result)
        deadline = time.monotonic() + 60
        while self.written() == before and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(moment_s)
        running = process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
        return running

    def written(self) -> int:
        return self.checkpoint.stat().st_mtime_ns if self.checkpoint.exists() else 0


def arrays(path: Path) -> dict[str, bytes]:
    """The arrays in a net's file."""
    with zipfile.ZipFile(path) as file:
        assert file.testzip() is None
        return {name: file.read(name) for name in file.namelist() if name.startswith("arrays/")}


def trial(folder: Path, kills: int, seed: int) -> int:
    """Kill and resume `kills` times, then run to the end; how often a running training was hit.

    AssertionError where a checkpoint is damaged or the bits differ.
    """
    stage, choose = Stage(folder), random.Random(seed)
    undisturbed, resumed = folder / "undisturbed.wlnet", folder / "resumed.wlnet"
    assert stage.start(folder / "other.wlnet", undisturbed).wait() == 0
    hit = 0
    for _ in range(kills):
        hit += stage.kill_one(resumed, choose.uniform(0, 0.1))
        arrays(stage.checkpoint)  # whole
        if resumed.exists():
            break
    assert stage.start(stage.checkpoint, resumed).wait() == 0
    assert arrays(resumed) == arrays(undisturbed)
    return hit


def main() -> int:
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    with tempfile.TemporaryDirectory() as folder:
        start = time.monotonic()
        hit = trial(Path(folder), kills, seed)
        print(
            f"{hit} of {kills} kills hit a running training; the same bits; {time.monotonic() - start:.1f} s"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
