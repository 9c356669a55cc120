"""One training step (forward, loss, gradient, Adam) of the runtime against PyTorch,
as a ratio within one run.

    python tests/bench/training.py [--threads 1] [--rounds 9] [--seconds 0.3] [WORKLOAD ...]

Both sides start from the same parameters and see the same batch; the losses after ten steps are compared
first, so that equal work is timed.  Rounds of the two alternate, and the median of their ratios is printed:
above 1 the runtime is faster.  With one thread CPU time counts, for it does not see what else the machine
does; with more, wall time. The rate is 1e-5 on purpose: at 1e-3 a single batch converges while it is timed,
and gradients become denormal.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import peer
import pictures
import sequences
import transformer

RATE = 1e-5


class Workload(NamedTuple):
    """Fully connected layers of these sizes; with `vocabulary`, over the mean of embedded tokens.

    loss "mse", or "classes" (cross entropy of a softmax); tokens is the length of an example then.
    """

    sizes: tuple[int, ...]
    activation: str
    batch: int
    loss: str
    vocabulary: int = 0
    tokens: int = 0


WORKLOADS = {
    "tiny": Workload((2, 32, 32, 1), "tanh", 64, "mse"),
    "mlp": Workload((784, 512, 512, 10), "relu", 128, "classes"),
    "bag": Workload((64, 10), "relu", 128, "classes", vocabulary=20000, tokens=64),
    **pictures.WORKLOADS,
    **sequences.WORKLOADS,
    **transformer.WORKLOADS,
}


def arrays(work: Any) -> tuple[list[Any], Any, Any]:
    """Parameters (an embedding first where there is one, then weights and biases in turn),
    inputs, targets.
    """
    import numpy as np

    if not isinstance(work, Workload):
        found: tuple[list[Any], Any, Any] = work.arrays()
        return found
    rng = np.random.default_rng(0)
    parameters = []
    if work.vocabulary:
        parameters.append(rng.normal(size=(work.vocabulary, work.sizes[0])).astype("f4"))
    for n_in, n_out in zip(work.sizes, work.sizes[1:]):
        parameters.append(rng.normal(0, (2 / n_in) ** 0.5, (n_out, n_in)).astype("f4"))
        parameters.append(np.zeros(n_out, "f4"))
    if work.vocabulary:
        x = rng.integers(0, work.vocabulary, (work.batch, work.tokens))
    else:
        x = rng.normal(size=(work.batch, work.sizes[0])).astype("f4")
    if work.loss == "classes":
        return parameters, x, rng.integers(0, work.sizes[-1], work.batch)
    return parameters, x, rng.normal(size=(work.batch, work.sizes[-1])).astype("f4")


def ours(work: Any, threads: int, steps: int) -> peer.Side:
    """(a step, its loss) by the runtime, planned for that many steps: many are worth numba's kernels."""
    from wlnet.runtime.compile import compile
    from wlnet.runtime.types import Type, type_of

    from wlnet.runtime import ir

    values, x, t = arrays(work)
    b = ir.Builder()
    h, target = b.input("Input", type_of(x)), b.input("Target", type_of(t))
    parameters = [b.variable(f"p{k}", type_of(each), initial=each) for k, each in enumerate(values)]
    if isinstance(work, Workload):
        loss = perceptron_loss(work, b, parameters, h, target)
    else:
        loss = work.loss(b, parameters, h, target)
    b.output("Loss", loss)
    adam_updates(b, loss, parameters, Type)
    exe = compile(b.program(), threads=threads, steps=steps)
    exe({"Input": x, "Target": t})
    return exe.step, lambda: float(exe.outputs["Loss"])


def perceptron_loss(work: Workload, b: Any, parameters: Sequence[Any], h: Any, target: Any) -> Any:
    """The loss of fully connected layers, over the mean of embedded tokens where there is a vocabulary."""
    dense = list(parameters)
    if work.vocabulary:
        h = b.mean(b.gather(dense.pop(0), h), 1)
    for k in range(0, len(dense), 2):
        h = b.dot(h, dense[k], transpose_b=True) + dense[k + 1]
        if k + 2 < len(dense):
            h = getattr(b, work.activation)(h)
    if work.loss == "classes":
        return b.mean(b.cross_entropy_index(b.softmax(h), target))
    return b.mean(b.square(h - target))


