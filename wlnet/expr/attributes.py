"""Attributes of symbols as bit flags, so that the evaluator tests several with one `&`."""

from __future__ import annotations

CONSTANT = 1 << 0
FLAT = 1 << 1
HOLD_ALL_COMPLETE = 1 << 2
HOLD_FIRST = 1 << 3
HOLD_REST = 1 << 4
LISTABLE = 1 << 5
LOCKED = 1 << 6
N_HOLD_FIRST = 1 << 7
N_HOLD_REST = 1 << 8
NUMERIC_FUNCTION = 1 << 9
ONE_IDENTITY = 1 << 10
ORDERLESS = 1 << 11
PROTECTED = 1 << 12
READ_PROTECTED = 1 << 13
SEQUENCE_HOLD = 1 << 14
STUB = 1 << 15
TEMPORARY = 1 << 16

HOLD_ALL = HOLD_FIRST | HOLD_REST
N_HOLD_ALL = N_HOLD_FIRST | N_HOLD_REST

# WL spelling of each flag; the two-bit names come first so that `names` reports HoldAll,
# not HoldFirst and HoldRest.
FLAGS: dict[str, int] = {
    "HoldAll": HOLD_ALL,
    "NHoldAll": N_HOLD_ALL,
    "Constant": CONSTANT,
    "Flat": FLAT,
    "HoldAllComplete": HOLD_ALL_COMPLETE,
    "HoldFirst": HOLD_FIRST,
    "HoldRest": HOLD_REST,
    "Listable": LISTABLE,
    "Locked": LOCKED,
    "NHoldFirst": N_HOLD_FIRST,
    "NHoldRest": N_HOLD_REST,
    "NumericFunction": NUMERIC_FUNCTION,
    "OneIdentity": ONE_IDENTITY,
    "Orderless": ORDERLESS,
    "Protected": PROTECTED,
    "ReadProtected": READ_PROTECTED,
    "SequenceHold": SEQUENCE_HOLD,
    "Stub": STUB,
    "Temporary": TEMPORARY,
}


def names(flags: int) -> list[str]:
    """The attribute names in `flags`, in alphabetical order, as `Attributes[f]` lists them."""
    found = []
    for name, bits in FLAGS.items():
        if flags & bits == bits:
            found.append(name)
            flags &= ~bits
    return sorted(found)
