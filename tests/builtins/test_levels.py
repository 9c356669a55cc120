"""Level specifications and walks, against slow definitions of their own."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wlnet.builtins.levels import children, depth, leaf_count, map_parts, parse_levels, rebuild, walk
from wlnet.expr import Association, Expr, S, make_list, packed, same

ATOMS = st.sampled_from([1, 2.5, "s", S.x, S.y])
TREES = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(make_list),
        st.lists(inner, max_size=3).map(lambda args: Expr(S.f, tuple(args))),
        st.lists(st.tuples(st.sampled_from("abc"), inner), max_size=2).map(Association.of),
    ),
    max_leaves=12,
)
LEVELS = st.tuples(st.integers(-3, 3), st.one_of(st.integers(-3, 3), st.just(math.inf)))


def parts_of(value, at=()):
    """(position, level, part) of all parts, wholes after their parts."""
    inner = children(value)
    names = (
        [Expr(S.Key, (k,)) for k in value] if type(value) is Association else range(1, len(inner or ()) + 1)
    )
    for name, part in zip(names, inner or (), strict=True):
        yield from parts_of(part, (*at, name))
    yield at, len(at), value


def within(level, part, low, high):
    return (level >= low if low >= 0 else depth(part) <= -low) and (
        level <= high if high >= 0 else depth(part) >= -high
    )


@given(TREES, LEVELS)
def test_walk_visits_the_parts_within_the_levels_in_order(tree, levels):
    found = []
    walk(tree, levels, lambda part, at: found.append((at, part)), positions=True)
    wanted = [(at, part) for at, level, part in parts_of(tree) if within(level, part, *levels)]
    assert [at for at, _ in found] == [at for at, _ in wanted]
    assert all(same(a, b) for (_, a), (_, b) in zip(found, wanted, strict=True))


@given(TREES, LEVELS)
def test_a_map_that_changes_nothing_gives_the_same_object(tree, levels):
    assert map_parts(tree, levels, lambda part, at: part) is tree


@given(TREES)
def test_a_walk_ends_when_the_action_says_so(tree):
    seen = []
    assert walk(tree, (0, math.inf), lambda part, at: seen.append(part) or len(seen) == 1)
    assert len(seen) == 1


def test_heads_are_parts_when_asked_for():
    seen = []
    walk(Expr(S.f, (S.x,)), (1, 1), lambda part, at: seen.append((part, at)), heads=True, positions=True)
    assert seen == [(S.f, (0,)), (S.x, (1,))]


@pytest.mark.parametrize(
    ("spec", "levels"),
    [
        (2, (1, 2)),
        (-1, (1, -1)),
        (make_list((2,)), (2, 2)),
        (make_list((0, S.Infinity)), (0, math.inf)),
        (packed(np.array([1, 3])), (1, 3)),
        (S.All, (0, math.inf)),
        (S.Infinity, (1, math.inf)),
        (Expr(S.DirectedInfinity, (1,)), (1, math.inf)),
        (S.x, None),
        (make_list(()), None),
        (make_list((1, 2, 3)), None),
    ],
)
def test_level_specifications(spec, levels):
    assert parse_levels(spec) == levels


def test_packed_lists_count_like_ordinary_ones():
    cube = packed(np.zeros((2, 3, 4)))
    plain = map_parts(cube, (1, math.inf), lambda part, at: part)
    assert depth(cube) == 4
    assert leaf_count(cube) == leaf_count(rebuild(plain, list(children(plain)))) == 1 + 2 + 6 + 24
