"""Random expressions and token soups for property tests."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from wlnet.expr import Expr, S, system
from wlnet.syntax.operators import table

from .names import resolve

SYMBOLS = st.sampled_from(
    [
        *map(resolve, ["a", "b", "c", "x", "y", "f", "g", "α", "x1", "ctx`name", "$v"]),
        S.Plus,
        S.List,
        system("Null"),
    ]
)
STRINGS = st.text(max_size=6) | st.sampled_from(
    ["", "a b", 'quote " \\', "\n\t", "\\[Alpha]", "\\n", "\ue000", "é", "(*"]
)
INTEGERS = st.integers(-30, 30) | st.integers(-(10**25), 10**25)
REALS = st.floats(allow_nan=False, allow_infinity=False).map(lambda x: x + 0.0)
ATOMS = SYMBOLS | STRINGS | INTEGERS | REALS

# Heads whose InputForm is an operator or another spelling. Arithmetic prints as what evaluates to the same
# (see tests of its own), so it is left out here.
ARITHMETIC = {
    "Plus",
    "Times",
    "Power",
    "Minus",
    "Divide",
    "Subtract",
    "DirectedInfinity",
    "Rational",
    "Complex",
}
HEADS = sorted({name for name, _ in table().heads()} - ARITHMETIC) + [
    "List",
    "Slot",
    "SlotSequence",
    "Blank",
    "BlankSequence",
    "BlankNullSequence",
    "Pattern",
    "Optional",
    "Inequality",
    "Derivative",
    "Association",
    "Out",
    "TagSetDelayed",
    "TagUnset",
    "HoldForm",
    "Sqrt",
]


def nodes(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Expressions over `children`, mostly with heads that print in a special way."""
    args = st.lists(children, max_size=4).map(tuple)
    heads = st.sampled_from(HEADS).map(system) | SYMBOLS
    return st.builds(Expr, heads | children, args)


def patterns(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Patterns as they are written, with `children` as conditions, tests and defaults."""
    names = SYMBOLS
    blanks = st.builds(
        lambda head, args: Expr(head, args),
        st.sampled_from([S.Blank, S.BlankSequence, S.BlankNullSequence]),
        st.just(()) | names.map(lambda s: (s,)),
    )
    named = st.builds(lambda s, p: Expr(S.Pattern, (s, p)), names, blanks | children)
    some = blanks | named
    return (
        some
        | st.builds(lambda p, v: Expr(S.Optional, (p, v)), some, children)
        | st.builds(lambda p: Expr(S.Optional, (p,)), some)
        | st.builds(lambda p, t: Expr(S.PatternTest, (p, t)), some, children)
        | st.builds(lambda p: Expr(S.Repeated, (p,)), some | children)
        | st.builds(lambda n, f: Expr(Expr(S.Derivative, (n,)), (f,)), st.integers(0, 4), children)
    )


EXPRESSIONS = st.recursive(ATOMS, lambda inner: nodes(inner) | patterns(inner), max_leaves=20)

WORDS = sorted({row.text for row in table().rows if row.text.isascii()}) + [
    *[
        "a",
        "b",
        "x",
        "f",
        "1",
        "2.5",
        "16^^ff",
        '"s"',
        "x_",
        "_h",
        "x__",
        "_.",
        "#",
        "##",
        "#1",
        "#n",
        "%",
        "%%",
        "%5",
        "(",
        ")",
        "{",
        "}",
        "[",
        "]",
        "[[",
        "]]",
        "<|",
        "|>",
        "<",
        ">",
        ",",
        ";",
        "\n",
    ],
    "::tag",
    "(*",
    "*)",
    '"',
    "`",
    "\\",
    "\\[Alpha]",
    "\\[Rule]",
    "≤",
    "⌊",
    "⌋",
    "_",
    "=.",
    " ",
    "1`",
    "``",
    "*^",
    "^^",
    "'''",
    "!==",
    "\\\n",
    "?a",
]
SOUPS = st.lists(st.sampled_from(WORDS), max_size=14).flatmap(
    lambda words: st.sampled_from(["", " "]).map(lambda between: between.join(words))
)
