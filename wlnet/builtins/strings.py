"""Strings: joining, taking apart, padding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from wlnet.expr import FALSE, Expr, S, is_list, items, make_list, same, truth
from wlnet.expr.attributes import FLAT, LISTABLE, ONE_IDENTITY
from wlnet.kernel.registry import builtin

from .sequences import SequenceError, span_range, take_range

STRING = {
    "string": "String expected at position `1` in `2`.",
    "strse": "A string or list of strings is expected at position `1` in `2`.",
    "take": "Cannot take positions `1` through `2` in `3`.",
    "drop": "Cannot drop positions `1` through `2` in `3`.",
    "seqs": "A sequence specification (n, -n, {n}, {m, n} or {m, n, s}) is expected at position `1` in `2`.",
}


# Strings made by repeating or padding may not grow beyond this many characters.
MAX_LENGTH = 1 << 31


def held(name: str, args: tuple[Any, ...]) -> Expr:
    """HoldForm[name[args]], for messages."""
    return Expr(S.HoldForm, (Expr(getattr(S, name), args),))


def over_strings(ev: Any, name: str, args: tuple[Any, ...], act: Callable[[str], Any]) -> Any:
    """`act` of the first argument, threaded over lists; None with `name::strse` when it is no string."""
    subject = args[0]
    if type(subject) is str:
        return act(subject)
    if is_list(subject):
        symbol = getattr(S, name)
        if all(type(s) is str for s in items(subject)):
            return make_list(act(s) for s in items(subject))
        return make_list(Expr(symbol, (s, *args[1:])) for s in items(subject))
    ev.message(name, "strse", 1, held(name, args))
    return None


@builtin(
    "StringJoin",
    attributes=FLAT | ONE_IDENTITY,
    messages={"string": "String expected at position `1` in `2`."},
)
def string_join(ev: Any, *strings: Any) -> Any:
    """ "s1" <> "s2" <> ... joins strings; StringJoin[{"s1", "s2", ...}] those of a list.

    >>> {"a" <> "b", StringJoin[{"x", {"y", "z"}}]}
    {ab, xyz}
    """
    found: list[str] = []
    for i, s in enumerate(strings):
        if not _collect(s, found):
            ev.message("StringJoin", "string", i + 1, held("StringJoin", strings))
            return None
    return "".join(found)


def _collect(s: Any, out: list[str]) -> bool:
    if type(s) is str:
        out.append(s)
        return True
    return is_list(s) and all(_collect(x, out) for x in items(s))


@builtin("StringLength", attributes=LISTABLE, messages=STRING)
def string_length(ev: Any, s: Any) -> Any:
    """StringLength["string"] gives the number of characters.

    >>> StringLength[{"abc", ""}]
    {3, 0}
    """
    if type(s) is str:
        return len(s)
    ev.message("StringLength", "string", 1, held("StringLength", (s,)))
    return None


def _part(ev: Any, name: str, s: str, spec: Any, keep: bool) -> Any:
    """StringTake (keep) or StringDrop by a sequence specification; None with a message."""
    try:
        places = take_range(spec, len(s))
    except SequenceError as error:
        if error.start is None:
            ev.message(name, "seqs", 2, held(name, (s, spec)))
        else:
            ev.message(name, "take" if keep else "drop", error.start, error.stop, s)
        return None
    if keep:
        return "".join([s[i] for i in places])
    gone = set(places)
    return "".join([c for i, c in enumerate(s) if i not in gone])


def _specs(spec: Any) -> tuple[Any, ...] | None:
    """The members of a list of sequence specifications, {{1}, {2, 3}} or {2, {1}}; None for a single one."""
    if is_list(spec) and type(spec) is not np.ndarray:
        inner = items(spec)
        if any(is_list(x) or (type(x) is Expr and x.head in (S.Span, S.UpTo)) for x in inner):
            return inner
    elif is_list(spec) and spec.ndim == 2:
        return items(spec)
    return None


@builtin("StringTake", operator=0, messages=STRING)
def string_take(ev: Any, string: Any, spec: Any) -> Any:
    """StringTake["string", n] gives the first n characters, -n the last n, {n} the n-th, {m, n} those from
    m to n.
    StringTake["string", {spec1, spec2, ...}] gives a list; UpTo[n] takes as many as there are.

    >>> {StringTake["abcdef", 3], StringTake["abcdef", -2], StringTake["abcdef", {2, 4}]}
    {abc, ef, bcd}
    >>> {StringTake["ab", UpTo[5]], StringTake["abc", {1, {2, 3}}]}
    {ab, {a, bc}}
    """
    many = _specs(spec)

    def take(s: str) -> Any:
        if many is None:
            return _part(ev, "StringTake", s, spec, True)
        return make_list([_part(ev, "StringTake", s, one, True) for one in many])

    return _whole(over_strings(ev, "StringTake", (string, spec), take))


def _whole(value: Any) -> Any:
    """`value`, or None when a part of it failed (with its message)."""
    if type(value) is Expr and value.head is S.List and any(a is None for a in value.args):
        return None
    return value


@builtin("StringDrop", operator=0, messages=STRING)
def string_drop(ev: Any, string: Any, spec: Any) -> Any:
    """StringDrop["string", n] drops the first n characters, -n the last n, {n} the n-th, {m, n} those from
    m to n.

    >>> {StringDrop["abcdef", 2], StringDrop["abcdef", -2], StringDrop["abcdef", {2, 4}]}
    {cdef, abcd, aef}
    """
    return _whole(
        over_strings(ev, "StringDrop", (string, spec), lambda s: _part(ev, "StringDrop", s, spec, False))
    )


@builtin("StringPart", operator=0, messages=STRING | {"partw": "Part `1` of `2` does not exist."})
def string_part(ev: Any, string: Any, n: Any) -> Any:
    """StringPart["string", n] gives the n-th character; StringPart["string", {n1, n2, ...}] gives a list of
    them.

    >>> {StringPart["abc", 2], StringPart["abc", {1, -1}]}
    {b, {a, c}}
    """

    def one(s: str, i: Any) -> Any:
        if type(i) is int and i and abs(i) <= len(s):
            return s[i - 1 if i > 0 else i]
        ev.message("StringPart", "partw", i, s)
        return None

    def part(s: str) -> Any:
        if n is S.All or (type(n) is Expr and n.head is S.Span):
            try:
                return make_list(s[i] for i in (range(len(s)) if n is S.All else span_range(n, len(s))))
            except SequenceError:
                return one(s, n)
        return make_list([one(s, i) for i in items(n)]) if is_list(n) else one(s, n)

    return _whole(over_strings(ev, "StringPart", (string, n), part))


@builtin("StringInsert", operator=0, messages=STRING | {"ins": "Cannot insert at position `1` in `2`."})
def string_insert(ev: Any, string: Any, new: Any, places: Any = None) -> Any:
    """StringInsert["string", "new", n] inserts "new" so that it starts at character n; -n counts from the
    end.
    StringInsert["string", "new", {n1, n2, ...}] inserts at several places of the original string.

    >>> {StringInsert["abcd", "X", 2], StringInsert["abcd", "X", -1], StringInsert["abcd", "-", {2, 4}]}
    {aXbcd, abcdX, a-bc-d}
    """
    if type(new) is not str or places is None:
        return None

    def insert(s: str) -> Any:
        wanted = items(places) if is_list(places) else (places,)
        found = []
        for n in wanted:
            if type(n) is not int or n == 0 or abs(n) > len(s) + 1:
                ev.message("StringInsert", "ins", n, s)
                return None
            found.append(n - 1 if n > 0 else len(s) + 1 + n)
        for at in sorted(found, reverse=True):
            s = s[:at] + new + s[at:]
        return s

    return _whole(over_strings(ev, "StringInsert", (string, new, places), insert))


@builtin("StringReverse", attributes=LISTABLE, messages=STRING)
def string_reverse(ev: Any, s: Any) -> Any:
    """StringReverse["string"] reverses the order of the characters.

    >>> StringReverse["abc"]
    cba
    """
    return over_strings(ev, "StringReverse", (s,), lambda t: t[::-1])


@builtin("PalindromeQ")
def palindrome_q(ev: Any, s: Any) -> Any:
    """PalindromeQ[s] tells whether a string, a list or the digits of an integer read the same backwards.

    >>> PalindromeQ /@ {"noon", "loan", {1, 2, 1}, 1221}
    {True, False, True, True}
    """
    if type(s) is int:
        s = str(abs(s))
    if type(s) is str:
        return truth(s == s[::-1])
    if is_list(s):
        inner = list(items(s))
        return truth(all(same(a, b) for a, b in zip(inner, reversed(inner), strict=True)))
    return FALSE


@builtin("StringRepeat", messages=STRING)
def string_repeat(ev: Any, s: Any, n: Any, *most: Any) -> Any:
    """StringRepeat["string", n] repeats the string n times; StringRepeat["string", n, max] keeps at most
    max characters.

    >>> {StringRepeat["ab", 3], StringRepeat["ab", 3, 5]}
    {ababab, ababa}
    """
    if type(n) is not int or not 0 <= n <= MAX_LENGTH or len(most) > 1 or (most and type(most[0]) is not int):
        return None
    return over_strings(ev, "StringRepeat", (s, n, *most), lambda t: (t * n)[: most[0]] if most else t * n)


def _padded(ev: Any, name: str, s: Any, n: Any, padding: Any, left: bool) -> Any:
    if n is None or n is S.Automatic:  # pad a list of strings to the longest
        if not is_list(s) or not all(type(t) is str for t in items(s)):
            return None
        n = max((len(t) for t in items(s)), default=0)
    if type(n) is not int or not 0 <= n <= MAX_LENGTH or type(padding) is not str or not padding:
        return None

    def pad(t: str) -> str:
        if len(t) >= n:
            return t[len(t) - n :] if left else t[:n]
        gap = n - len(t)
        if left:
            run = padding * (gap // len(padding) + 1)
            return run[len(run) - gap :] + t if len(padding) > 1 else padding * gap + t
        return t + (padding * (gap // len(padding) + 1))[:gap]

    return over_strings(ev, name, (s, n, padding), pad)


@builtin("StringPadLeft", messages=STRING)
def string_pad_left(ev: Any, s: Any, n: Any = None, padding: Any = " ") -> Any:
    """StringPadLeft["string", n] makes a string of length n by padding on the left with blanks or cutting
    there.
    StringPadLeft["string", n, "pad"] pads with "pad".

    >>> {StringPadLeft["7", 3, "0"], StringPadLeft["abcd", 2], StringPadLeft[{"a", "bbb"}]}
    {007, cd, {  a, bbb}}
    """
    return _padded(ev, "StringPadLeft", s, n, padding, True)


@builtin("StringPadRight", messages=STRING)
def string_pad_right(ev: Any, s: Any, n: Any = None, padding: Any = " ") -> Any:
    """StringPadRight["string", n] makes a string of length n by padding on the right with blanks or cutting
    there.

    >>> {StringPadRight["ab", 4, "."], StringPadRight["abcd", 2]}
    {ab.., ab}
    """
    return _padded(ev, "StringPadRight", s, n, padding, False)


@builtin("StringTrim", messages=STRING)
def string_trim(ev: Any, s: Any, pattern: Any = None) -> Any:
    """StringTrim["string"] removes white space from both ends; StringTrim["string", patt] what matches patt.

    >>> {StringTrim["  ab c "], StringTrim["xxabxx", "x" ..]}
    {ab c, ab}
    """
    if pattern is None:
        return over_strings(ev, "StringTrim", (s,), str.strip)
    from .string_matching import compiled

    p = compiled(ev, pattern, None)
    if p is None:
        return None

    def trim(t: str) -> str:
        m = p.regex.match(t)
        if m is not None:
            t = t[m.end() :]
        for found in p.find(t, overlaps=True):
            if found.end == len(t) and found.end > found.start:
                return t[: found.start]
        return t

    return over_strings(ev, "StringTrim", (s, pattern), trim)


@builtin("StringRiffle", messages=STRING)
def string_riffle(ev: Any, parts: Any, *separators: Any) -> Any:
    """StringRiffle[{e1, e2, ...}] joins the forms of the elements with blanks; StringRiffle[list, "sep"]
    with "sep".
    StringRiffle[list, {"left", "sep", "right"}] puts strings around; further separators serve deeper
    levels.

    >>> {StringRiffle[{"a", "b"}], StringRiffle[{1, 2, x}, ", "], StringRiffle[{"a", "b"}, {"(", "-", ")"}]}
    {a b, 1, 2, x, (a-b)}
    """
    if not is_list(parts):
        return None
    if not separators:
        nested = any(is_list(x) for x in items(parts))
        separators = ("\n", " ") if nested else (" ",)
    return _riffled(ev, parts, separators)


def _riffled(ev: Any, x: Any, separators: tuple[Any, ...]) -> Any:
    if type(x) is str:
        return x
    if not is_list(x) or not separators:
        return ev.text(x, "OutputForm")
    spec, *deeper = separators
    left, between, right = "", spec, ""
    if is_list(spec):
        if len(items(spec)) != 3:
            return None
        left, between, right = items(spec)
    if not all(type(t) is str for t in (left, between, right)):
        return None
    inner = [_riffled(ev, y, tuple(deeper) if deeper else (" ",)) for y in items(x)]
    return None if None in inner else left + between.join(inner) + right


@builtin("StringPartition", messages=STRING)
def string_partition(ev: Any, s: Any, n: Any, *step: Any) -> Any:
    """StringPartition["string", n] splits the string into pieces of length n; StringPartition["string", n,
    d] with offset d.

    >>> {StringPartition["abcdef", 2], StringPartition["abcd", 2, 1]}
    {{ab, cd, ef}, {ab, bc, cd}}
    """
    upto = type(n) is Expr and n.head is S.UpTo
    size = n.args[0] if upto else n
    offset = step[0] if step else size
    if type(size) is not int or type(offset) is not int or size < 1 or offset < 1:
        return None

    def split(t: str) -> Any:
        starts = range(0, len(t) if upto else len(t) - size + 1, offset)
        return make_list(t[i : i + size] for i in starts)

    return over_strings(ev, "StringPartition", (s, n, *step), split)


@builtin("StringRotateLeft", messages=STRING)
def string_rotate_left(ev: Any, s: Any, n: Any = 1) -> Any:
    """StringRotateLeft["string", n] moves the first n characters to the end.

    >>> StringRotateLeft["abcd"]
    bcda
    """
    if type(n) is not int:
        return None
    return over_strings(
        ev, "StringRotateLeft", (s, n), lambda t: t[n % len(t) :] + t[: n % len(t)] if t else t
    )


@builtin("StringRotateRight", messages=STRING)
def string_rotate_right(ev: Any, s: Any, n: Any = 1) -> Any:
    """StringRotateRight["string", n] moves the last n characters to the front.

    >>> StringRotateRight["abcd"]
    dabc
    """
    if type(n) is not int:
        return None
    return over_strings(
        ev, "StringRotateRight", (s, n), lambda t: t[-n % len(t) :] + t[: -n % len(t)] if t else t
    )
