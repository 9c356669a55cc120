"""Python and NumPy values <-> WL values; the `wl` factory; objects of `wolframclient.language`.

The mapping, both ways where it is one-to-one:
    int, float, str, Fraction, complex      Integer, Real, String, Rational, Complex
    True, False, None                       the symbols True, False, None (Null also comes back as None)
    list, tuple                             List
    dict                                    Association
    bytes                                   ByteArray
    ndarray int64, float64, complex128      packed List  (not copied: do not change it afterwards)
    ndarray of another numeric dtype        NumericArray of that type  (not copied)
    a value that can be applied (a net)     `Applicable`, a Python callable
    a Pillow image                          Image, which np.asarray() reads and `pillow()` turns back
    anything else                           `Expr` and `Symbol`
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from wlnet.expr import (
    ATOMS,
    LIST,
    NULL,
    SYSTEM,
    Association,
    BigReal,
    ByteArray,
    Complex,
    Expr,
    NumericArray,
    Symbol,
    key,
    make_list,
    packed,
    system,
    truth,
)
from wlnet.kernel.errors import WlnetError

if TYPE_CHECKING:
    from wlnet.session import Session

NONE = system("None")
_NUMERIC_DTYPES = tuple(map(np.dtype, ("i1", "u1", "i2", "u2", "i4", "u4", "u8", "f2", "f4", "c8")))


class ConversionError(WlnetError):
    """A Python object that has no WL counterpart, or a WL value that has no Python one."""


class Name:
    """A symbol by name, resolved in the session that evaluates it. Calling it builds an expression."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, *args: Any, **options: Any) -> Call:
        return Call(self, *args, **options)

    def __repr__(self) -> str:
        return self.name

    def __eq__(self, other: object) -> bool:
        return type(other) is Name and self.name == other.name

    def __hash__(self) -> int:
        return hash((Name, self.name))


class Call:
    """`head[args..., options...]` made in Python; keyword arguments become rules `Name -> value`."""

    __slots__ = ("args", "head")

    def __init__(self, head: Any, *args: Any, **options: Any) -> None:
        self.head = head
        self.args = (*args, *(Call(Name("Rule"), Name(k), v) for k, v in options.items()))

    def __call__(self, *args: Any, **options: Any) -> Call:
        return Call(self, *args, **options)

    def __repr__(self) -> str:
        return f"{self.head!r}[{', '.join(map(repr, self.args))}]"

    def __eq__(self, other: object) -> bool:
        return type(other) is Call and self.head == other.head and self.args == other.args

    def __hash__(self) -> int:
        return hash((Call, self.head, self.args))


class Text:
    """WL source to be read by the session that evaluates it (`wlexpr`)."""

    __slots__ = ("source",)

    def __init__(self, source: str) -> None:
        self.source = source

    def __repr__(self) -> str:
        return f"wlexpr({self.source!r})"


class Factory:
    """`wl.Total([1, 2, 3])` is Total[{1, 2, 3}]; `wl.Global.x` names a context."""

    __slots__ = ("_context",)

    def __init__(self, context: str = "") -> None:
        self._context = context

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in ("Global", "System") and not self._context:
            return Factory(name + "`")
        return Name(self._context + name)

    def __call__(self, name: str) -> Name:
        return Name(self._context + name)


wl = Factory()
wlexpr = Text


class Applicable:
    """A WL value that can be applied, such as a net: `net(array)`, `net({"Input": a}, "Output")`."""

    __slots__ = ("_session", "value")

    def __init__(self, session: Session, value: Any) -> None:
        self._session = session
        self.value = value

    def __call__(self, *args: Any, **options: Any) -> Any:
        return self._session.evaluate(Call(self, *args, **options))

    def __getitem__(self, part: Any) -> Any:
        specs = part if isinstance(part, tuple) else (part,)
        return self._session.evaluate(Call(Name("Part"), self, *specs))

    def __repr__(self) -> str:
        return self._session.text(self.value, "OutputForm")


