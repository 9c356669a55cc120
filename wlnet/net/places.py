"""Parts of nets as programs name them: layers by name or number, arrays, parameters and ports inside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wlnet.expr import S, Symbol

from .conflicts import describe
from .errors import NetError, nearest
from .net import Net, Path


def node_key(net: Net, spec: Any) -> str | None:
    """The name of the node that `spec`, a name or a number (negative: from the end), means; None for none."""
    if type(spec) is str:
        return spec if spec in net.nodes else None
    if type(spec) is int:
        names = list(net.nodes)
        if spec and -len(names) <= spec <= len(names):
            return names[spec - 1 if spec > 0 else spec]
    return None


def no_part(net: Net, spec: Any, symbol: str) -> NetError:
    """The error that a net has no part of that name."""
    known = list(net.nodes) + list(net.arrays) + [*net.inputs, *net.outputs]
    if type(spec) is str:
        text = f'{describe(net)} has no part "{spec}". {nearest(spec, known)}'
    elif type(spec) is int:
        text = f"{describe(net)} has no layer {spec}: it has {len(net.nodes)}."
    else:
        text = f"{part_text(spec)} is no name or number of a part of {describe(net)}."
    return NetError(symbol, "part", text.strip())


def part_text(spec: Any) -> str:
    return spec.name if type(spec) is Symbol else f'"{spec}"' if type(spec) is str else "This"


def node_path(net: Net, specs: Sequence[Any], symbol: str) -> Path:
    """The path of the node that a list of names and numbers means; NetError where there is none."""
    path = []
    for spec in specs:
        name = node_key(net, spec)
        if name is None:
            raise no_part(net, spec, symbol)
        path.append(name)
        net = net.nodes[name]
    return tuple(path)


def key_of(net: Net, name: str) -> Any:
    """A node's name as programs write it: a number in an unnamed net."""
    return int(name) if net.numbered and name.isdigit() else name


def keys_of(net: Net, path: Path) -> tuple[Any, ...]:
    """A path as programs write it."""
    found: list[Any] = []
    inside: Net | None = net
    for name in path:
        known = inside is not None and name in inside.nodes
        found.append(key_of(inside, name) if known and inside is not None else name)
        inside = inside.nodes[name] if known and inside is not None else None
    return tuple(found)


def is_all(spec: Any) -> bool:
    return spec is S.All
