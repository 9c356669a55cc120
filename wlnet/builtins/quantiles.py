"""Quantile, Quartiles, InterquartileRange: the quantile family of Hyndman and Fan, exact on exact data."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from wlnet.expr import Expr, S, is_list, items, make_list, rational
from wlnet.kernel.registry import builtin

from .distributions import record_of
from .statistics import DATA, by_columns, columns, data_of, expected, ordered_values

# Parameters {{a, b}, {c, d}} of Quantile: the default, and that of Quartiles.
DEFAULT_QUANTILE = ((0, 0), (1, 0))
QUARTILE = ((Fraction(1, 2), 0), (0, 1))


def quantile_of(ev: Any, ordered: list[Any], q: Any, parameters: Any) -> Any:
    """Hyndman and Fan's quantile family, as the language parametrises it.

    x = a + (n + b) q; the elements at Floor[x] and Ceiling[x] are weighted by c + d FractionalPart[x].
    """
    (a, b), (c, d) = parameters
    n = len(ordered)
    place = Fraction(a) + (n + Fraction(b)) * Fraction(q)
    whole = math.floor(place)
    low = ordered[min(max(whole, 1), n) - 1]
    high = ordered[min(max(math.ceil(place), 1), n) - 1]
    weight = Fraction(c) + Fraction(d) * (place - whole)
    if weight == 1 or place == whole:
        return high if weight == 1 else low
    if weight == 0:
        return low
    step = Expr(S.Times, (rational(weight), Expr(S.Subtract, (high, low))))
    return Expr(S.Plus, (low, step))


def _parameters(spec: Any) -> Any:
    if (
        is_list(spec)
        and len(items(spec)) == 2
        and all(is_list(r) and len(items(r)) == 2 for r in items(spec))
    ):
        rows = [items(r) for r in items(spec)]
        if all(type(v) in (int, Fraction, float) for r in rows for v in r):
            return rows
    return None


@builtin(
    "Quantile",
    messages=DATA | {"nquan": "The quantile `1` should be a number between 0 and 1."},
)
def quantile(ev: Any, data: Any, q: Any, parameters: Any = None) -> Any:
    """Quantile[list, q] gives the q-th quantile: the smallest element below which at least a fraction q lies.
    Quantile[list, {q1, q2, ...}] gives several; a third argument {{a, b}, {c, d}} interpolates.

    >>> {Quantile[{1, 2, 3, 4, 5}, 1/2], Quantile[{1, 2, 3, 4}, {1/4, 3/4}]}
    {3, {1, 3}}
    """
    if record_of(data) is not None:
        return Expr(S.InverseCDF, (data, q))
    values = data_of(data)
    if values is None:
        expected(ev, "Quantile", data)
        return None
    rest = () if parameters is None else (parameters,)
    if columns(values) is not None:
        return by_columns("Quantile", values, q, *rest)
    given = DEFAULT_QUANTILE if parameters is None else _parameters(parameters)
    found = ordered_values(ev, values)
    if found is None or given is None:
        return None
    wanted = items(q) if is_list(q) else (q,)
    if not all(type(p) in (int, Fraction, float) and 0 <= p <= 1 for p in wanted):
        ev.message("Quantile", "nquan", q)
        return None
    results = [quantile_of(ev, found, p, given) for p in wanted]
    return make_list(results) if is_list(q) else results[0]


@builtin("Quartiles", messages=DATA)
def quartiles(ev: Any, data: Any, parameters: Any = None) -> Any:
    """Quartiles[list] gives the quartiles at 1/4, 1/2 and 3/4, by linear interpolation
    with {{1/2, 0}, {0, 1}}.

    >>> Quartiles[{1, 2, 3, 4}]
    {3/2, 5/2, 7/2}
    """
    values = data_of(data)
    if values is None:
        expected(ev, "Quartiles", data)
        return None
    if columns(values) is not None:
        return by_columns("Quartiles", values, *(() if parameters is None else (parameters,)))
    found = ordered_values(ev, values)
    given = QUARTILE if parameters is None else _parameters(parameters)
    if found is None or given is None:
        return None
    return make_list(quantile_of(ev, found, Fraction(k, 4), given) for k in (1, 2, 3))


@builtin("InterquartileRange", messages=DATA)
def interquartile_range(ev: Any, data: Any) -> Any:
    """InterquartileRange[list] gives the difference between the upper and the lower quartile.

    >>> InterquartileRange[{1, 2, 3, 4}]
    2
    """
    values = data_of(data)
    if values is None:
        expected(ev, "InterquartileRange", data)
        return None
    if columns(values) is not None:
        return by_columns("InterquartileRange", values)
    found = ordered_values(ev, values)
    if found is None:
        return None
    low, high = (quantile_of(ev, found, Fraction(k, 4), QUARTILE) for k in (1, 3))
    return Expr(S.Subtract, (high, low))
