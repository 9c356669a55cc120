"""Sequence specifications: which of n elements `3`, `-2`, `{2, 5}`, `2 ;; -1 ;; 3`, `All`, `UpTo[4]` or
`None` name."""

from __future__ import annotations

from typing import Any

from wlnet.expr import Expr, S, is_list, items, system

NONE = system("None")


class SequenceError(Exception):
    """A specification asks for elements that are not there (`start`, `stop` say which),
    or is none (`start` None)."""

    def __init__(self, start: Any = None, stop: Any = None) -> None:
        super().__init__()
        self.start = start
        self.stop = stop


def take_range(spec: Any, length: int) -> range:
    """The 0-based indices that `spec` takes of `length` elements, as Take, Drop and StringTake read it.

    Raises SequenceError.
    """
    if type(spec) is int:
        if abs(spec) > length:
            raise SequenceError(*((1, spec) if spec >= 0 else (spec, -1)))
        return range(spec) if spec >= 0 else range(length + spec, length)
    if spec is S.All:
        return range(length)
    if spec is NONE:
        return range(0)
    if type(spec) is Expr and spec.head is S.UpTo and len(spec.args) == 1:
        most = up_to(spec)
        return range(min(most, length))
    if type(spec) is Expr and spec.head is S.Span:
        return span_range(spec, length)
    if is_list(spec):
        return _bounds_range(items(spec), length)
    raise SequenceError


def _bounds_range(bounds: tuple[Any, ...], length: int) -> range:
    """`{n}`, `{m, n}` and `{m, n, step}`."""
    if len(bounds) == 1:
        bounds = (bounds[0], bounds[0])
    if not 2 <= len(bounds) <= 3:
        raise SequenceError
    return span_range(Expr(S.Span, bounds), length)


def up_to(spec: Expr) -> int:
    """The n of `UpTo[n]`; UpTo[Infinity] is a number larger than any length."""
    (most,) = spec.args
    if type(most) is int and most >= 0:
        return most
    if most is S.Infinity or (type(most) is Expr and most.head is S.DirectedInfinity):
        return 1 << 62
    raise SequenceError


def span_range(span: Expr, length: int) -> range:
    """The 0-based indices of `i ;; j ;; k` among `length` elements. Raises SequenceError.

    An empty span is one that ends just before it starts, as in `3 ;; 2`; anything further apart is an error.
    """
    if not 1 <= len(span.args) <= 3:
        raise SequenceError
    start, stop, step = span.args if len(span.args) == 3 else (*span.args, S.All, 1)[:3]
    if step is S.All:
        step = 1
    if type(step) is not int or step == 0:
        raise SequenceError
    if step < 0 and stop is S.All:
        # ;; ;; -1 is read as Span[1, All, -1] and means everything backwards.
        first = (
            length if start is S.All or (type(start) is int and start == 1) else _end(start, length, length)
        )
        return _checked(first, 1, step, length, start, stop)
    first = _end(start, length, 1 if step > 0 else length)
    last = _end(stop, length, length if step > 0 else 1)
    return _checked(first, last, step, length, start, stop)


def _end(value: Any, length: int, default: int) -> int:
    """One end of a span as a 1-based index."""
    if value is S.All:
        return default
    if type(value) is int:
        return value if value >= 0 else length + value + 1
    if type(value) is Expr and value.head is S.UpTo and len(value.args) == 1:
        return min(up_to(value), length)
    raise SequenceError


def _checked(first: int, last: int, step: int, length: int, start: Any, stop: Any) -> range:
    if step > 0:
        if last == first - 1 and 1 <= first <= length + 1:
            return range(0)
        if not (1 <= first <= last <= length):
            raise SequenceError(start, stop)
        return range(first - 1, last, step)
    if last == first + 1 and 0 <= first <= length:
        return range(0)
    if not (1 <= last <= first <= length):
        raise SequenceError(start, stop)
    return range(first - 1, last - 2, step)
