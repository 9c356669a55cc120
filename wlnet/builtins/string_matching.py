"""Searching and replacing in strings by string patterns: StringCases, StringReplace,
StringMatchQ and their kin."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from wlnet.expr import FALSE, TRUE, Association, Expr, S, is_list, items, make_list, truth
from wlnet.kernel.registry import builtin, symbol

from .string_patterns import Match, PatternError, StringPattern, compile_pattern, substitute

EXPECTED = {
    "strse": "A string or list of strings is expected at position `1` in `2`.",
    "invld": "Element `1` is not a valid string or pattern element in `2`.",
}

for _name, _text in (
    ("DigitCharacter", "a digit 0 to 9"),
    ("LetterCharacter", "a letter"),
    ("WordCharacter", "a letter or digit"),
    ("WhitespaceCharacter", "a white-space character"),
    ("HexadecimalCharacter", "a hexadecimal digit"),
    ("PunctuationCharacter", "a punctuation character"),
    ("Whitespace", "a run of white-space characters"),
    ("NumberString", "the characters of a number"),
    ("StartOfString", "the beginning of the string"),
    ("EndOfString", "the end of the string"),
    ("StartOfLine", "the beginning of a line"),
    ("EndOfLine", "the end of a line"),
    ("WordBoundary", "the boundary of a word"),
):
    symbol(_name, usage=f"{_name} is a string pattern that stands for {_text}.")


@builtin("RegularExpression")
def regular_expression(ev: Any, *args: Any) -> Any:
    """RegularExpression["regex"] is a string pattern given by a regular expression.

    >>> StringCases["a12b345", RegularExpression["\\\\d+"]]
    {12, 345}
    """
    return None


def each_string(ev: Any, name: str, subject: Any, rest: tuple[Any, ...], act: Callable[[str], Any]) -> Any:
    """`act` of a string, or the list of it over strings; None (with `name::strse`) for anything else."""
    if type(subject) is str:
        return act(subject)
    if is_list(subject):
        if all(type(s) is str for s in items(subject)):
            return make_list(act(s) for s in items(subject))
        if any(is_list(s) for s in items(subject)):
            symbol_ = getattr(S, name)
            return make_list(Expr(symbol_, (s, *rest)) for s in items(subject))
    ev.message(name, "strse", 1, Expr(S.HoldForm, (Expr(getattr(S, name), (subject, *rest)),)))
    return None


def compiled(ev: Any, pattern: Any, ignore_case: Any, *, wildcards: bool = False) -> StringPattern | None:
    """The compiled pattern, or None with the message StringExpression::invld."""
    try:
        return compile_pattern(ev, pattern, ignore_case=ignore_case is TRUE, wildcards=wildcards)
    except PatternError as error:
        ev.message("StringExpression", "invld", error.element, pattern)
        return None


@builtin(
    "StringExpression",
    messages={"invld": "Element `1` is not a valid string or pattern element in `2`."},
)
def string_expression(ev: Any, *parts: Any) -> Any:
    """p1 ~~ p2 ~~ ... is a string pattern that stands for the parts one after another.

    >>> {"a" ~~ "b", StringMatchQ["ab12", "ab" ~~ DigitCharacter ..]}
    {ab, True}
    """
    out: list[Any] = []
    for p in parts:
        inner = p.args if type(p) is Expr and p.head is S.StringExpression else (p,)
        for q in inner:
            if type(q) is str and out and type(out[-1]) is str:
                out[-1] += q
            else:
                out.append(q)
    if len(out) == 1:
        return out[0]
    if not out:
        return ""
    return None if len(out) == len(parts) else Expr(S.StringExpression, tuple(out))


@builtin("StringMatchQ", operator=0, messages=EXPECTED)
def string_match_q(ev: Any, string: Any, pattern: Any, *, ignore_case: Any = FALSE) -> Any:
    """StringMatchQ["string", patt] gives True if the whole string matches the string pattern.
    In a plain string pattern, * stands for any characters and @ for any that are not uppercase.

    >>> {StringMatchQ["abc", "a" ~~ __], StringMatchQ["abc", "a*"]}
    {True, True}
    >>> StringMatchQ[{"a", "B"}, "b", IgnoreCase -> True]
    {False, True}
    """
    p = compiled(ev, pattern, ignore_case, wildcards=True)
    if p is None:
        return None
    return each_string(ev, "StringMatchQ", string, (pattern,), lambda s: truth(p.full(s) is not None))


@builtin("StringContainsQ", operator=0, messages=EXPECTED)
def string_contains_q(ev: Any, string: Any, pattern: Any, *, ignore_case: Any = FALSE) -> Any:
    """StringContainsQ["string", patt] gives True if a part of the string matches patt.

    >>> {StringContainsQ["banana", "nan"], StringContainsQ["banana", DigitCharacter]}
    {True, False}
    """
    p = compiled(ev, pattern, ignore_case)
    if p is None:
        return None
    return each_string(ev, "StringContainsQ", string, (pattern,), lambda s: truth(p.next(s, 0) is not None))


@builtin("StringFreeQ", operator=0, messages=EXPECTED)
def string_free_q(ev: Any, string: Any, pattern: Any, *, ignore_case: Any = FALSE) -> Any:
    """StringFreeQ["string", patt] gives True if no part of the string matches patt.

    >>> StringFreeQ["banana", "x"]
    True
    """
    p = compiled(ev, pattern, ignore_case)
    if p is None:
        return None
    return each_string(ev, "StringFreeQ", string, (pattern,), lambda s: truth(p.next(s, 0) is None))


@builtin("StringStartsQ", operator=0, messages=EXPECTED)
def string_starts_q(ev: Any, string: Any, pattern: Any, *, ignore_case: Any = FALSE) -> Any:
    """StringStartsQ["string", patt] gives True if the beginning of the string matches patt.

    >>> {StringStartsQ["Hello", "He"], StringStartsQ["hello", "HE", IgnoreCase -> True]}
    {True, True}
    """
    p = compiled(ev, Expr(S.StringExpression, (S.StartOfString, pattern)), ignore_case)
    if p is None:
        return None
    return each_string(ev, "StringStartsQ", string, (pattern,), lambda s: truth(p.next(s, 0) is not None))


@builtin("StringEndsQ", operator=0, messages=EXPECTED)
def string_ends_q(ev: Any, string: Any, pattern: Any, *, ignore_case: Any = FALSE) -> Any:
    """StringEndsQ["string", patt] gives True if the end of the string matches patt.

    >>> StringEndsQ[{"a.wl", "b.txt"}, ".wl"]
    {True, False}
    """
    p = compiled(ev, Expr(S.StringExpression, (pattern, S.EndOfString)), ignore_case)
    if p is None:
        return None
    return each_string(ev, "StringEndsQ", string, (pattern,), lambda s: truth(p.next(s, 0) is not None))


@builtin("StringCount", operator=0, messages=EXPECTED)
def string_count(
    ev: Any, string: Any, pattern: Any, *, ignore_case: Any = FALSE, overlaps: Any = FALSE
) -> Any:
    """StringCount["string", patt] gives the number of parts of the string that match patt.

    >>> {StringCount["banana", "an"], StringCount["abababa", "aba", Overlaps -> True]}
    {2, 3}
    """
    p = compiled(ev, pattern, ignore_case)
    if p is None:
        return None

    def count(s: str) -> int:
        return sum(1 for _ in p.matches(s, overlaps))

    return each_string(ev, "StringCount", string, (pattern,), count)


@builtin("StringPosition", operator=0, messages=EXPECTED)
def string_position(
    ev: Any, string: Any, pattern: Any, most: Any = None, *, ignore_case: Any = FALSE, overlaps: Any = TRUE
) -> Any:
    """StringPosition["string", patt] gives the places {start, end} where patt matches.
    StringPosition["string", patt, n] gives the first n.

    >>> StringPosition["abXYZaaabXYZ", "XYZ"]
    {{3, 5}, {10, 12}}
    """
    p = compiled(ev, pattern, ignore_case)
    limit = limit_of(most)
    if p is None or limit is None:
        return None

    def positions(s: str) -> Any:
        found = []
        for m in p.matches(s, overlaps):
            if len(found) >= limit:
                break
            found.append(make_list((m.start + 1, m.end)))
        return make_list(found)

    return each_string(ev, "StringPosition", string, (pattern,), positions)


def limit_of(n: Any) -> int | None:
    """A count argument: an integer, Infinity, All or nothing."""
    if n is None or n is S.All or (type(n) is Expr and n.head is S.DirectedInfinity):
        return 1 << 62
    if type(n) is Expr and n.head is S.UpTo and type(n.args[0]) is int:
        return int(n.args[0])
    return n if type(n) is int and n >= 0 else None


# ---------------------------------------------------------------------------------------------- rules


def string_rules(
    ev: Any, name: str, rules: Any, ignore_case: Any
) -> list[tuple[StringPattern, Any, bool]] | None:
    """Replacement rules as (pattern, right side, delayed); None with a message when they are none."""
    if type(rules) is Association:
        rules = make_list(rules.rules())
    listed = items(rules) if is_list(rules) else (rules,)
    found = []
    for rule in listed:
        if type(rule) is Expr and rule.head is S.List:
            inner = string_rules(ev, name, rule, ignore_case)
            if inner is None:
                return None
            found += inner
            continue
        if type(rule) is not Expr or rule.head not in (S.Rule, S.RuleDelayed) or len(rule.args) != 2:
            ev.message(name, "srep", rule)
            return None
        p = compiled(ev, rule.args[0], ignore_case)
        if p is None:
            return None
        found.append((p, rule.args[1], rule.head is S.RuleDelayed))
    return found


def right_side(ev: Any, rule: tuple[StringPattern, Any, bool], m: Match) -> Any:
    """The value that a rule gives for a match."""
    pattern, value, _ = rule
    if type(value) is str:
        return _numbered(value, m) if pattern.numbered and "$" in value else value
    value = substitute(value, m.binds)
    if pattern.numbered:
        value = _number_strings(value, m)
    return ev.evaluate(value)


def _numbered(text: str, m: Match) -> str:
    """`text` with $0, $1, ... replaced by the groups of a regular expression."""

    def group(found: re.Match[str]) -> str:
        n = int(found.group(1))
        return (m.groups.group(n) or "") if n <= (m.groups.re.groups or 0) else found.group()

    return re.sub(r"\$(\d)", group, text)


def _number_strings(value: Any, m: Match) -> Any:
    if type(value) is str:
        return _numbered(value, m)
    if type(value) is Expr:
        return Expr(value.head, tuple(_number_strings(a, m) for a in value.args))
    return value


REPLACE = EXPECTED | {"srep": "`1` is not a valid string replacement rule."}


@builtin("StringReplace", operator=0, messages=REPLACE)
def string_replace(ev: Any, string: Any, rules: Any, most: Any = None, *, ignore_case: Any = FALSE) -> Any:
    """StringReplace["string", {patt1 -> new1, ...}] replaces the parts that match.
    StringReplace["string", rules, n] replaces only the first n.

    >>> StringReplace["abcabc", {"a" -> "X", "b" -> "Y"}]
    XYcXYc
    >>> StringReplace["a1b22", x : DigitCharacter .. :> "<" <> x <> ">"]
    a<1>b<22>
    """
    found = string_rules(ev, "StringReplace", rules, ignore_case)
    limit = limit_of(most)
    if found is None or limit is None:
        return None
    return each_string(ev, "StringReplace", string, (rules,), lambda s: replaced(ev, s, found, limit))


def _replaced_by_one(ev: Any, s: str, rule: Any, limit: int) -> Any:
    group = rule[0].group_of(rule[1])
    if group is not None and limit > len(s):  # a variable alone on the right
        return rule[0].regex.sub(lambda m: m.group(group) or "", s)
    out: list[Any] = []
    at = 0
    for done, m in enumerate(rule[0].find(s)):
        if done >= limit:
            break
        out.append(s[at : m.start])
        out.append(right_side(ev, rule, m))
        at = m.end
    out.append(s[at:])
    return joined(out)


def replaced(ev: Any, s: str, rules: list[Any], limit: int) -> Any:
    """`s` with matches replaced: at each place the first rule that matches there wins."""
    if len(rules) == 1:
        return _replaced_by_one(ev, s, rules[0], limit)
    out: list[Any] = []
    at = 0
    done = 0
    pending: list[Match | None] = [rule[0].next(s, 0) for rule in rules]
    while done < limit:
        best = None
        for i, m in enumerate(pending):
            if m is not None and m.start < at:
                m = pending[i] = rules[i][0].next(s, at)
            if m is not None and (best is None or m.start < pending[best].start):  # type: ignore[union-attr]
                best = i
        if best is None:
            break
        m = pending[best]
        assert m is not None
        out.append(s[at : m.start])
        out.append(right_side(ev, rules[best], m))
        done += 1
        if m.end == m.start:
            out.append(s[m.end : m.end + 1])
            at = m.end + 1
            if at > len(s):
                break
            pending[best] = rules[best][0].next(s, at)
        else:
            at = m.end
    out.append(s[at:])
    return joined(out)


def joined(parts: list[Any]) -> Any:
    """Strings joined; a StringExpression when something else stands among them."""
    if all(type(p) is str for p in parts):
        return "".join(parts)
    return Expr(S.StringExpression, tuple(p for p in parts if type(p) is not str or p))


@builtin("StringReplaceList", operator=0, messages=REPLACE)
def string_replace_list(
    ev: Any, string: Any, rules: Any, most: Any = None, *, ignore_case: Any = FALSE
) -> Any:
    """StringReplaceList["string", rules] gives the strings that come
    from replacing one single match, all ways.

    >>> StringReplaceList["aba", "a" -> "X"]
    {Xba, abX}
    """
    found = string_rules(ev, "StringReplaceList", rules, ignore_case)
    limit = limit_of(most)
    if found is None or limit is None:
        return None

    def all_ways(s: str) -> Any:
        results = []
        for rule in found:
            for m in rule[0].find(s, overlaps=True):
                results.append(joined([s[: m.start], right_side(ev, rule, m), s[m.end :]]))
        return make_list(results[:limit])

    return each_string(ev, "StringReplaceList", string, (rules,), all_ways)


@builtin("StringReplacePart", messages=EXPECTED)
def string_replace_part(ev: Any, string: Any, new: Any, positions: Any) -> Any:
    """StringReplacePart["string", "new", {m, n}] replaces the characters m to n by "new".
    StringReplacePart["string", "new", {{m1, n1}, ...}] replaces several parts; a list of new strings goes
    with them.

    >>> {StringReplacePart["abcdef", "XX", {2, 3}], StringReplacePart["abcdef", {"1", "2"}, {{1, 1}, {5, 6}}]}
    {aXXdef, 1bcd2}
    """
    if type(string) is not str or not is_list(positions):
        return None
    spans = [items(p) for p in items(positions)] if is_list(items(positions)[0]) else [items(positions)]
    news = list(items(new)) if is_list(new) else [new] * len(spans)
    if len(news) != len(spans) or not all(type(t) is str for t in news):
        return None
    n = len(string)
    places = []
    for (m, e), text in zip(spans, news, strict=True):
        places.append((m - 1 if m > 0 else n + m, e if e > 0 else n + e + 1, text))
    for start, end, text in sorted(places, reverse=True):
        string = string[:start] + text + string[end:]
    return string


@builtin("StringCases", operator=0, messages=EXPECTED)
def string_cases(
    ev: Any, string: Any, pattern: Any, most: Any = None, *, ignore_case: Any = FALSE, overlaps: Any = FALSE
) -> Any:
    """StringCases["string", patt] gives the parts of the string that match patt.
    StringCases["string", lhs -> rhs] gives the values of rhs; a third argument n limits their number.

    >>> StringCases["a12b3", DigitCharacter ..]
    {12, 3}
    >>> StringCases["k1=v1;k2=v2", k__ ~~ "=" ~~ v : Except[";"] .. :> {k, v}]
    {{k1=v1;k2, v2}}
    """
    listed = items(pattern) if is_list(pattern) else (pattern,)
    rules = []
    for one in listed:
        is_rule = type(one) is Expr and one.head in (S.Rule, S.RuleDelayed)
        p = compiled(ev, one.args[0] if is_rule else one, ignore_case)
        if p is None:
            return None
        rules.append((p, one.args[1] if is_rule else None, is_rule and one.head is S.RuleDelayed))
    limit = limit_of(most)
    if limit is None:
        return None
    if overlaps is S.All:
        return each_string(ev, "StringCases", string, (pattern,), lambda s: _all_cases(ev, s, rules, limit))
    every = overlaps is TRUE
    return each_string(ev, "StringCases", string, (pattern,), lambda s: _cases(ev, s, rules, limit, every))


def earliest(rules: list[Any], s: str, at: int) -> tuple[Match, Any] | None:
    """The match that begins first at or after `at`, with its rule; of equal ones the first rule's."""
    best = None
    for rule in rules:
        m = rule[0].next(s, at)
        if m is not None and (best is None or m.start < best[0].start):
            best = (m, rule)
    return best