def adam_updates(b: Any, loss: Any, parameters: Sequence[Any], type_: Any) -> None:
    """The updates of one Adam step over the whole group."""
    from wlnet.runtime import autodiff

    gradient, flat = b.pack(autodiff.gradient(b, loss, parameters)), b.flat("parameters")
    moments = [b.variable(name, flat.type, group=name) for name in ("first", "second")]
    step = b.variable("step", type_("f32", ()), group="step")
    rate = b.variable("rate", type_("f32", ()), group="rate", initial=RATE)
    b.update(step, step + 1)
    new = b.adam(flat, gradient, *moments, rate, step + 1)
    for target, value in zip((flat, *moments), new):
        b.update(target, value)


def theirs(work: Workload, fused: bool) -> peer.Side:
    """(a step, its loss) by PyTorch: eager, Adam fused or as it comes."""
    import torch

    values, x, t = (arrays(work)[0], *map(torch.from_numpy, arrays(work)[1:]))
    layers: list[Any] = []
    if work.vocabulary:
        table = torch.from_numpy(values.pop(0))
        layers += [torch.nn.EmbeddingBag.from_pretrained(table, freeze=False, mode="mean"), None]
    for k in range(0, len(values), 2):
        layer = torch.nn.Linear(values[k].shape[1], values[k].shape[0])
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(values[k]))
            layer.bias.copy_(torch.from_numpy(values[k + 1]))
        layers += [layer, torch.nn.Tanh() if work.activation == "tanh" else torch.nn.ReLU()]
    layers = [layer for layer in layers if layer is not None]
    net = torch.nn.Sequential(*layers[:-1])
    criterion = torch.nn.CrossEntropyLoss() if work.loss == "classes" else torch.nn.MSELoss()
    return peer.stepping(lambda: criterion(net(x), t), net.parameters(), RATE, fused)


def timed(step: Callable[[], None], seconds: float, clock: Callable[[], float]) -> float:
    """Seconds a step: the mean over a burst of about `seconds`."""
    count, start = 0, clock()
    while clock() - start < seconds:
        for _ in range(5):
            step()
        count += 5
    return (clock() - start) / count


def measure(name: str, arguments: argparse.Namespace) -> None:
    work = WORKLOADS[name]
    clock = time.process_time if arguments.threads == 1 else time.perf_counter
    sides = {
        "runtime": ours(work, arguments.threads, 1 << 20),
        "NumPy only": ours(work, arguments.threads, 1),
    }
    try:
        import torch
    except ImportError:
        print(f"{name:6} PyTorch is not installed: no ratio")
    else:
        torch.set_num_threads(arguments.threads)
        if isinstance(work, Workload):
            sides["torch fused"], sides["torch"] = theirs(work, True), theirs(work, False)
        elif isinstance(work, (sequences.Recurrent, transformer.Transformer)):
            sides["torch fused"], sides["torch"] = work.torch_step(RATE, True), work.torch_step(RATE, False)
        else:
            sides["torch fused"] = pictures.torch_step(work, True, RATE, channels_last=False)
            sides["torch channels last"] = pictures.torch_step(work, True, RATE, channels_last=True)
    losses = {}
    for side, (step, loss) in sides.items():
        for _ in range(10):
            step()
        losses[side] = loss()
    if max(losses.values()) - min(losses.values()) > 1e-4 * abs(losses["runtime"]):
        sys.exit(f"{name}: the losses after ten steps differ: {losses}")
    times: dict[str, list[float]] = {side: [] for side in sides}
    for _ in range(arguments.rounds):
        for side, (step, _loss) in sides.items():
            times[side].append(timed(step, arguments.seconds, clock))
    report(name, times)


def report(name: str, times: dict[str, list[float]]) -> None:
    own = times.pop("runtime")
    line = f"{name:6} runtime {statistics.median(own) * 1e6:9.1f} us"
    for side, taken in times.items():
        ratios = sorted(other / mine for other, mine in zip(taken, own))
        low, high = ratios[len(ratios) // 4], ratios[-1 - len(ratios) // 4]
        line += f" | {side} {statistics.median(taken) * 1e6:9.1f} us, ratio {statistics.median(ratios):.2f}"
        line += f" [{low:.2f}..{high:.2f}]"
    print(line, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workloads", nargs="*", choices=[*WORKLOADS, []], help="default: all")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=0.3, help="of one burst")
    arguments = parser.parse_args()
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = str(arguments.threads)  # before NumPy is imported
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    for name in arguments.workloads or WORKLOADS:
        measure(name, arguments)


if __name__ == "__main__":
    main()
