"""The registry of atom types: what the rest of the language may ask of a value
that is neither number nor expression.

An atom type (Association, NumericArray, ByteArray, Net, Image, ...) registers once, in the room where it
lives; Head, Length, Part, Keys, Normal, Information and the printer ask here and know none of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class AtomType:
    """What an atom of one Python type answers. A field left None means "not supported".

    head(x)              the head, e.g. Image (a net answers NetChain, NetGraph or its layer's name)
    length(x)            Length[x]; default 0
    part(ev, x, specs)   x[[specs...]], after evaluation of the specs; None when the part does not exist
    keys(x), values(x)   Keys[x], Values[x] as Python lists
    normal(x)            Normal[x]
    call(ev, x, args)    x[args...]: the value, or None to stay unevaluated
    information(ev, x, prop)  Information[x, prop]; prop None asks for the report
    full(x)              the value as an ordinary expression for FullForm and InputForm
    output(x)            one-line or multi-line text for OutputForm; default: that of `full`
    arithmetic(ev, name, args)  Plus, Times or Power of operands among which x is, or None
    """

    __slots__ = (
        "arithmetic",
        "call",
        "full",
        "head",
        "information",
        "keys",
        "length",
        "normal",
        "output",
        "part",
        "values",
    )

    def __init__(
        self,
        head: Callable[[Any], Any],
        length: Callable[[Any], int] | None = None,
        part: Callable[..., Any] | None = None,
        keys: Callable[[Any], list[Any]] | None = None,
        values: Callable[[Any], list[Any]] | None = None,
        normal: Callable[[Any], Any] | None = None,
        call: Callable[..., Any] | None = None,
        information: Callable[..., Any] | None = None,
        full: Callable[[Any], Any] | None = None,
        output: Callable[[Any], str] | None = None,
        arithmetic: Callable[..., Any] | None = None,
    ) -> None:
        self.head = head
        self.length = length
        self.part = part
        self.keys = keys
        self.values = values
        self.normal = normal
        self.call = call
        self.information = information
        self.full = full
        self.output = output
        self.arithmetic = arithmetic


ATOMS: dict[type, AtomType] = {}

# Atoms with arithmetic of their own: empty, and so free of cost, until one registers.
ARITHMETIC: dict[type, Callable[..., Any]] = {}


def register(python_type: type, atom: AtomType) -> None:
    """Make instances of `python_type` atoms of the language."""
    ATOMS[python_type] = atom
    if atom.arithmetic is not None:
        ARITHMETIC[python_type] = atom.arithmetic


def atom_arithmetic(ev: Any, name: str, args: tuple[Any, ...]) -> Any:
    """Plus, Times or Power of `args` as the first atom among them with arithmetic of its own tells it;
    None where there is none, or where it declines.
    """
    for a in args:
        found = ARITHMETIC.get(type(a))
        if found is not None:
            return found(ev, name, args)
    return None


def atom_head(value: Any) -> Any:
    """The head of a registered atom; TypeError for a Python object that is no WL value."""
    found = ATOMS.get(type(value))
    if found is None:
        raise TypeError(f"{type(value).__name__} is not a WL value")
    return found.head(value)
