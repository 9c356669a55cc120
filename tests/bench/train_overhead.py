"""What NetTrain itself costs a batch, beyond the compiled step: gathering, losses, measurements, the clock.

    python tests/bench/train_overhead.py [ROUNDS]

Trainings of a small net (where the step is short, so that the rest counts most), with and without the default
measurement of classifiers. CPU time of the evaluating thread, one BLAS thread;
the median of ROUNDS (15) counts.
The bound of the design is 30 us a batch.
"""

from __future__ import annotations

import os
import statistics
import sys
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")

from wlnet.net.train import Trainer
from wlnet.runtime import compile as runtime_compile
from wlnet.session import Session

BUDGET_US = 30.0

SETUP = """SeedRandom[1]; xs = RandomReal[{-1, 1}, {6400, 2}];
    ys = If[First[#] > Last[#], "a", "b"] & /@ xs;
    net = NetInitialize[NetChain[{32, Tanh, 2, SoftmaxLayer[]}, "Input" -> 2,
    "Output" -> NetDecoder[{"Class", {"a", "b"}}]]];"""
TRAIN = """NetTrain[net, xs -> ys, BatchSize -> 64, MaxTrainingRounds -> 10, RandomSeeding -> 1,
    TrainingProgressReporting -> None, TrainingProgressMeasurements -> {}];"""


class Times:
    """CPU seconds spent in rounds and in steps, and the number of batches."""

    def __init__(self) -> None:
        self.rounds = self.steps = 0.0
        self.batches = 0


def watch(times: Times) -> None:
    """Let every round and every step add what it takes to `times`."""
    one_round, step = Trainer.one_round, runtime_compile.Executable.step

    def timed_round(self: Trainer) -> None:
        start = time.thread_time()
        one_round(self)
        times.rounds += time.thread_time() - start
        times.batches += self.source.per_round

    def timed_step(self: runtime_compile.Executable) -> None:
        start = time.thread_time()
        step(self)
        times.steps += time.thread_time() - start

    Trainer.one_round = timed_round  # type: ignore[method-assign]
    runtime_compile.Executable.step = timed_step  # type: ignore[method-assign]


def measure(session: Session, times: Times, measurements: str, rounds: int) -> tuple[float, float]:
    """Median microseconds a batch: the compiled step, and everything else."""
    steps, rest = [], []
    for _ in range(rounds):
        times.__init__()  # type: ignore[misc]
        session.evaluate(TRAIN.replace("{}", measurements), check=True)
        steps.append(1e6 * times.steps / times.batches)
        rest.append(1e6 * (times.rounds - times.steps) / times.batches)
    return statistics.median(steps), statistics.median(rest)


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    times = Times()
    watch(times)
    session = Session()
    session.evaluate(SETUP, check=True)
    worst = 0.0
    for name, measurements in (("no measurement", "None"), ("error rate (default)", "Automatic")):
        step, rest = measure(session, times, measurements, rounds)
        worst = max(worst, rest)
        print(f"{name:24} step {step:6.1f} us   NetTrain {rest:5.1f} us a batch")
    print(f"bound {BUDGET_US:g} us: {'kept' if worst <= BUDGET_US else 'exceeded'}")
    return 0 if worst <= BUDGET_US else 1


if __name__ == "__main__":
    sys.exit(main())
