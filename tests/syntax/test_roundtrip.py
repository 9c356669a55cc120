"""Whatever is printed reads back; whatever is typed gives an expression or a ReadError,
never another exception.
"""

from __future__ import annotations

from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from wlnet.expr import BigReal, Expr, S, big_real
from wlnet.syntax import ReadError, read
from wlnet.syntax.printer import to_text
from wlnet.syntax.tokens import partner, status, tokens

from .names import resolve, shown, tree
from .strategies import ATOMS, EXPRESSIONS, SOUPS


@settings(max_examples=600, deadline=None)
@given(EXPRESSIONS)
@example(Expr(S.Repeated, (1.5,)))
@example(tree("x:a|b:y:z"))
@example(tree("g /@ (f'[x])"))
def test_input_form_reads_back(expr: Any) -> None:
    text = to_text(expr, "InputForm", shown)
    assert tree(text) == expr, text


@settings(max_examples=300, deadline=None)
@given(EXPRESSIONS)
def test_full_form_reads_back(expr: Any) -> None:
    text = to_text(expr, "FullForm", shown)
    assert tree(text) == expr, text


@settings(max_examples=300, deadline=None)
@given(EXPRESSIONS)
def test_other_forms_print_anything(expr: Any) -> None:
    assert isinstance(to_text(expr, "OutputForm", shown), str)
    assert isinstance(to_text(expr, "TeXForm", shown), str)


@settings(max_examples=300, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_reals_keep_every_bit(value: float) -> None:
    for form in ("InputForm", "FullForm"):
        again = tree(to_text(abs(value), form))
        assert type(again) is float
        assert again == abs(value)


@settings(max_examples=100, deadline=None)
@given(st.fractions().filter(lambda f: f != 0), st.integers(2, 60), st.integers(-400, 400))
def test_precise_reals_keep_every_bit(value: Any, digits: int, exponent: int) -> None:
    number = big_real(abs(value) * type(value)(10) ** exponent, digits)
    again = tree(to_text(number))
    assert type(again) is BigReal
    assert again == number


# Arithmetic: what is printed has the same value, though not the same tree. Values are compared at a point.
POINT = {"a": 1.25, "b": -0.75, "c": 2.5, "x": 3.5, "y": -1.5}
LEAVES = st.sampled_from([*map(resolve, POINT)]) | st.integers(-4, 4) | st.fractions(-3, 3, max_denominator=4)


def _arithmetic(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(children, min_size=1, max_size=4).map(tuple)
    exponents = st.integers(-3, 3)
    return (
        st.builds(lambda args: Expr(S.Plus, args), several)
        | st.builds(lambda args: Expr(S.Times, args), several)
        | st.builds(lambda base, n: Expr(S.Power, (base, n)), children, exponents)
    )


def value_of(expr: Any) -> complex:
    """The value at POINT, computed node by node."""
    if type(expr) is not Expr:
        return complex(POINT[expr.name]) if hasattr(expr, "name") else complex(expr)
    args = [value_of(arg) for arg in expr.args]
    result = args[0]
    for arg in args[1:]:
        result = {"Plus": lambda p, q: p + q, "Times": lambda p, q: p * q, "Power": _power}[expr.head.name](
            result, arg
        )
    return result


def _power(base: complex, exponent: complex) -> complex:
    if base == 0 and exponent.real < 0:
        raise ZeroDivisionError
    return base**exponent


@settings(max_examples=400, deadline=None)
@given(st.recursive(LEAVES, _arithmetic, max_leaves=12))
def test_arithmetic_keeps_its_value(expr: Any) -> None:
    text = to_text(expr)
    again = tree(text)
    try:
        wanted = value_of(expr)
        found = value_of(again)
    except (ZeroDivisionError, OverflowError):
        return
    assert abs(found - wanted) <= 1e-9 * max(1.0, abs(wanted)), text


@settings(max_examples=800, deadline=None)
@given(SOUPS)
@example("a >> >")
@example("?")
@example("<<")
@example('#"')
@example("`")
@example("::[")
@example("\\[")
@example(";;;;;;")
@example("a:b:c:d:e")
@example("16^^")
@example("[[")
@example("(**")
def test_soup(text: str) -> None:
    for item in read(text, resolve):
        if isinstance(item, ReadError):
            assert item.show()
            assert item.line >= 1
            assert item.column >= 1
        else:
            printed = to_text(item, "FullForm", shown)
            assert tree(printed) == item, printed
    assert status(text) in ("complete", "incomplete", "error")


@settings(max_examples=300, deadline=None)
@given(SOUPS)
def test_words_lie_in_order(text: str) -> None:
    end = 0
    for word in tokens(text):
        assert end <= word.start < word.end <= len(text)
        end = word.end
    for offset in range(len(text)):
        other = partner(text, offset)
        assert other is None or 0 <= other < len(text)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=30))
def test_any_text(text: str) -> None:
    for item in read(text, resolve):
        assert not isinstance(item, ReadError) or item.show()
    tokens(text)


@given(st.lists(ATOMS, max_size=5))
def test_lists(items: list[Any]) -> None:
    expr = Expr(S.List, tuple(items))
    assert tree(to_text(expr, "InputForm", shown)) == expr
