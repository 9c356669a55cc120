"""Rule, Replace, ReplaceAll, ReplaceRepeated, ReplaceList, MatchQ, Dispatch: transformation by rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wlnet.expr import FALSE, TRUE, Association, Expr, S, is_list, items, make_list, truth
from wlnet.expr.attributes import HOLD_REST, SEQUENCE_HOLD
from wlnet.kernel.building import built
from wlnet.kernel.chains import NOWHERE
from wlnet.kernel.constructs import may_be_unbound, variables
from wlnet.kernel.registry import builtin, symbol
from wlnet.kernel.rules import Rule, parse_rules
from wlnet.kernel.scope import Scope
from wlnet.kernel.sequences import compile_chain
from wlnet.kernel.shaping import EMPTY_SEQUENCE
from wlnet.kernel.templates import code

from .levels import LEVEL_0, children, is_rule, level_bound, levels_of, map_parts, rebuild
from .searching import COUNT_MESSAGE, limit_of

symbol("MaxIterations", usage="MaxIterations is an option: how often a step is repeated at most.")
symbol("TwoWayRule", usage="a <-> b, or TwoWayRule[a, b], stands for an exchange of a and b.")

Replacer = Callable[[Any], tuple[Any, bool]]

SCAN_LIMIT = {"rrlim": "Exiting after `1` scanned `2` times."}


@builtin("Rule", attributes=SEQUENCE_HOLD)
def rule(ev: Any, *args: Any) -> Any:
    """Rule[a, b], or a -> b, is a rule that transforms a to b.

    >>> x /. x -> 3
    3
    """
    return


@builtin("RuleDelayed", attributes=HOLD_REST | SEQUENCE_HOLD)
def rule_delayed(ev: Any, *args: Any) -> Any:
    """RuleDelayed[a, b], or a :> b, is a rule that transforms a to b,
    evaluating b only when the rule is used.

    >>> {x, x} /. x :> 1 + 1
    {2, 2}
    """
    return


def is_rules(value: Any) -> bool:
    """Whether `value` is a rule, a list of rules, an association or a dispatch table."""
    if type(value) is Association:
        return True
    if type(value) is not Expr:
        return False
    if is_rule(value):
        return True
    if value.head is S.Dispatch and len(value.args) == 1:
        return is_rules(value.args[0])
    return value.head is S.List and all(is_rules(x) and not is_list(x) for x in value.args)


def _plain_rules(value: Any) -> Any:
    return value.args[0] if type(value) is Expr and value.head is S.Dispatch else value


def _for_each(ev: Any, name: str, rules: Any, replace: Callable[[Replacer], Any]) -> Any:
    """`replace` with the replacer of `rules`; a list of the results for a list of lists of rules. None
    after a message."""
    rules = _plain_rules(rules)
    if type(rules) is Expr and rules.head is S.List and rules.args and all(map(_is_rule_list, rules.args)):
        parts = [_for_each(ev, name, one, replace) for one in rules.args]
        return None if any(p is None for p in parts) else make_list(parts)
    if not is_rules(rules):
        ev.message(name, "reps", rules if is_list(rules) else make_list((rules,)))
        return None
    return replace(ev.replacer(rules))


def _is_rule_list(value: Any) -> bool:
    return is_list(value) and (is_rules(value) or all(map(_is_rule_list, items(value))))


@builtin("Replace", operator=0)
def replace(ev: Any, expr: Any, rules: Any, levelspec: Any = LEVEL_0, *, heads: Any = FALSE) -> Any:
    """Replace[expr, rules] transforms expr as a whole by the first rule that applies.
    Replace[expr, rules, levelspec] transforms the parts on the levels named, parts before wholes.

    >>> Replace[x, x -> 1]
    1
    >>> Replace[{a, f[a]}, a -> b, {1}]
    {b, f[a]}
    """
    levels = levels_of(ev, "Replace", levelspec)
    if levels is None:
        return None
    if levels == LEVEL_0:
        return _for_each(ev, "Replace", rules, lambda find: find(expr)[0])

    def everywhere(find: Replacer) -> Any:
        return map_parts(expr, levels, lambda part, at: find(part)[0], heads=heads is TRUE)

    return _for_each(ev, "Replace", rules, everywhere)


def replaced_all(expr: Any, find: Replacer) -> tuple[Any, bool]:
    """The outermost parts that a rule fits replaced, heads included; and whether any was. What is new is
    not searched."""
    new, changed = find(expr)
    if changed:
        return new, True
    inner = children(expr)
    if inner is None:
        return expr, False
    head = expr.head if type(expr) is Expr else None
    new_head, changed = replaced_all(head, find) if head is not None else (None, False)
    parts = []
    for part in inner:
        new, touched = replaced_all(part, find)
        changed = changed or touched
        parts.append(new)
    if not changed:
        return expr, False
    return (Expr(new_head, tuple(parts)) if head is not None else rebuild(expr, parts)), True


@builtin("ReplaceAll", operator=0)
def replace_all(ev: Any, expr: Any, rules: Any) -> Any:
    """ReplaceAll[expr, rules], or expr /. rules, transforms every part of expr, the largest first, by the
    first rule that applies.
    A list of lists of rules gives a list of results.

    >>> x^2 + y /. x -> 3
    9 + y
    >>> {a, b} /. {{a -> 1}, {b -> 2}}
    {{1, b}, {a, 2}}
    """
    return _for_each(ev, "ReplaceAll", rules, lambda find: replaced_all(expr, find)[0])


@builtin("ReplaceRepeated", operator=0, messages=SCAN_LIMIT)
def replace_repeated(ev: Any, expr: Any, rules: Any, *, max_iterations: Any = 65536) -> Any:
    """ReplaceRepeated[expr, rules], or expr //. rules, replaces as expr /. rules does until nothing changes
    any more.

    >>> f[f[f[x]]] //. f[u_] :> u
    x
    """
    most = level_bound(max_iterations)
    if most is None:
        most = 65536

    def until_done(find: Replacer) -> Any:
        value, scans = expr, 0
        while scans < most:
            new, changed = replaced_all(value, find)
            new = ev.evaluate(new)
            if not changed or new == value:
                return new
            value = new
            scans += 1
        ev.message("ReplaceRepeated", "rrlim", expr, max_iterations)
        return value

    return _for_each(ev, "ReplaceRepeated", rules, until_done)


@builtin("ReplaceList", operator=0, messages=COUNT_MESSAGE)
def replace_list(ev: Any, expr: Any, rules: Any, most: Any = None) -> Any:
    """ReplaceList[expr, rules] gives a list of all results that rules can make of expr as a whole;
    ReplaceList[expr, rules, n] at most n.

    >>> ReplaceList[{a, b, c}, {x__, y__} -> {{x}, {y}}]
    {{{a}, {b, c}}, {{a, b}, {c}}}
    """
    limit = limit_of(ev, "ReplaceList", most)
    if limit is None:
        return None
    rules = _plain_rules(rules)
    if not is_rules(rules):
        ev.message("ReplaceList", "reps", rules)
        return None
    out: list[Any] = []
    for one in parse_rules(rules) or ():
        _collect(one, expr, out, limit)
    return make_list(out)


def _collect(rule: Rule, expr: Any, out: list[Any], limit: float) -> None:
    """Append what `rule` makes of `expr` for each way to match, until there are `limit` results."""
    scope = Scope()
    for v in variables(rule.lhs):
        scope.place(v)
    loose = [scope.slots[v] for v in may_be_unbound(rule.lhs)]
    late: list[Any] = []  # compiled after the pattern, which says which variables hold sequences

    def accept(args: tuple[Any, ...], i: int, b: list[Any]) -> bool:
        tests, make = late
        free = [k for k in loose if b[k] is None]
        for k in free:
            b[k] = EMPTY_SEQUENCE
        if i == len(args) and all(test(b) is TRUE for test in tests):
            out.append(make(b))
        for k in free:
            b[k] = None
        return len(out) >= limit

    chain = compile_chain(rule.lhs, accept, scope, NOWHERE)
    scope.sequences.update(loose)
    late.append([code(t, scope) for t in rule.tests])
    late.append(built(rule.rhs, scope))
    if len(out) < limit:
        chain((expr,), 0, [None] * scope.frame.size)


@builtin("MatchQ", operator=0)
def match_q(ev: Any, expr: Any, form: Any) -> Any:
    """MatchQ[expr, pattern] tells whether expr matches pattern.

    >>> {MatchQ[1, _Integer], MatchQ[f[x], g[_]]}
    {True, False}
    """
    return truth(ev.matches(expr, form))


@builtin("Dispatch")
def dispatch(ev: Any, rules: Any) -> Any:
    """Dispatch[rules] is a table of rules that replaces as the rules do, prepared for many uses.

    >>> {a, b} /. Dispatch[{a -> 1, b -> 2}]
    {1, 2}
    """
    if not is_rules(rules):
        ev.message("Dispatch", "reps", rules)
    return
