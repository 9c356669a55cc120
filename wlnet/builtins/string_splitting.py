"""StringSplit and StringExtract: strings cut at what matches a pattern."""

from __future__ import annotations

from typing import Any

from wlnet.expr import FALSE, Expr, S, is_list, items, make_list
from wlnet.kernel.registry import builtin, option_key

from .sequences import SequenceError, span_range
from .string_matching import EXPECTED, compiled, each_string, earliest, limit_of, right_side


@builtin("StringSplit", messages=EXPECTED)
def string_split(ev: Any, string: Any, *args: Any) -> Any:
    """StringSplit["string"] splits at white space; StringSplit["string", patt] at the parts that match patt.
    StringSplit["string", patt -> val] puts val between the pieces; a third argument n gives at most n
    pieces, All keeps empty pieces at the ends.

    >>> {StringSplit["a bb  ccc"], StringSplit["a,b,,c", ","], StringSplit["a1b2", x : DigitCharacter :> x]}
    {{a, bb, ccc}, {a, b, , c}, {a, 1, b, 2}}
    """
    # The option is read here: a pattern such as DigitCharacter -> val would be taken for one elsewhere.
    ignore_case: Any = FALSE
    last = args[-1] if args else None
    if type(last) is Expr and last.head is S.Rule and option_key(last.args[0]) == "IgnoreCase":
        ignore_case, args = last.args[1], args[:-1]
    if len(args) > 2:
        return None
    pattern, most = (*args, None, None)[:2]
    keep_ends = most is S.All
    limit = limit_of(most)
    if limit is None:
        return None
    given = S.Whitespace if pattern is None else pattern
    rules = _split_rules(ev, given, ignore_case)
    if rules is None:
        return None
    trim = pattern is None
    rest = () if pattern is None else (pattern,)

    def split(s: str) -> Any:
        return make_list(s.split() if trim else _pieces(ev, s, rules, limit, keep_ends))

    return each_string(ev, "StringSplit", string, rest, split)


S.StringSplit.builtin.options["IgnoreCase"] = FALSE


def _split_rules(ev: Any, given: Any, ignore_case: Any) -> list[Any] | None:
    rules = []
    for one in items(given) if is_list(given) else (given,):
        is_rule = type(one) is Expr and one.head in (S.Rule, S.RuleDelayed)
        p = compiled(ev, one.args[0] if is_rule else one, ignore_case)
        if p is None:
            return None
        rules.append((p, one.args[1] if is_rule else None, is_rule and one.head is S.RuleDelayed))
    return rules


def _pieces(ev: Any, s: str, rules: list[Any], limit: int, keep_ends: bool) -> list[Any]:
    out: list[Any] = []
    at, search = 0, 0
    pieces = 1
    while pieces < limit and search <= len(s):
        best = earliest(rules, s, search)
        if best is None:
            break
        m, rule = best
        if m.end == m.start:  # a place between characters
            if m.start == 0 or m.start >= len(s):
                search = m.start + 1
                continue
            search = m.start + 1
        else:
            search = m.end
        out.append(s[at : m.start])
        pieces += 1
        if rule[1] is not None:
            out.append(right_side(ev, rule, m))
        at = m.end
    out.append(s[at:])
    if not keep_ends:
        if out and out[0] == "":
            out = out[1:]
        if out and out[-1] == "":
            out = out[:-1]
    return out


@builtin("StringExtract", messages=EXPECTED)
def string_extract(ev: Any, string: Any, *specs: Any) -> Any:
    """StringExtract["string", n] gives the n-th block between white space; sep -> n uses the separator sep.

    >>> {StringExtract["a b c", 2], StringExtract["x,y,z", "," -> {1, 3}]}
    {b, {x, z}}
    """
    if type(string) is not str or not specs:
        return None
    separator: Any = None
    spec, *rest = specs
    if type(spec) is Expr and spec.head is S.Rule:
        separator, spec = spec.args
    pieces = (
        string.split() if separator is None else string.split(separator) if type(separator) is str else None
    )
    if pieces is None:
        return None
    if spec is S.All:
        found: Any = make_list(pieces)
    elif type(spec) is int:
        found = _block(pieces, spec)
    elif is_list(spec):
        found = make_list(_block(pieces, n) for n in items(spec))
    elif type(spec) is Expr and spec.head is S.Span:
        try:
            found = make_list(pieces[i] for i in span_range(spec, len(pieces)))
        except SequenceError:
            return Expr(S.Missing, ("PartAbsent", spec))
    else:
        return None
    if not rest:
        return found
    if is_list(found):
        return make_list(Expr(S.StringExtract, (f, *rest)) for f in items(found))
    return Expr(S.StringExtract, (found, *rest))


def _block(pieces: list[str], n: Any) -> Any:
    if type(n) is int and n and abs(n) <= len(pieces):
        return pieces[n - 1 if n > 0 else n]
    return Expr(S.Missing, ("PartAbsent", n))
