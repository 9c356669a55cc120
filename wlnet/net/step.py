"""The programs of a training: one step (forward, losses, gradient, update) and one evaluation, for any
batch length.

All programs of a training are bound to one store, so that parameters stay where they are,
and share one arena.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from wlnet.runtime import autodiff, ir, store, types
from wlnet.runtime import compile as runtime_compile

from .batches import Examples
from .demands import check, exact
from .encode import Encoded
from .errors import NetError
from .lengths import Lengths, length_name
from .lower import Taps, Wire, input_wire, lower, variable_name
from .masks import blank, mask
from .multipliers import Path
from .net import Net
from .optimizers import PARAMETERS, Arrays, Optimizer, emit
from .training_net import Loss

# Names of inputs and outputs that are no ports; no port has a blank in front.
RATE, TOTAL, EXAMPLES = " rate", " total", " examples"


def term_output(i: int) -> str:
    """The output that carries the batch mean of loss `i`."""
    return f" term {i}"


Place = tuple[Path, str]


class Plan(NamedTuple):
    """What the programs of a training are made from.

    net          the training net
    losses       which of its outputs are losses, under which factor
    watched      what every step hands out besides: name -> (path of a net inside, its output port), or
                 ((), an input port)
    optimizer    None for evaluation alone
    multipliers  array path -> learning-rate multiplier (0: frozen)
    bounds       array path -> (lambda, gradient bound, weight bound), None for "none" (see `Optimizer`)
    """

    net: Net
    losses: tuple[Loss, ...]
    watched: Mapping[str, Place]
    dtype: str
    optimizer: Optimizer | None
    multipliers: Mapping[Path, float]
    bounds: Mapping[Path, tuple[float | None, float | None, float | None]]


class Machine:
    """The executables of one training, made when they are first needed.

    steps  how many training steps are planned, which decides on the kernels that they use
    """

    def __init__(self, plan: Plan, data: Mapping[str, Encoded], device: str = "cpu", steps: int = 1) -> None:
        self.plan = plan
        self.device = device
        self.flat = False  # whether the loss was found to depend on no array that is trained
        self.busy = False  # whether it serves a training now
        self.home: list[Any] = []  # where it is kept (see `machines`)
        self.steps = steps
        # By port the dtype and the shape of one example; of sequences that of one element.
        self.ports = {port: (each.array.dtype, each.array.shape[1:]) for port, each in data.items()}
        self.sequences = [port for port, each in data.items() if each.lengths is not None]
        self.paths = {variable_name(path): path for path in plan.net.all_arrays()}
        self.arena = runtime_compile.Arena()
        self.store: store.Store | None = None
        self.executables: dict[Any, runtime_compile.Executable] = {}

    # ---- programs

    def inputs(self, b: ir.Builder, n: int, lengths: Lengths) -> dict[str, Wire]:
        """The wires of a batch of `n` examples with sequences of these `lengths`."""
        extents = dict(zip(self.sequences, lengths, strict=True))
        wires = {}
        for port, (dtype, shape) in self.ports.items():
            extent = extents.get(port)
            shape = shape if extent is None else (extent.size, *shape)
            wires[port] = input_wire(b, port, types.Type(_name(dtype), (n, *shape)), extent)
        return wires

    def forward(
        self, b: ir.Builder, n: int, lengths: Lengths, training: bool, frozen: frozenset[Path] = frozenset()
    ) -> tuple[ir.Value, ir.Value]:
        """Append the net and its losses to `b`: the total of every example (n), and its mean ().

        Outputs: the mean of the total, of each term unscaled, and what is watched.
        """
        plan, wires = self.plan, self.inputs(b, n, lengths)
        taps: Taps = {((), port): wire for port, wire in wires.items()}
        still = [path for path, rate in plan.multipliers.items() if rate == 0]
        found = lower(
            plan.net,
            b,
            wires,
            training=training,
            dtype=plan.dtype,
            frozen=[*still, *frozen],
            taps=taps,
            batch=n,
        )
        total = None
        for i, loss in enumerate(plan.losses):
            term = per_example(b, found[loss.port], plan.dtype)
            b.output(term_output(i), b.mean(term))
            term = term if loss.factor == 1 else term * loss.factor
            total = term if total is None else total + term
        assert total is not None
        mean = b.mean(total)
        b.output(TOTAL, mean)
        for name, place in plan.watched.items():
            path, port = place
            wire = taps[place] if place in taps else Wire(b.values[variable_name((*path, port))])
            b.output(name, wire.value)
            if wire.lengths is not None:
                b.output(length_name(name), wire.lengths)
        return total, mean

    def training_program(self, n: int, lengths: Lengths, frozen: frozenset[Path] = frozenset()) -> ir.Program:
        """One step on `n` examples that leaves the arrays in `frozen` as they are."""
        b = ir.Builder()
        plan = self.plan
        assert plan.optimizer is not None
        _, mean = self.forward(b, n, lengths, True, frozen)
        paths = [self.paths[each.name] for each in b.group(PARAMETERS)]
        values = [b.values[each.name] for each in b.group(PARAMETERS)]
        still = [plan.multipliers.get(path, 1.0) == 0 or path in frozen for path in paths]
        moving = [value for value, stays in zip(values, still, strict=True) if not stays]
        try:
            slopes = autodiff.gradient(b, mean, moving)
        except types.GradientError as error:
            raise NetError("NetTrain", "gradient", f"The net cannot be trained: {error}.") from error
        found = iter(slopes)
        self.flat = all(value.instr.op.name == "const" for value in slopes)
        gradients = [
            b.zeros(v.type) if stays else next(found) for v, stays in zip(values, still, strict=True)
        ]
        rate = b.input(RATE, types.Type(plan.dtype, ()))
        emit(b, plan.optimizer, gradients, rate, self.arrays(paths, still, frozen))
        return b.program()

    def arrays(self, paths: Sequence[Path], still: Sequence[bool], frozen: frozenset[Path]) -> Arrays:
        """What holds for each array of the flat parameters."""
        rates = [0.0 if s else self.plan.multipliers.get(p, 1.0) for p, s in zip(paths, still, strict=True)]
        bounds = [
            (None, None, None) if s else self.plan.bounds.get(p, (None,) * 3)
            for p, s in zip(paths, still, strict=True)
        ]

        def column(i: int, absent: float) -> list[float] | None:
            values = [each[i] for each in bounds]
            return None if all(x is None for x in values) else [absent if x is None else x for x in values]

        held = [path in frozen for path in paths] if frozen else None
        return Arrays(rates, column(0, 0.0), column(1, np.inf), column(2, np.inf), held)

    def evaluation_program(self, n: int, lengths: Lengths) -> ir.Program:
        """The losses of `n` examples in evaluation mode; the total of every example is an output too."""
        b = ir.Builder()
        total, _ = self.forward(b, n, lengths, False)
        b.output(EXAMPLES, total)
        return b.program()

    def gradient_program(self, n: int, lengths: Lengths) -> ir.Program:
        """The gradient of the mean loss of `n` examples in training mode,
        an output for every learned array.
        """
        b = ir.Builder()
        _, mean = self.forward(b, n, lengths, True)
        b.updates.clear()
        names = [each.name for each in b.group(PARAMETERS)]
        for name, value in zip(names, autodiff.gradient(b, mean, [b.values[x] for x in names]), strict=True):
            b.output(name, value)
        return b.program()

    # ---- executables

    def training(
        self, n: int, lengths: Lengths = (), frozen: frozenset[Path] = frozenset()
    ) -> runtime_compile.Executable:
        """The step for batches of `n` examples with sequences of these `lengths`."""
        key = ("training", n, lengths, frozen)
        return self.executable(key, lambda: self.training_program(n, lengths, frozen))

    def evaluation(self, n: int, lengths: Lengths = ()) -> runtime_compile.Executable:
        """The evaluation of `n` examples."""
        return self.executable(("evaluation", n, lengths), lambda: self.evaluation_program(n, lengths))

    def gradient(self, n: int, lengths: Lengths = ()) -> runtime_compile.Executable:
        """The gradient of the mean loss of `n` examples."""
        return self.executable(("gradient", n, lengths), lambda: self.gradient_program(n, lengths))

    def executable(self, key: Any, make: Any) -> runtime_compile.Executable:
        found = self.executables.get(key)
        if found is None:
            program = make()
            if self.store is None:
                self.store = self.filled(program)
            steps = self.steps if key[0] == "training" else 1
            found = runtime_compile.compile(program, self.store, self.device, arena=self.arena, steps=steps)
            self.executables[key] = found
        return found

    def filled(self, program: ir.Program) -> store.Store:
        """A new store with the arrays of the net in it."""
        arrays = self.plan.net.all_arrays()
        found = store.Store(program.variables)
        for name in found:
            path = self.paths.get(name)
            if path is not None:
                found[name] = arrays[path]
        return found

    # ---- arrays

    def arrays_now(self) -> dict[Path, np.ndarray]:
        """Copies of the net's arrays as they stand, by path."""
        assert self.store is not None
        return {path: self.store[name].copy() for name, path in self.paths.items() if name in self.store}

    def keep(self) -> dict[str, np.ndarray]:
        """A copy of what is learned: parameters and moving statistics."""
        assert self.store is not None
        return {name: self.store[name].copy() for name in self.paths if name in self.store}

    def back(self, kept: Mapping[str, np.ndarray]) -> None:
        """Return to what `keep` gave."""
        assert self.store is not None
        for name, array in kept.items():
            self.store[name] = array


def per_example(b: ir.Builder, wire: Wire, dtype: str) -> ir.Value:
    """A loss port as one number an example (n): the total over all its elements,
    of sequences the valid ones.
    """
    value = wire.value if wire.value.type.is_float else b.cast(wire.value, dtype)
    if wire.lengths is not None:
        value = blank(b, value, mask(b, wire.lengths, value.shape[1], value.rank))
    return value if value.rank == 1 else b.sum(value, tuple(range(1, value.rank)))


def _name(dtype: np.dtype) -> str:
    return {"float32": "f32", "float64": "f64", "int64": "i64", "int32": "i32"}[dtype.name]


def examples_of(net: Net, data: Mapping[str, Encoded], count: int, what: str = "Training data") -> Examples:
    """A data set as the programs of `net` read it; NetError where sequences have lengths
    that a layer cannot take.
    """
    lengths = {port: each.lengths for port, each in data.items() if each.lengths is not None}
    check(net, lengths, f"{what}:", "NetTrain")
    arrays = {port: each.array for port, each in data.items()}
    return Examples(arrays, count, lengths, bool(lengths) and exact(net))
