"""Port types: what flows through a port, as far as it is known, and how two partial types become one.

    "Real"                            a number                              PortType("real", ())
    5                                 a vector of length 5                  PortType("real", (5,))
    {3, Automatic}                    a matrix, one extent still unknown    PortType("real", (3, None))
    {"Varying", 7}                    a sequence of vectors                 PortType("real", (VARYING, 7))
    Restricted["Integer", {1, 9}]     a class index                         PortType("integer", (), (1, 9))
    Automatic                         anything                              PortType()
Shapes never hold the batch dimension.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from wlnet.expr import Expr, S, is_infinity, is_list, items, make_list


class _Varying:
    """The extent of a dimension whose length differs between examples;
    only the first dimension may have it.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "Varying"

    def __reduce__(self) -> str:
        return "VARYING"


VARYING = _Varying()

Extent = int | None | _Varying  # None: not known yet
Dims = tuple[Extent, ...]


class PortType(NamedTuple):
    """Type of one port.

    kind    "real", "integer", or None while either would do
    shape   extents, or None while the rank is unknown
    range   (lowest, highest) of an integer port; the highest may be None
    coder   the Encoder of an input or the Decoder of an output, or None
    """

    kind: str | None = None
    shape: Dims | None = None
    range: tuple[int, int | None] | None = None
    coder: Any = None

    @property
    def known(self) -> bool:
        """Whether every extent is an integer or varying."""
        return self.shape is not None and None not in self.shape

    @property
    def rank(self) -> int | None:
        return None if self.shape is None else len(self.shape)

    @property
    def varies(self) -> bool:
        return self.shape is not None and VARYING in self.shape

    def bare(self) -> PortType:
        """Without its coder."""
        return self if self.coder is None else self._replace(coder=None)

    def with_shape(self, shape: Dims | None) -> PortType:
        return self._replace(shape=shape)


ANY = PortType()
REAL = PortType("real")
SCALAR = PortType("real", ())
INTEGER = PortType("integer")


def real(*shape: Extent) -> PortType:
    """An array of real numbers with these extents."""
    return PortType("real", shape)


class MismatchError(Exception):
    """Two types that cannot be one."""


# ---- unification


def meet_extent(a: Extent, b: Extent) -> Extent:
    if a is None or a == b:
        return b
    if b is None:
        return a
    raise MismatchError


def meet_dims(a: Dims | None, b: Dims | None) -> Dims | None:
    """The extents that both shapes allow; MismatchError where there are none."""
    if a is None or a is b:
        return b
    if b is None:
        return a
    if len(a) != len(b):
        raise MismatchError
    return tuple(map(meet_extent, a, b))


def meet_range(
    a: tuple[int, int | None] | None, b: tuple[int, int | None] | None
) -> tuple[int, int | None] | None:
    """The range that both allow. Two different known numbers of classes do not go together."""
    if a is None or a == b:
        return b
    if b is None:
        return a
    if a[1] is not None and b[1] is not None and a != b:
        raise MismatchError
    return (max(a[0], b[0]), b[1] if a[1] is None else a[1])


def meet(a: PortType, b: PortType) -> PortType:
    """What `a` and `b` say together, with the coder of `a`; MismatchError
    where they contradict one another.
    """
    if a.kind is not None and b.kind is not None and a.kind != b.kind:
        raise MismatchError
    kind = a.kind or b.kind
    found = PortType(kind, meet_dims(a.shape, b.shape), meet_range(a.range, b.range), a.coder)
    return a if found == a else found


def size(dims: Dims | None) -> int | None:
    """Number of elements, None where an extent is unknown or varying."""
    if dims is None:
        return None
    count = 1
    for extent in dims:
        if type(extent) is not int:
            return None
        count *= extent
    return count