def from_python(value: Any, resolve: Callable[[str], Symbol], read: Callable[[str], Any]) -> Any:
    """The WL value of a Python object; `resolve` gives the session's symbols, `read` reads source text.

    Raises ConversionError, naming the type, for objects that have no counterpart.
    """

    def convert(x: Any) -> Any:  # comprehensions, not map: Python bounds the depth of calls through C
        kind = type(x)
        simple = _SIMPLE.get(kind)
        if simple is not None:
            return simple(x)
        if kind is Symbol:
            # Another session's expression refers to that session's symbols: take ours of the same name.
            return x if x.shared or x.context == "" else resolve(x.full_name)
        if kind is Expr:
            return Expr(convert(x.head), tuple([convert(a) for a in x.args]))
        if kind is Name:
            return resolve(x.name)
        if kind is Call:
            return Expr(convert(x.head), tuple([convert(a) for a in x.args]))
        if kind is Text:
            return read(x.source)
        if kind is Applicable:
            return x.value
        if kind is Association:
            return Association({key(k := convert(k0)): (k, convert(v), d) for k0, v, d in x.entries.values()})
        if kind in ATOMS:
            return x
        if isinstance(x, list | tuple):
            return make_list([convert(a) for a in x])
        if isinstance(x, Mapping):
            return Association.of((convert(k), convert(v)) for k, v in x.items())
        if isinstance(x, np.ndarray):
            return _array(x)
        if isinstance(x, np.generic):
            return convert(x.item())
        return _foreign(x, convert)

    return convert(value)


_SIMPLE: dict[type, Callable[[Any], Any]] = {
    bool: truth,
    int: lambda x: x,
    float: lambda x: x,
    str: lambda x: x,
    type(None): lambda x: NONE,
    complex: lambda x: Complex(x.real, x.imag),
    Fraction: lambda x: x.numerator if x.denominator == 1 else x,
    Complex: lambda x: x,
    BigReal: lambda x: x,
    bytes: ByteArray,
    bytearray: lambda x: ByteArray(bytes(x)),
}


def _array(array: np.ndarray) -> Any:
    """A packed list or a NumericArray over the same memory, marked read-only in our view of it."""
    if array.dtype == np.bool_:
        return make_list(_array(row) if row.ndim else truth(row) for row in array)
    if array.ndim == 0:
        return packed(array)
    if not array.flags.c_contiguous:
        array = np.ascontiguousarray(array)
    view = array.view()
    view.setflags(write=False)
    if view.dtype in _NUMERIC_DTYPES:
        return NumericArray(view)
    if view.dtype.kind in "ifc":
        return packed(view)
    if view.dtype.kind in "US":
        return make_list(x if isinstance(x, str) else x.decode() for x in view.tolist())
    raise ConversionError(
        f"a NumPy array of dtype {array.dtype} has no counterpart; convert it to a numeric dtype"
    )


def _foreign(x: Any, convert: Callable[[Any], Any]) -> Any:
    """Objects of libraries that need not be loaded: of wolframclient, mpmath and Pillow."""
    module = type(x).__module__
    kind = type(x).__name__
    if module.startswith("wolframclient."):
        if kind == "WLSymbol":
            return convert(Name(x.name))
        if kind == "WLFunction":
            return Expr(convert(x.head), tuple([convert(a) for a in x.args]))
        if kind == "WLInputExpression":
            return convert(Text(x.input if isinstance(x.input, str) else x.input.decode()))
    if module.startswith("PIL."):
        from wlnet.media.image import from_pillow  # a room that the start does without

        return from_pillow(x)
    if kind == "mpf" and module.startswith("mpmath"):
        return BigReal(x, float(x.context.dps))
    raise ConversionError(
        f"a Python object of type {type(x).__name__} has no counterpart; pass numbers, strings, lists, "
        "dictionaries, NumPy arrays or expressions made with wl"
    )


_PYTHON_OF_SYMBOL = {SYSTEM["True"]: True, SYSTEM["False"]: False, NONE: None, NULL: None}


def to_python(value: Any, session: Session) -> Any:
    """The Python object for a WL value (see the table at the head of this file)."""

    def convert(x: Any) -> Any:
        kind = type(x)
        if kind in (int, float, str, Fraction, np.ndarray):
            return x
        if kind is Symbol:
            return _PYTHON_OF_SYMBOL.get(x, x)
        if kind is Expr:
            return [convert(a) for a in x.args] if x.head is LIST else x
        if kind is Association:
            return {_dict_key(convert(k)): convert(v) for k, v in x.pairs()}
        if kind is NumericArray:
            return x.array
        if kind is ByteArray:
            return x.data
        if kind is Complex:
            exact = type(x.re) is not float and type(x.im) is not float
            return x if exact else complex(float(x.re), float(x.im))
        if kind is BigReal:
            return x.value
        atom = ATOMS.get(kind)
        return Applicable(session, x) if atom is not None and atom.call is not None else x

    return convert(value)


def _dict_key(k: Any) -> Any:
    """A hashable stand-in for a key that came back as a list or an array."""
    if isinstance(k, np.ndarray):
        k = k.tolist()
    return tuple(map(_dict_key, k)) if isinstance(k, list) else k
