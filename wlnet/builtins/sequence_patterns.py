"""SequenceCases, SequencePosition, SequenceCount, SequenceReplace, SequenceSplit: stretches of a list that
fit a pattern.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from wlnet.expr import FALSE, TRUE, Expr, S, is_list, items, make_list
from wlnet.kernel.registry import builtin, symbol

from .levels import is_rule
from .searching import limit_of

symbol("Overlaps", usage="Overlaps is an option: whether stretches of a list or string that fit may overlap.")

SEQUENCE_MESSAGES = {
    "listpat": "The pattern `1` should be a list of patterns, such as {x_, y_}.",
    "innf": "Non-negative integer or Infinity expected in place of `1`.",
    "overlaps": "Value of option Overlaps -> `1` should be True, False or All.",
}

# (start, stop, what is made of it): a stretch of 0-based elements that fits.
Stretch = tuple[int, int, Any]


def _finder(ev: Any, form: Any) -> Callable[[Any], tuple[Any, bool]]:
    if is_rule(form):
        return ev.replacer(form)  # type: ignore[no-any-return]
    fits = ev.matching(form)
    return lambda part: (part, fits(part))


def stretches(ev: Any, elements: tuple[Any, ...], form: Any, overlaps: Any) -> Iterator[Stretch]:
    """The stretches of `elements` that fit, from the left, the longest at each start first.

    Without overlaps the search goes on behind a stretch; with True behind its first element; with All the
    shorter ones with the same start come too.
    """
    find = _finder(ev, form)
    start, count = 0, len(elements)
    while start < count:
        after = start + 1
        for stop in range(count, start, -1):
            made, fits = find(make_list(elements[start:stop]))
            if fits:
                yield start, stop, made
                if overlaps is not S.All:
                    after = start + 1 if overlaps is TRUE else stop
                    break
        start = after


def _prepared(ev: Any, name: str, expr: Any, form: Any, overlaps: Any = FALSE) -> tuple[Any, ...] | None:
    """The elements of the list, once the arguments are found to be in order."""
    if not is_list(expr):
        ev.message(name, "list", 1, Expr(getattr(S, name), (expr, form)))
        return None
    if overlaps is not TRUE and overlaps is not FALSE and overlaps is not S.All:
        ev.message(name, "overlaps", overlaps)
        return None
    return items(expr)


def _first(source: Iterator[Stretch], limit: float) -> list[Stretch]:
    out: list[Stretch] = []
    if limit > 0:
        for one in source:
            out.append(one)
            if len(out) >= limit:
                break
    return out


@builtin("SequenceCases", operator=0, messages=SEQUENCE_MESSAGES)
def sequence_cases(ev: Any, expr: Any, form: Any, most: Any = None, *, overlaps: Any = FALSE) -> Any:
    """SequenceCases[list, pattern] gives the sublists of neighbouring elements that match pattern, not
    overlapping. SequenceCases[list, pattern -> rhs] gives the values of rhs; SequenceCases[list, pattern, n]
    the first n.

    >>> SequenceCases[{a, 1, 2, b, 3}, {__Integer}]
    {{1, 2}, {3}}
    >>> SequenceCases[{1, 5, 2, 6}, {x_, y_} /; x < y -> y - x]
    {4, 4}
    """
    elements, limit = (
        _prepared(ev, "SequenceCases", expr, form, overlaps),
        limit_of(ev, "SequenceCases", most),
    )
    if elements is None or limit is None:
        return None
    return make_list(made for _, _, made in _first(stretches(ev, elements, form, overlaps), limit))


@builtin("SequencePosition", operator=0, messages=SEQUENCE_MESSAGES)
def sequence_position(ev: Any, expr: Any, form: Any, most: Any = None, *, overlaps: Any = TRUE) -> Any:
    """SequencePosition[list, pattern] gives {start, end} of the sublists of neighbouring elements that match
    pattern. SequencePosition[list, pattern, n] gives the first n.

    >>> SequencePosition[{a, b, a, b}, {a, b}]
    {{1, 2}, {3, 4}}
    """
    elements = _prepared(ev, "SequencePosition", expr, form, overlaps)
    limit = limit_of(ev, "SequencePosition", most)
    if elements is None or limit is None:
        return None
    found = _first(stretches(ev, elements, form, overlaps), limit)
    return make_list(make_list((start + 1, stop)) for start, stop, _ in found)


@builtin("SequenceCount", operator=0, messages=SEQUENCE_MESSAGES)
def sequence_count(ev: Any, expr: Any, form: Any, *, overlaps: Any = FALSE) -> Any:
    """SequenceCount[list, pattern] gives the number of sublists of neighbouring elements that match pattern.

    >>> SequenceCount[{a, a, a, a}, {a, a}]
    2
    """
    elements = _prepared(ev, "SequenceCount", expr, form, overlaps)
    return None if elements is None else sum(1 for _ in stretches(ev, elements, form, overlaps))


@builtin(
    "SequenceReplace",
    operator=0,
    messages=SEQUENCE_MESSAGES | {"rule": "`1` is not a rule or list of rules."},
)
def sequence_replace(ev: Any, expr: Any, rules: Any, most: Any = None) -> Any:
    """SequenceReplace[list, pattern -> rhs] replaces the sublists of neighbouring elements that match pattern
    by rhs. SequenceReplace[list, {rule1, rule2, ...}] tries several rules;
    a third argument n makes at most n replacements.

    >>> SequenceReplace[{a, x, b, a, x}, {a, x} -> y]
    {y, b, y}
    """
    elements, limit = _prepared(ev, "SequenceReplace", expr, rules), limit_of(ev, "SequenceReplace", most)
    if elements is None or limit is None:
        return None
    listed = items(rules) if is_list(rules) else (rules,)
    if not all(map(is_rule, listed)):
        ev.message("SequenceReplace", "rule", rules)
        return None
    out: list[Any] = []
    start = 0
    for begin, stop, made in _first(_any_of(ev, elements, listed), limit):
        out.extend(elements[start:begin])
        out.append(made)
        start = stop
    return make_list([*out, *elements[start:]])


def _any_of(ev: Any, elements: tuple[Any, ...], rules: tuple[Any, ...]) -> Iterator[Stretch]:
    """Stretches that one of several rules fits; at each place the first rule that fits counts."""
    finders = [ev.replacer(rule) for rule in rules]
    start, count = 0, len(elements)
    while start < count:
        found = next(
            (
                (start, stop, made)
                for find in finders
                for stop in range(count, start, -1)
                for made, fits in (find(make_list(elements[start:stop])),)
                if fits
            ),
            None,
        )
        if found is not None:
            yield found
        start = start + 1 if found is None else found[1]


@builtin("SequenceSplit", operator=0, messages=SEQUENCE_MESSAGES)
def sequence_split(ev: Any, expr: Any, form: Any) -> Any:
    """SequenceSplit[list, pattern] splits list where sublists of neighbouring elements match pattern, which
    are left out. SequenceSplit[list, pattern -> rhs] puts rhs there.

    >>> SequenceSplit[{a, x, y, b, c, x, y}, {x, y}]
    {{a}, {b, c}}
    """
    elements = _prepared(ev, "SequenceSplit", expr, form)
    if elements is None:
        return None
    out: list[Any] = []
    start = 0
    for begin, stop, made in stretches(ev, elements, form, FALSE):
        if begin > start:
            out.append(make_list(elements[start:begin]))
        if is_rule(form):
            out.append(made)
        start = stop
    if start < len(elements):
        out.append(make_list(elements[start:]))
    return make_list(out)
