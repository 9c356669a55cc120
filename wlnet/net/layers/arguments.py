"""Parameters that several layers take, and how their values are read.

A reader takes a value as written and returns its normal form, a WL value, or None where it does not fit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wlnet.expr import FALSE, TRUE, Association, Expr, S, is_list, items, make_list, system
from wlnet.net import types
from wlnet.net.layer import Parameter, Params, Ports
from wlnet.net.types import ANY, Dims

AUTOMATIC, NONE, INHERITED = S.Automatic, system("None"), S.Inherited
Read = Callable[[Any], Any]


def integer(value: Any) -> int | None:
    return value if type(value) is int else None


def positive(value: Any) -> int | None:
    return value if type(value) is int and value > 0 else None


def automatic_or(read: Read) -> Read:
    """Automatic, or what `read` takes."""
    return lambda value: value if value is AUTOMATIC else read(value)


def none_or(read: Read) -> Read:
    """None, or what `read` takes."""
    return lambda value: value if value is NONE else read(value)


def choice(*names: str) -> Read:
    """One of some strings; symbols of that name are accepted."""

    def read(value: Any) -> Any:
        name = getattr(value, "name", value)
        return name if type(name) is str and name in names else None

    return read


def truth_value(value: Any) -> Any:
    return value if value is TRUE or value is FALSE else None


def real_between(low: float, high: float) -> Read:
    """A real number from `low` to `high`, as a float."""

    def read(value: Any) -> Any:
        try:
            number = float(value)
        except (TypeError, ValueError):
            return None
        return number if low <= number <= high and type(value) is not str else None

    return read


def dims_of(value: Any) -> Any:
    """N or {n1, ...} with positive integers."""
    if type(value) is int:
        return value if value > 0 else None
    if is_list(value) and all(type(x) is int and x > 0 for x in items(value)):
        return make_list(items(value))
    return None


def extents(value: Any) -> tuple[int, ...]:
    """The extents that a value of `dims_of` states."""
    return (value,) if type(value) is int else tuple(items(value))


def known_dims(value: Any) -> Dims | None:
    """The same for a value that may be Automatic: None then."""
    return None if value is AUTOMATIC else extents(value)


# ---- levels


def level_spec(value: Any) -> Any:
    """n, m;;n, or a list of levels; none may be 0."""
    if type(value) is int:
        return value or None
    if type(value) is Expr and value.head is S.Span and len(value.args) in (1, 2):
        ends = value.args
        return value if all(x is S.All or (type(x) is int and x) for x in ends) else None
    if is_list(value) and all(type(x) is int and x for x in items(value)):
        return make_list(items(value))
    return value if value is S.All else None


def axes(spec: Any, rank: int) -> tuple[int, ...] | None:
    """The axes, from 0 and ascending, that a level specification means for arrays of `rank`.

    None where it does not fit. A span may be empty.
    """
    if spec is S.All:
        return tuple(range(rank))
    levels: list[Any]
    if type(spec) is int:
        levels = [spec]
    elif type(spec) is Expr and spec.head is S.Span:
        low: Any = spec.args[0]
        high: Any = spec.args[1] if len(spec.args) > 1 else S.All
        first = place(1 if low is S.All else low, rank)
        last = place(rank if high is S.All else high, rank)
        if first < 0 or first > rank or last >= rank:
            return None
        return tuple(range(first, last + 1))
    else:
        levels = list(items(spec))
    found = sorted({place(x, rank) for x in levels})
    return tuple(found) if len(found) == len(levels) and all(0 <= x < rank for x in found) else None


def place(level: int, rank: int) -> int:
    """A level, counted from 1 or from the end, as an axis from 0."""
    return level - 1 if level > 0 else rank + level


# ---- ports


def read_ports(value: Any) -> Any:
    """The option InputPorts: Automatic, n, {"a", "b"}, {shape1, ...}, <|"a" -> shape, ...|>."""
    if value is AUTOMATIC or (type(value) is int and value > 0):
        return value
    if type(value) is Association:
        fits = all(type(k) is str and types.read_type(v) is not None for k, v in value.pairs())
        return value if fits and len(value) else None
    if not is_list(value) or not items(value):
        return None
    parts = items(value)
    if all(type(x) is str and types.read_type(x) is None for x in parts):
        return make_list(parts) if len(set(parts)) == len(parts) else None
    return make_list(parts) if all(types.read_type(x) is not None for x in parts) else None


def input_ports(value: Any) -> Ports | None:
    """The input ports that a value of `read_ports` states; None for Automatic."""
    if value is AUTOMATIC:
        return None
    if type(value) is int:
        return {f"Input{i + 1}": ANY for i in range(value)}
    if type(value) is Association:
        return {name: types.read_type(spec) or ANY for name, spec in value.pairs()}
    parts = items(value)
    if all(type(x) is str and types.read_type(x) is None for x in parts):
        return {name: ANY for name in parts}
    return {f"Input{i + 1}": types.read_type(spec) or ANY for i, spec in enumerate(parts)}


INPUT_PORTS = Parameter(
    "InputPorts",
    read_ports,
    "Automatic, a number of ports, a list of names or shapes, or an association from names to shapes",
    AUTOMATIC,
    symbol=True,
)


def variadic_ports(params: Params) -> Ports:
    """Inputs of a layer of any number of inputs: none until InputPorts or the connections tell."""
    return input_ports(params["InputPorts"]) or {}


def is_variadic(params: Params) -> bool:
    return params["InputPorts"] is AUTOMATIC
