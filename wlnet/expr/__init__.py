"""The ground floor: symbols, expressions, packed arrays, numbers, canonical order.
Imports nothing else of wlnet.
"""

from . import attributes
from .arrays import ByteArray, NumericArray, array_in
from .association import Association
from .atoms import ATOMS, AtomType, register
from .expression import (
    FALSE,
    LIST,
    NULL,
    TRUE,
    Expr,
    head_of,
    is_infinity,
    is_list,
    items,
    key,
    make_list,
    same,
    truth,
    unpack,
)
from .numbers import (
    BigReal,
    Complex,
    big_real,
    complex_number,
    is_number,
    is_real_number,
    machine_complex,
    rational,
)
from .order import canonical, canonical_args, compare, inserted
from .packed import pack, packed, to_array, unpacked
from .symbols import CLOCK, SYSTEM, S, Symbol, system

__all__ = [
    "ATOMS",
    "CLOCK",
    "FALSE",
    "LIST",
    "NULL",
    "SYSTEM",
    "TRUE",
    "Association",
    "AtomType",
    "BigReal",
    "ByteArray",
    "Complex",
    "Expr",
    "NumericArray",
    "S",
    "Symbol",
    "array_in",
    "attributes",
    "big_real",
    "canonical",
    "canonical_args",
    "compare",
    "complex_number",
    "head_of",
    "inserted",
    "is_infinity",
    "is_list",
    "is_number",
    "is_real_number",
    "items",
    "key",
    "machine_complex",
    "make_list",
    "pack",
    "packed",
    "rational",
    "register",
    "same",
    "system",
    "to_array",
    "truth",
    "unpack",
    "unpacked",
]
