"""Port types: how they are written, how they meet, what messages say of them."""

from __future__ import annotations

import pytest

from wlnet.expr import Expr, S, make_list, same
from wlnet.net import types
from wlnet.net.types import ANY, INTEGER, REAL, VARYING, MismatchError, PortType, meet, real


def restricted(bound: object) -> Expr:
    return Expr(S.Restricted, ("Integer", bound))


WRITTEN = [
    ("Real", PortType("real", ())),
    ("Integer", PortType("integer", ())),
    (restricted(5), PortType("integer", (), (1, 5))),
    (restricted(make_list([3, 9])), PortType("integer", (), (3, 9))),
    (restricted(make_list([0, S.Infinity])), PortType("integer", (), (0, None))),
    (7, PortType(None, (7,))),
    (make_list([3, 28, 28]), PortType(None, (3, 28, 28))),
    (make_list([3, S.Automatic]), PortType(None, (3, None))),
    (make_list(["Varying", 7]), PortType(None, (VARYING, 7))),
    ("Varying", PortType(None, (VARYING,))),
    (make_list([4, restricted(2)]), PortType("integer", (4,), (1, 2))),
    (make_list(["Varying", "Integer"]), PortType("integer", (VARYING,))),
    (S.Automatic, ANY),
]


@pytest.mark.parametrize(("spec", "port"), WRITTEN, ids=lambda x: repr(x)[:40])
def test_specifications_are_read_and_written_back(spec: object, port: PortType) -> None:
    assert types.read_type(spec) == port
    assert same(types.spec_of(port), spec)


@pytest.mark.parametrize(
    "spec", [0, -2, "Foo", make_list([3, "Varying"]), make_list([0]), 2.5, restricted(0), S.Foo]
)
def test_what_is_no_type(spec: object) -> None:
    assert types.read_type(spec) is None


def test_empty_list_is_a_number() -> None:
    assert types.read_type(make_list([])) == PortType("real", ())


@pytest.mark.parametrize(
    ("a", "b", "both"),
    [
        (ANY, real(3), real(3)),
        (real(None, 4), real(3, None), real(3, 4)),
        (PortType(None, (VARYING,)), REAL, real(VARYING)),
        (INTEGER, PortType(None, (), (1, 5)), PortType("integer", (), (1, 5))),
        (
            PortType("integer", (), (0, None)),
            PortType("integer", (), (1, 5)),
            PortType("integer", (), (1, 5)),
        ),
    ],
)
def test_types_meet_either_way(a: PortType, b: PortType, both: PortType) -> None:
    assert meet(a, b) == both
    assert meet(b, a) == both


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (real(3), real(4)),
        (real(3), real(3, 1)),
        (REAL, INTEGER),
        (real(VARYING), real(3)),
        (PortType("integer", (), (1, 4)), PortType("integer", (), (1, 5))),
    ],
)
def test_contradictions(a: PortType, b: PortType) -> None:
    with pytest.raises(MismatchError):
        meet(a, b)


def test_the_coder_is_that_of_the_first() -> None:
    assert meet(real(3), real(3)._replace(coder="x")).coder is None
    assert meet(real(None)._replace(coder="x"), real(3)) == real(3)._replace(coder="x")


def test_solving_for_the_only_open_extent() -> None:
    assert types.solve_extent((2, None), 6) == (2, 3)
    assert types.solve_extent((None, None), 6) == (None, None)
    assert types.solve_extent((4, None), 6) == (4, None)


def test_words_of_messages() -> None:
    assert types.found_text(real(784)) == "shape (784)"
    assert types.wanted_text(real(None, 28, 28)) == "(?, 28, 28)"
    assert types.wanted_text(real()) == "a single number"
    assert types.wanted_text(PortType("integer", (), (1, 3))) == "one integer between 1 and 3"
    assert types.found_text(PortType("integer", (4,), (1, 3))) == "shape (4) of integers between 1 and 3"
    assert types.summary_text(real(2, 3)) == "matrix (size: 2x3)"
    assert types.summary_text(real(VARYING, 3)) == "sequence of vectors (size: nx3)"
