"""Compiled trainings kept on the net: a further NetTrain of the same net, loss and batches compiles nothing.

What a training's programs depend on is written down as a key: the structure of the training net without the
values of its arrays, the losses, the optimiser, the rates, the types of the data. The net given and the net
returned hold the same list of machines, so that training on goes on without delay.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from wlnet.expr import key

from .encode import Encoded
from .net import ABSENT, Net, Path, SharedArray
from .step import Machine, Plan
from .types import PortType

# Machines kept on a net, and the largest that is kept: its buffers stay in memory as long as the net does.
KEPT, KEPT_BYTES = 4, 32 << 20


def machine_for(net: Net, plan: Plan, data: Mapping[str, Encoded], device: str, steps: int) -> Machine:
    """A machine for this training: one of the net's, set to begin anew, or a new one, kept if it is small."""
    machines: list[tuple[Any, Machine]] = net.cache.setdefault("machines", [])
    fresh = Machine(plan, data, device, steps)
    fresh.home = machines
    wanted = key_of(fresh)
    for place, (known, machine) in enumerate(machines):
        if known == wanted and not machine.busy:
            machines.insert(0, machines.pop(place))
            renew(machine, plan)
            return machine
    fresh.busy = True
    machines.insert(0, (wanted, fresh))
    del machines[KEPT:]
    return fresh


def renew(machine: Machine, plan: Plan) -> None:
    """The state of a machine as if it were new: the arrays of the net, everything else at its start."""
    machine.busy = True
    machine.plan = plan
    if machine.store is None:
        return
    arrays = plan.net.all_arrays()
    for name, variable in machine.store.variables.items():
        path = machine.paths.get(name)
        value = variable.initial if path is None else arrays[path]
        machine.store[name][...] = value


def release(machine: Machine) -> None:
    """The training is over: the machine may serve another one, or is given up where it is large."""
    machine.busy = False
    held = 0 if machine.store is None else sum(x.nbytes for x in machine.store.buffers.values())
    if machine.device != "cpu" or held + machine.arena.memory.nbytes > KEPT_BYTES:
        machine.home[:] = [pair for pair in machine.home if pair[1] is not machine]


def borrowed(machine: Machine, arrays: Mapping[Path, np.ndarray]) -> Machine:
    """A machine that holds these arrays, for what is asked of a training after its end: the training's own,
    or a new one while that serves another training.
    """
    plan = machine.plan._replace(net=machine.plan.net.with_arrays(arrays))
    if machine.busy:
        found = Machine(plan, {}, machine.device, machine.steps)
        found.ports, found.sequences = machine.ports, machine.sequences
        return found
    renew(machine, plan)
    machine.busy = False
    return machine


def largest_step(machine: Machine) -> tuple[Any, ...]:
    """Batch size, lengths and frozen arrays of the largest step that a training ran."""
    steps = [kind[1:] for kind in machine.executables if kind[0] == "training"]
    return max(steps, key=lambda step: step[0] * math.prod(extent.size for extent in step[1]))


# ---- what programs depend on


def key_of(machine: Machine) -> tuple[Any, ...]:
    """Everything that the programs of a machine are made from, but for the values of arrays."""
    plan = machine.plan
    ports = tuple((name, dtype.str, shape) for name, (dtype, shape) in machine.ports.items())
    return (
        structure(plan.net),
        plan.losses,
        tuple(plan.watched.items()),
        plan.dtype,
        plan.optimizer,
        tuple(plan.multipliers.items()),
        tuple(plan.bounds.items()),
        ports,
        tuple(machine.sequences),
        machine.device,
        machine.steps,
    )


def structure(net: Net) -> tuple[Any, ...]:
    """A net without the values of its arrays."""
    return (
        net.record.name,
        tuple((name, key(value)) for name, value in net.params.items()),
        tuple((name, port_key(port)) for name, port in net.inputs.items()),
        tuple((name, port_key(port)) for name, port in net.outputs.items()),
        tuple((name, array_key(value)) for name, value in net.arrays.items()),
        tuple((name, structure(node)) for name, node in net.nodes.items()),
        net.edges,
    )


def port_key(port: PortType) -> tuple[Any, ...]:
    return (port.kind, port.shape, port.range)


def array_key(value: Any) -> Any:
    """What programs depend on of an array: whether it is there, its shape, whether and with what it is
    shared.
    """
    if value is ABSENT or value is None:
        return value
    if type(value) is SharedArray:
        return (value.name, None if value.value is None else value.value.shape)
    return value.shape
