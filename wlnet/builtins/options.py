"""Options of functions: Options, SetOptions, OptionValue, FilterRules, Default."""

from __future__ import annotations

from typing import Any

from wlnet.expr import LIST, NULL, Association, Expr, S, Symbol, is_list, items, make_list, system, truth
from wlnet.expr.attributes import PROTECTED
from wlnet.kernel.chains import Place, default_value
from wlnet.kernel.definitions import add_rule, assigner, rules_of, unassigner
from wlnet.kernel.evaluate import evaluate
from wlnet.kernel.registry import builtin, nearest, option_key, options_of, symbol
from wlnet.kernel.shaping import attributes_of

FAILED = system("$Failed")
RULES = (S.Rule, S.RuleDelayed)

symbol(
    "OptionsPattern",
    usage="OptionsPattern[] is a pattern for any number of options, looked up by OptionValue.",
)


def flat_rules(e: Any) -> list[Expr] | None:
    """The rules in a rule, an association or nested lists of rules; None where something else is in there."""
    if type(e) is Association:
        return list(e.rules())
    if is_list(e):
        found: list[Expr] = []
        for x in items(e):
            inner = flat_rules(x)
            if inner is None:
                return None
            found.extend(inner)
        return found
    return [e] if type(e) is Expr and e.head in RULES and len(e.args) == 2 else None


def _option_rule(entry: tuple[Any, Any, bool]) -> Expr:
    name, value, delayed = entry
    return Expr(S.RuleDelayed if delayed else S.Rule, (name, value))


def _function_options(ev: Any, f: Any) -> list[Expr] | None:
    """The default options that `f` stands for: a symbol, its name, a call (its own options), or rules."""
    if type(f) is str:
        f = ev.state.resolve(f)
    if type(f) is Symbol:
        attributes_of(f)
        return [_option_rule(entry) for entry in options_of(f).values()]
    rules = flat_rules(f)
    if rules is not None:
        return rules
    if is_list(f):
        found: list[Expr] = []
        for g in items(f):
            found.extend(_function_options(ev, g) or ())
        return found
    if type(f) is Expr:
        return [r for a in f.args for r in (flat_rules(a) or ())]
    return None


@builtin("OptionQ")
def option_q(ev: Any, expr: Any) -> Any:
    """OptionQ[expr] tells whether expr can be given for options: a rule, or a list of such, at any depth.

    >>> {OptionQ[a -> 1], OptionQ[{a :> 1, {b -> 2}}], OptionQ[{a}]}
    {True, True, False}
    """
    return truth(flat_rules(expr) is not None)


@builtin("Options", stateful=True)
def options(ev: Any, f: Any, name: Any = None) -> Any:
    """Options[f] gives the list of default options of the symbol f; Options[f, name] one of them.

    >>> Options[f] = {a -> 1, b -> 2}; Options[f, b]
    {b -> 2}
    """
    found = _function_options(ev, f)
    if found is None:
        return None
    if name is None:
        return make_list(found)
    wanted = [option_key(n) for n in (items(name) if is_list(name) else (name,))]
    return make_list(r for r in found if option_key(r.args[0]) in wanted)


@assigner("Options")
def assign_options(ev: Any, lhs: Expr, rhs: Any, delayed: bool) -> Any:
    """Options[f] = {...}."""
    if len(lhs.args) != 1:
        return None
    f = evaluate(lhs.args[0])
    if type(f) is not Symbol:
        return None
    if f.attributes & PROTECTED:
        ev.message("Set", "write", f, lhs)
        return FAILED
    value = evaluate(rhs)
    rules = flat_rules(value)
    if rules is None:
        ev.message("Options", "reps", value)
        return FAILED
    _store(f, rules)
    return NULL if delayed else value


@unassigner("Options")
def unassign_options(ev: Any, lhs: Expr) -> Any:
    """Options[f] =."""
    f = lhs.args[0] if len(lhs.args) == 1 else None
    if type(f) is not Symbol:
        return None
    f.touch()
    f.options = None
    return NULL


def _store(f: Symbol, rules: list[Expr]) -> None:
    f.touch()
    f.options = {option_key(r.args[0]): (r.args[0], r.args[1], r.head is S.RuleDelayed) for r in rules}


@builtin("SetOptions", messages={"near": "`1` is not a known option of `2`. Did you mean `3`?"})
def set_options(ev: Any, f: Any, *rules: Any) -> Any:
    """SetOptions[f, name -> value, ...] changes default options of the symbol f, and gives the new ones.

    >>> Options[f] = {a -> 1, b -> 2}; SetOptions[f, b -> 3]
    {a -> 1, b -> 3}
    """
    if type(f) is not Symbol:
        return None
    given = flat_rules(make_list(rules))
    if given is None:
        ev.message("SetOptions", "reps", make_list(rules))
        return None
    now = dict(options_of(f))
    for r in given:
        k = option_key(r.args[0])
        if k not in now:
            near = nearest(str(k), [str(x) for x in now])
            ev.message("SetOptions", "optnf" if near is None else "near", r.args[0], f, near or "")
            return None
        now[k] = (now[k][0], r.args[1], r.head is S.RuleDelayed)
    f.touch()
    f.options = now
    return make_list(_option_rule(entry) for entry in now.values())