def _cases(ev: Any, s: str, rules: list[Any], limit: int, every: bool) -> Any:
    found: list[Any] = []
    at = 0
    while at <= len(s) and len(found) < limit:
        best = earliest(rules, s, at)
        if best is None:
            break
        m, rule = best
        found.append(m.text if rule[1] is None else right_side(ev, rule, m))
        at = m.start + 1 if every or m.end == m.start else m.end
    return make_list(found)


def _all_cases(ev: Any, s: str, rules: list[Any], limit: int) -> Any:
    """What every part of the string that matches gives, in the order of their beginnings."""
    found = [(m, rule) for rule in rules for m in rule[0].every(s)]
    found.sort(key=lambda pair: (pair[0].start, -pair[0].end))
    return make_list(m.text if rule[1] is None else right_side(ev, rule, m) for m, rule in found[:limit])


@builtin("StringDelete", operator=0, messages=EXPECTED)
def string_delete(ev: Any, string: Any, pattern: Any, *, ignore_case: Any = FALSE) -> Any:
    """StringDelete["string", patt] deletes every part that matches patt.

    >>> StringDelete["a1b2c3", DigitCharacter]
    abc
    """
    p = compiled(ev, pattern, ignore_case)
    if p is None:
        return None
    rules = [(p, "", False)]
    return each_string(ev, "StringDelete", string, (pattern,), lambda s: replaced(ev, s, rules, 1 << 62))
