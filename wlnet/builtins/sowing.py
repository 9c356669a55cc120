"""Sow and Reap."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wlnet.expr import LIST, Expr, is_list, items, key, make_list, system
from wlnet.expr.attributes import HOLD_FIRST
from wlnet.kernel.evaluate import evaluate
from wlnet.kernel.registry import builtin

NONE = system("None")


class Reaper:
    """One Reap that is running: for each of its forms, the tags that matched and what was sown with them."""

    __slots__ = ("found", "forms")

    def __init__(self, forms: list[Callable[[Any], bool]]) -> None:
        self.forms = forms
        self.found: list[dict[Any, tuple[Any, list[Any]]]] = [{} for _ in forms]

    def take(self, value: Any, tag: Any) -> bool:
        """Collect `value` under every form that matches the tag; whether one does."""
        taken = False
        for form, found in zip(self.forms, self.found, strict=True):
            if form(tag):
                found.setdefault(key(tag), (tag, []))[1].append(value)
                taken = True
        return taken


def _any(tag: Any) -> bool:
    return True


@builtin("Sow")
def sow(ev: Any, value: Any, tag: Any = NONE) -> Any:
    """Sow[e] gives e, and hands it to the nearest enclosing Reap; Sow[e, tag] to the nearest whose form
    matches tag.
    Sow[e, {tag1, tag2, ...}] sows with each of the tags.

    >>> Reap[Sow[1]; Sow[2]; 3]
    {3, {{1, 2}}}
    """
    for t in items(tag) if is_list(tag) else (tag,):
        for reaper in reversed(ev.state.reapers):
            if reaper.take(value, t):
                break
    return value


@builtin("Reap", attributes=HOLD_FIRST, evaluated=True)
def reap(ev: Any, expr: Any, form: Any = None, f: Any = None) -> Any:
    """Reap[expr] gives the value of expr, and lists of what was sown meanwhile, one list for each tag.
    Reap[expr, form] collects what was sown with tags that match form; Reap[expr, {form1, form2, ...}] does so
    for each form; Reap[expr, form, f] gives f[tag, list] in place of each list.

    >>> Reap[Sow[a, x]; Sow[b, y]; Sow[c, x]]
    {c, {{a, c}, {b}}}
    >>> Reap[Sow[1, x]; Sow[2, y], y, f]
    {2, {f[y, {2}]}}
    """
    several = form is not None and is_list(form)
    forms = [_any] if form is None else [ev.matching(p) for p in (items(form) if several else (form,))]
    reaper = Reaper(forms)
    reapers = ev.state.reapers
    reapers.append(reaper)
    try:
        value = evaluate(expr)
    finally:
        del reapers[reapers.index(reaper) :]
    call = None if f is None else ev.function(f)

    def collected(found: dict[Any, tuple[Any, list[Any]]]) -> Expr:
        lists = [(tag, make_list(values)) for tag, values in found.values()]
        return make_list([sown if call is None else call(tag, sown) for tag, sown in lists])

    results = [collected(found) for found in reaper.found]
    return evaluate(Expr(LIST, (value, make_list(results) if several else results[0])))