@builtin(
    "OptionValue",
    stateful=True,
    messages={
        "optnf": "Option name `1` not found in defaults for `2`.",
        "nodef": "Unknown option `1` for `2`.",
        "near": "Unknown option `1` for `2`. Did you mean `3`?",
    },
)
def option_value(ev: Any, *args: Any) -> Any:
    """OptionValue[name] in a definition with OptionsPattern[] is the value of that option.
    OptionValue[f, name] is the default for f; OptionValue[f, {rules}, name] takes account
    of explicit settings.

    >>> Options[f] = {size -> 1}; f[OptionsPattern[]] := OptionValue[size]; {f[], f[size -> 5]}
    {1, 5}
    """
    if len(args) == 1 or not 2 <= len(args) <= 4:
        return None
    f = args[0]
    name = args[1] if len(args) == 2 else args[2]
    given = flat_rules(args[1]) if len(args) > 2 else []
    defaults = _function_options(ev, f)
    if given is None or defaults is None:
        return None
    known = {option_key(r.args[0]): r for r in reversed(defaults)}
    for r in given:
        if known and option_key(r.args[0]) not in known:
            near = nearest(str(option_key(r.args[0])), [str(k) for k in known])
            ev.message("OptionValue", "nodef" if near is None else "near", r.args[0], f, near or "")
    chosen = {**known, **{option_key(r.args[0]): r for r in reversed(given)}}
    hold = args[3] if len(args) == 4 else None

    def value(n: Any) -> Any:
        rule = chosen.get(option_key(n))
        if rule is None:
            ev.message("OptionValue", "optnf", n, f)
            return n
        return rule.args[1] if hold is None else Expr(hold, (rule.args[1],))

    return make_list(value(n) for n in items(name)) if is_list(name) else value(name)


@builtin("FilterRules")
def filter_rules(ev: Any, rules: Any, select: Any) -> Any:
    """FilterRules[rules, patt] gives the rules whose left sides match patt; FilterRules[rules, Options[f]]
    those that are options of f.

    >>> FilterRules[{a -> 1, b -> 2}, {b -> 0}]
    {b -> 2}
    """
    given = flat_rules(rules)
    if given is None:
        return None
    chosen = _function_options(ev, select) if type(select) is Symbol else None
    wanted = [select] if chosen is None else chosen
    parts = [x for w in wanted for x in (items(w) if is_list(w) else (w,))]
    names = {option_key(x.args[0]) for x in parts if type(x) is Expr and x.head in RULES}
    patterns = [ev.matching(x) for x in parts if not (type(x) is Expr and x.head in RULES)]
    literal = {option_key(x) for x in parts if type(x) in (Symbol, str)}

    def keeps(r: Expr) -> bool:
        k = option_key(r.args[0])
        return k in names or k in literal or any(p(r.args[0]) for p in patterns)

    return make_list(r for r in given if keeps(r))


# ---------------------------------------------------------------- Default


@builtin("Default", stateful=True)
def default(ev: Any, f: Any, *position: Any) -> Any:
    """Default[f] is the value that x_. stands for where it is absent in f[...]; Default[f, i] that of the
    i-th argument.

    >>> Default[Times]
    1
    >>> Default[f] = 7; Replace[f[a], f[x_, y_.] :> {x, y}]
    {a, 7}
    """
    if type(f) is not Symbol:
        return None
    index = position[0] if position and type(position[0]) is int else 0
    count = position[1] if len(position) > 1 and type(position[1]) is int else 0
    return default_value(Place(f, index, count))


@assigner("Default")
def assign_default(ev: Any, lhs: Expr, rhs: Any, delayed: bool) -> Any:
    """Default[f, ...] = value."""
    args = tuple(map(evaluate, lhs.args))
    if not args or type(args[0]) is not Symbol:
        return None
    f = args[0]
    if f.attributes & PROTECTED:
        ev.message("Set", "write", f, lhs)
        return FAILED
    add_rule(f, "default_values", Expr(S.Default, args), rhs)
    return NULL if delayed else rhs


@builtin("DefaultValues", stateful=True)
def default_values(ev: Any, f: Any) -> Any:
    """DefaultValues[f] gives the list of Default definitions for the symbol f.

    >>> Default[f, 2] = 0; DefaultValues[f]
    {HoldPattern[Default[f, 2]] :> 0}
    """
    if type(f) is not Symbol:
        return None
    return Expr(
        LIST,
        tuple(
            Expr(S.RuleDelayed, (Expr(S.HoldPattern, (lhs,)), rhs))
            for lhs, rhs in rules_of(f, "default_values")
        ),
    )