def solve_extent(dims: Dims | None, count: int | None) -> Dims | None:
    """`dims` with its only unknown extent computed from the number of elements `count`,
    where that is possible.
    """
    if dims is None or count is None or sum(x is None for x in dims) != 1 or VARYING in dims:
        return dims
    rest = size(tuple(x for x in dims if x is not None))
    if not rest or count % rest:
        return dims
    return tuple(count // rest if x is None else x for x in dims)


# ---- as written in programs


def read_type(spec: Any) -> PortType | None:
    """The type that a port specification without coder states; None where it states none."""
    if spec is S.Automatic:
        return ANY
    scalar = read_element(spec)
    if scalar is not None:
        return scalar._replace(shape=())
    if spec == "Varying":
        return PortType(None, (VARYING,))
    if type(spec) is int:
        return PortType(None, (spec,)) if spec > 0 else None
    if not is_list(spec):
        return None
    parts = list(items(spec))
    element = read_element(parts[-1]) if parts else PortType("real")
    dims = read_dims(parts[:-1] if parts and element is not None else parts)
    if dims is None:
        return None
    return (element or ANY)._replace(shape=dims)


def read_element(spec: Any) -> PortType | None:
    """ "Real", "Integer" or Restricted["Integer", ...]: a type whose shape is still open."""
    if type(spec) is str:
        return {"Real": REAL, "Integer": INTEGER}.get(spec)
    if (
        type(spec) is not Expr
        or spec.head is not S.Restricted
        or len(spec.args) != 2
        or spec.args[0] != "Integer"
    ):
        return None
    bound = spec.args[1]
    if type(bound) is int and bound > 0:
        return PortType("integer", None, (1, bound))
    if is_list(bound) and len(items(bound)) == 2:
        low, high = items(bound)
        if type(low) is int and (is_infinity(high) or (type(high) is int and low <= high)):
            return PortType("integer", None, (low, None if is_infinity(high) else high))
    return None


def read_dims(parts: Sequence[Any]) -> Dims | None:
    """Extents as written: positive integers, Automatic, and "Varying" in the first place;
    None for anything else.
    """
    dims: list[Extent] = []
    for place, part in enumerate(parts):
        if part is S.Automatic:
            dims.append(None)
        elif type(part) is int and part > 0:
            dims.append(part)
        elif part == "Varying" and place == 0:
            dims.append(VARYING)
        else:
            return None
    return tuple(dims)


def spec_of(port: PortType) -> Any:
    """The specification that states `port`: what NetExtract gives for a port, and what InputForm writes."""
    if port.coder is not None:
        return port.coder
    if port.shape is None:
        element = element_spec(port)
        return S.Automatic if element == "Real" else element
    if port.shape == ():
        return element_spec(port)
    extents = dims_spec(port.shape)
    if port.kind == "integer":
        return make_list([*extents, element_spec(port)])
    return extents[0] if len(extents) == 1 and extents[0] is not S.Automatic else make_list(extents)


def element_spec(port: PortType) -> Any:
    if port.kind != "integer":
        return "Real"
    if port.range is None:
        return "Integer"
    low, high = port.range
    if low == 1 and high is not None:
        return Expr(S.Restricted, ("Integer", high))
    return Expr(S.Restricted, ("Integer", make_list([low, S.Infinity if high is None else high])))


def dims_spec(dims: Dims) -> list[Any]:
    """Extents as they are written in programs."""
    return [S.Automatic if x is None else "Varying" if x is VARYING else x for x in dims]


# ---- as told to users


def extent_text(extent: Extent) -> str:
    return "?" if extent is None else str(extent)


def dims_text(dims: Dims | None) -> str:
    """Extents as messages write them: (3, 28, 28), (?, 5), (Varying, 7);
    "unknown shape" for an unknown rank.
    """
    if dims is None:
        return "unknown shape"
    return "(" + ", ".join(map(extent_text, dims)) + ")"


def integer_text(port: PortType, plural: bool = False) -> str:
    noun = "integers" if plural else "integer"
    if port.range is None:
        return noun
    low, high = port.range
    return f"{noun} from {low}" if high is None else f"{noun} between {low} and {high}"


def found_text(port: PortType) -> str:
    """What stands after "got "Input" of": shape (784); an integer between 1 and 5; a single number."""
    if port.kind == "integer":
        text = "type " + integer_text(port)
        return (
            text
            if port.shape in ((), None)
            else f"shape {dims_text(port.shape)} of {integer_text(port, True)}"
        )
    if port.shape == ():
        return "shape () (a single number)"
    return "unknown shape" if port.shape is None else f"shape {dims_text(port.shape)}"


def wanted_text(port: PortType) -> str:
    """What stands after "but takes": (3, 28, 28); a single number; an integer between 1 and 5."""
    if port.shape == ():
        return "one " + integer_text(port) if port.kind == "integer" else "a single number"
    text = "arrays" if port.shape is None else dims_text(port.shape)
    return f"{text} of {integer_text(port, True)}" if port.kind == "integer" else text


def summary_text(port: PortType) -> str:
    """What the printed form of a net says of a port: "vector (size: 2)",
    "matrix (size: 2x3)", "class", ...
    """
    if port.coder is not None:
        return port.coder.summary(port)  # type: ignore[no-any-return]
    noun = integer_text(port) if port.kind == "integer" else "real"
    if port.shape is None:
        return "array of integers" if port.kind == "integer" else "array"
    if port.shape == ():
        return noun
    sizes = "x".join(extent_text(x) if x is not VARYING else "n" for x in port.shape)
    name = {1: "vector", 2: "matrix"}.get(len(port.shape), "array")
    if port.varies:
        name = {1: "vector", 2: "sequence of vectors"}.get(len(port.shape), "sequence of arrays")
    return f"{name} (size: {sizes})" + (f" of {noun}s" if port.kind == "integer" else "")
