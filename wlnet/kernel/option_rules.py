"""Options in calls: which trailing arguments they are, how they are named, what a function's options are."""

from __future__ import annotations

from typing import Any

from wlnet.expr import LIST, Expr, S, Symbol, system

RULES = (S.Rule, S.RuleDelayed)


def option_key(name: Any) -> Any:
    """Options are told apart by name alone: a symbol and a string of that name are the same."""
    return name.name if type(name) is Symbol else name


def split_options(record: Any, args: tuple[Any, ...]) -> tuple[int, list[Expr]]:
    """How many of `args` are positional, and the rules of the trailing options, for a `registry.Builtin`.

    A rule for a known option is one wherever it stands. One for an unknown name is an argument where the
    function needs one; where an optional argument may stand, it is an option if the name is a symbol, else
    that argument (which it always is where the function `takes_rules`).
    """
    count = len(args)
    found: list[Expr] = []
    while count:
        rules = _option_rules(args[count - 1])
        if rules is None:
            break
        known = [option_key(r.args[0]) in record.keywords for r in rules]
        if not all(known) and count <= record.least:
            break
        if not any(known) and count <= record.most:
            single = type(args[count - 1]) is Expr and args[count - 1].head in RULES
            if record.takes_rules or not (single and type(rules[0].args[0]) is Symbol):
                break
        found[:0] = rules
        count -= 1
    return count, found


def _option_rules(e: Any) -> list[Expr] | None:
    """The rules of an option argument: a rule for a symbol or string, or a list of such."""
    if type(e) is not Expr:
        return None
    if e.head in RULES:
        return [e] if len(e.args) == 2 and type(e.args[0]) in (Symbol, str) else None
    if e.head is not LIST:
        return None
    found: list[Expr] = []
    for x in e.args:
        rules = _option_rules(x)
        if rules is None:
            return None
        found.extend(rules)
    return found if found else None


def unknown_option(ev: Any, function: Symbol, name: Any, known: list[str], where: Any) -> None:
    """The message for an option that a function does not have, naming the nearest one it has."""
    near = nearest(str(option_key(name)), known)
    ev.message(function.name, "optx" if near is None else "optnear", name, where, near or "")


def nearest(name: str, known: list[str]) -> str | None:
    """The known name most like `name`, if any is like it."""
    import difflib

    lower = {k.lower(): k for k in known}
    found = difflib.get_close_matches(name.lower(), list(lower), n=1, cutoff=0.6)
    return lower[found[0]] if found else None


def options_of(s: Symbol) -> dict[str, tuple[Any, Any, bool]]:
    """The options of a symbol: name -> (name as written, value, delayed)."""
    if s.options is not None:
        return s.options  # type: ignore[no-any-return]
    record = s.builtin
    if record is None:
        return {}
    return {name: (system(name), value, False) for name, value in record.options.items()}
