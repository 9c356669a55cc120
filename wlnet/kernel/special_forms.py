"""Patterns compiled to closures, part 4: OptionsPattern, OrderlessPatternSequence, KeyValuePattern."""

from __future__ import annotations

from typing import Any

from wlnet.expr import LIST, Association, Expr, S, is_list, items

from .chains import SHAPED, Chain, Place, form
from .constructs import (
    ALTERNATIVES,
    BLANK_NULL_SEQUENCE,
    KEY_VALUE_PATTERN,
    OPTIONS_PATTERN,
    ORDERLESS_SEQUENCE,
    total_width,
)
from .scope import OPTIONS, Scope


@form(OPTIONS_PATTERN)
def _options_pattern(pattern_args: tuple[Any, ...], then: Chain, scope: Scope, place: Place) -> Chain:
    """OptionsPattern[]: any number of rules and lists of rules, as many as possible first."""
    slot = scope.place(OPTIONS)
    function = pattern_args[0] if pattern_args else place.head

    def options(args: tuple[Any, ...], i: int, b: list[Any]) -> bool:
        j = i
        while j < len(args) and is_options(args[j]):
            j += 1
        old = b[slot]
        while j >= i:
            b[slot] = (function, Expr(LIST, args[i:j]))
            if then(args, j, b):
                return True
            j -= 1
        b[slot] = old
        return False

    return options


def is_options(e: Any) -> bool:
    """A rule, or a list of such to any depth."""
    stack = [e]
    while stack:
        e = stack.pop()
        if is_list(e):
            stack.extend(items(e))
        elif type(e) is not Expr or e.head not in (S.Rule, S.RuleDelayed) or len(e.args) != 2:
            return False
    return True


@form(ORDERLESS_SEQUENCE)
def _orderless_sequence(pattern_args: tuple[Any, ...], then: Chain, scope: Scope, place: Place) -> Chain:
    """OrderlessPatternSequence[p...]: the next few elements, in any order."""
    low, high = total_width(pattern_args)
    outer = scope.frame.new()

    def leave(args: tuple[Any, ...], i: int, b: list[Any]) -> bool:
        saved = b[outer]
        if args:
            return False
        ok = then(saved[0], saved[1], b)
        b[outer] = saved
        return ok

    inner = SHAPED.orderless(pattern_args, leave, scope, None, False)

    def sequence(args: tuple[Any, ...], i: int, b: list[Any]) -> bool:
        old = b[outer]
        most = len(args) - i if high is None else min(high, len(args) - i)
        for n in range(low, most + 1):
            b[outer] = (args, i + n)
            if inner(args[i : i + n], 0, b):
                return True
        b[outer] = old
        return False

    return sequence


@form(KEY_VALUE_PATTERN)
def _key_value(pattern_args: tuple[Any, ...], then: Chain, scope: Scope, place: Place) -> Chain:
    """KeyValuePattern[{k -> v, ...}]: an association or a list of rules that has all of these."""
    spec = pattern_args[0] if pattern_args else Expr(LIST, ())
    wanted = items(spec) if is_list(spec) else spec.rules() if type(spec) is Association else (spec,)
    rest = Expr(BLANK_NULL_SEQUENCE, ())
    patterns = tuple(_any_rule(w) for w in wanted)
    outer = scope.frame.new()

    def leave(args: tuple[Any, ...], i: int, b: list[Any]) -> bool:
        saved = b[outer]
        ok = then(saved[0], saved[1] + 1, b)
        b[outer] = saved
        return ok

    inner = SHAPED.orderless((*patterns, rest), leave, scope, None, False)

    def key_value(args: tuple[Any, ...], i: int, b: list[Any]) -> bool:
        if i >= len(args):
            return False
        e = args[i]
        rules = e.rules() if type(e) is Association else items(e) if is_list(e) else None
        if rules is None:
            return False
        old = b[outer]
        b[outer] = (args, i)
        if inner(rules, 0, b):
            return True
        b[outer] = old
        return False

    return key_value


def _any_rule(w: Any) -> Any:
    """`k -> v` in a KeyValuePattern also matches an entry written with `:>`."""
    if type(w) is Expr and w.head in (S.Rule, S.RuleDelayed):
        return Expr(Expr(ALTERNATIVES, (S.Rule, S.RuleDelayed)), w.args)
    return w
