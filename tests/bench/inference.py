"""Nets applied to one example and to 64, against PyTorch under inference_mode, as a ratio within one run.

    python tests/bench/inference.py [--rounds 9] [--seconds 0.2] [NET ...]

Both sides hold the same arrays and give the same values, which is checked first. Two things are timed on our
side: the compiled program alone, and the whole call `net[data]` as a program of the language makes it, with
data checked and results made values. One thread, CPU time; the median of the rounds' ratios is printed, above
1 we are faster.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Name -> (the net in the language, shape of an example).
NETS = {
    "tiny": ('NetChain[{32, Tanh, 32, Tanh, 1}, "Input" -> 2]', (2,)),
    "mlp": ('NetChain[{512, Ramp, 512, Ramp, 10, SoftmaxLayer[]}, "Input" -> 784]', (784,)),
    "lenet": (
        "NetChain[{ConvolutionLayer[20, 5], Ramp, PoolingLayer[2, 2], ConvolutionLayer[50, 5], Ramp, "
        'PoolingLayer[2, 2], FlattenLayer[], 500, Ramp, 10, SoftmaxLayer[]}, "Input" -> {1, 28, 28}]',
        (1, 28, 28),
    ),
    "lstm": (
        'NetChain[{LongShortTermMemoryLayer[128], SequenceLastLayer[], 10}, "Input" -> {64, 128}]',
        (64, 128),
    ),
}


def theirs(net: Any) -> Any:
    """The same net as a PyTorch module, with the same arrays."""
    import torch
    from torch import nn

    def tensor(layer: Any, name: str) -> Any:
        return nn.Parameter(torch.tensor(layer.arrays[name]))

    found: list[Any] = []
    for layer in net.nodes.values():
        kind = layer.record.name
        if kind == "LinearLayer":
            rows, columns = layer.arrays["Weights"].shape
            made: Any = nn.Linear(columns, rows)
            made.weight, made.bias = tensor(layer, "Weights"), tensor(layer, "Biases")
        elif kind == "ConvolutionLayer":
            filters, channels, *window = layer.arrays["Weights"].shape
            made = nn.Conv2d(channels, filters, window)
            made.weight, made.bias = tensor(layer, "Weights"), tensor(layer, "Biases")
        elif kind == "LongShortTermMemoryLayer":
            made = recurrent(layer)
        else:
            made = {
                "ElementwiseLayer": lambda layer=layer: (
                    nn.Tanh() if layer.params["Function"].name == "Tanh" else nn.ReLU()
                ),
                "PoolingLayer": lambda: nn.MaxPool2d(2),
                "FlattenLayer": nn.Flatten,
                "SoftmaxLayer": lambda: nn.Softmax(-1),
                "SequenceLastLayer": last_element,
            }[kind]()
        found.append(made)
    return nn.Sequential(*found)


def last_element() -> Any:
    """A module that takes the last element of each sequence."""
    from torch import nn

    class Module(nn.Module):
        def forward(self, x: Any) -> Any:
            return x[:, -1]

    return Module()


def recurrent(layer: Any) -> Any:
    """An LSTM of PyTorch, whose gates come in the order input, forget, memory, output."""
    import numpy as np
    import torch
    from torch import nn

    gates = ("InputGate", "ForgetGate", "MemoryGate", "OutputGate")
    rows = [
        np.concatenate([layer.arrays[g + kind] for g in gates])
        for kind in ("InputWeights", "StateWeights", "Biases")
    ]

    class Module(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            size = rows[1].shape[1]
            self.inner = nn.LSTM(rows[0].shape[1], size, batch_first=True)
            parts = self.inner
            parts.weight_ih_l0, parts.weight_hh_l0, parts.bias_ih_l0 = (
                nn.Parameter(torch.tensor(x)) for x in rows
            )
            parts.bias_hh_l0 = nn.Parameter(torch.zeros(4 * size))

        def forward(self, x: Any) -> Any:
            return self.inner(x)[0]

    return Module()


def timed(call: Callable[[], Any], seconds: float) -> float:
    """CPU seconds of one call, over as many as fit into `seconds`."""
    count, start = 0, time.process_time()
    while (now := time.process_time()) - start < seconds or not count:
        call()
        count += 1
    return (now - start) / max(1, count)


def measure(name: str, batch: int, arguments: argparse.Namespace) -> None:
    import numpy as np
    import torch
    from wlnet.runtime.threads import set_threads

    from wlnet.net import evaluate, programs, requests
    from wlnet.session import Session

    torch.set_num_threads(1)
    set_threads(1)
    text, shape = NETS[name]
    session = Session()
    session.evaluator.activate()
    net = [session.evaluator.evaluate(e) for e in session.evaluator.read_all(f"NetInitialize[{text}]")][-1]
    x = np.random.default_rng(0).normal(size=(batch, *shape)).astype(np.float32)
    data = x.astype(np.float64)
    if batch == 1:
        data = data[0]
    data.setflags(write=False)
    module = theirs(net)
    program = programs.executable(net, batch, (), requests.default_request(net).wanted, programs.PLAIN, ())
    given = torch.tensor(x)
    with torch.inference_mode():
        wanted = module(given).numpy()
        np.testing.assert_allclose(
            program.run({"Input": x})["0"].reshape(wanted.shape), wanted, rtol=2e-3, atol=2e-4
        )
        calls = {
            "torch": lambda: module(given),
            "program": lambda: program.run({"Input": x}),
            "call": lambda: evaluate.apply(session.evaluator, net, data),
        }
        times: dict[str, list[float]] = {key: [] for key in calls}
        for _ in range(arguments.rounds):
            for key, call in calls.items():
                times[key].append(timed(call, arguments.seconds))
    report(name, batch, times)


def report(name: str, batch: int, times: dict[str, list[float]]) -> None:
    middle = {key: statistics.median(column) * 1e6 for key, column in times.items()}
    ratios = {
        key: sorted(t / own for t, own in zip(times["torch"], times[key], strict=True))
        for key in ("program", "call")
    }
    text = " | ".join(
        f"{middle[key]:.0f} us | {statistics.median(r):.2f} [{r[len(r) // 4]:.2f}..{r[-1 - len(r) // 4]:.2f}]"
        for key, r in ratios.items()
    )
    print(f"| {name}, batch {batch} | {middle['torch']:.0f} us | {text} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("nets", nargs="*", default=list(NETS))
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=0.2)
    arguments = parser.parse_args()
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    print("| net | PyTorch | program | times faster | net[data] | times faster |\n|---|---|---|---|---|---|")
    for name in arguments.nets:
        for batch in (1, 64):
            measure(name, batch, arguments)


if __name__ == "__main__":
    main()
