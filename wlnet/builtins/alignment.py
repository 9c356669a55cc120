"""Distances between strings or lists, their common parts, and their alignment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wlnet.expr import FALSE, TRUE, is_list, items, key, make_list
from wlnet.kernel.registry import builtin

from .strings import STRING, held


def edit_distance(a: Any, b: Any, *, swaps: bool) -> int:
    """The least number of deletions, insertions, substitutions (and swaps of neighbours) that turn `a` into
    `b`."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a):
        last, row, older = row, [i + 1], before
        for j, y in enumerate(b):
            cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (x != y))
            if swaps and i and j and x == b[j - 1] and a[i - 1] == y:
                cost = min(cost, older[j - 1] + 1)
            row.append(cost)
        before = last
    return row[-1]


def _sequences(ev: Any, name: str, a: Any, b: Any, ignore_case: Any) -> tuple[Any, Any] | None:
    """Both arguments as Python sequences: strings, or lists of hashable keys."""
    if type(a) is str and type(b) is str:
        return (a.lower(), b.lower()) if ignore_case is TRUE else (a, b)
    if is_list(a) and is_list(b):
        return [key(x) for x in items(a)], [key(x) for x in items(b)]
    ev.message(name, "strse", 1, held(name, (a, b)))
    return None


@builtin("EditDistance", messages=STRING)
def edit_distance_(ev: Any, u: Any, v: Any, *, ignore_case: Any = FALSE) -> Any:
    """EditDistance[u, v] gives the Levenshtein distance of two strings or lists.

    >>> {EditDistance["kitten", "sitting"], EditDistance[{1, 2}, {2}]}
    {3, 1}
    """
    pair = _sequences(ev, "EditDistance", u, v, ignore_case)
    return None if pair is None else edit_distance(*pair, swaps=False)


@builtin("DamerauLevenshteinDistance", messages=STRING)
def damerau(ev: Any, u: Any, v: Any, *, ignore_case: Any = FALSE) -> Any:
    """DamerauLevenshteinDistance[u, v] gives the edit distance in which swaps of neighbours count as one.

    >>> DamerauLevenshteinDistance["ab", "ba"]
    1
    """
    pair = _sequences(ev, "DamerauLevenshteinDistance", u, v, ignore_case)
    return None if pair is None else edit_distance(*pair, swaps=True)


@builtin("HammingDistance", messages=STRING | {"idim": "`1` and `2` must have the same length."})
def hamming_distance(ev: Any, u: Any, v: Any, *, ignore_case: Any = FALSE) -> Any:
    """HammingDistance[u, v] gives the number of places in which two strings or lists of one length differ.

    >>> {HammingDistance["karolin", "kathrin"], HammingDistance[{1, 0, 1}, {1, 1, 1}]}
    {3, 1}
    """
    pair = _sequences(ev, "HammingDistance", u, v, ignore_case)
    if pair is None:
        return None
    if len(pair[0]) != len(pair[1]):
        ev.message("HammingDistance", "idim", u, v)
        return None
    return sum(x != y for x, y in zip(*pair, strict=True))


def longest_common(a: Sequence[Any], b: Sequence[Any]) -> range:
    """The places in `a` of the longest contiguous part of both; the first where there are several."""
    best, end = 0, 0
    row = [0] * (len(b) + 1)
    for i, x in enumerate(a):
        new = [0] * (len(b) + 1)
        for j, y in enumerate(b):
            if x == y:
                new[j + 1] = row[j] + 1
                if new[j + 1] > best:
                    best, end = new[j + 1], i + 1
        row = new
    return range(end - best, end)


@builtin("LongestCommonSubsequence", messages=STRING)
def longest_common_subsequence(ev: Any, u: Any, v: Any, *, ignore_case: Any = FALSE) -> Any:
    """LongestCommonSubsequence[u, v] gives the longest contiguous part that strings or lists have in common.

    >>> LongestCommonSubsequence["AAABBB", "CAABD"]
    AAB
    """
    return _common("LongestCommonSubsequence", ev, u, v, ignore_case, longest_common)


def longest_chain(a: Sequence[Any], b: Sequence[Any]) -> list[int]:
    """The 0-based places in `a` of a longest sequence that occurs in both in order, not necessarily
    contiguously; the earliest of equal ones."""
    rows = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(len(a) - 1, -1, -1):
        for j in range(len(b) - 1, -1, -1):
            rows[i][j] = rows[i + 1][j + 1] + 1 if a[i] == b[j] else max(rows[i + 1][j], rows[i][j + 1])
    found, i, j = [], 0, 0
    while i < len(a) and j < len(b):
        if a[i] == b[j]:
            found.append(i)
            i, j = i + 1, j + 1
        elif rows[i + 1][j] >= rows[i][j + 1]:
            i += 1
        else:
            j += 1
    return found


def _common(name: str, ev: Any, u: Any, v: Any, ignore_case: Any, act: Any) -> Any:
    """The elements of `u` at the places that act(a, b) gives, as a string or a list like `u`."""
    pair = _sequences(ev, name, u, v, ignore_case)
    if pair is None:
        return None
    where = act(*pair)
    return "".join([u[i] for i in where]) if type(u) is str else make_list(items(u)[i] for i in where)


@builtin("LongestCommonSequence", messages=STRING)
def longest_common_sequence(ev: Any, u: Any, v: Any, *, ignore_case: Any = FALSE) -> Any:
    """LongestCommonSequence[u, v] gives the longest sequence of elements that strings or lists have in
    common, with gaps allowed.

    >>> {LongestCommonSequence["AXBC", "ABYC"], LongestCommonSequence[{1, 2, 3, 4}, {1, 4, 3, 9}]}
    {ABC, {1, 4}}
    """
    return _common("LongestCommonSequence", ev, u, v, ignore_case, longest_chain)


# What matching elements, others, and gaps contribute to the scores of alignments.
MATCH, MISMATCH, GAP = 1.0, -1.0, 0.0


def alignment_score(a: Sequence[Any], b: Sequence[Any], local: bool) -> float:
    """The score of the best alignment of whole sequences (Needleman, Wunsch 1970), or of parts of them
    (Smith, Waterman 1981). Gaps cost nothing."""
    row = [GAP * j for j in range(len(b) + 1)]
    best = 0.0
    for i, x in enumerate(a):
        new = [GAP * (i + 1)]
        for j, y in enumerate(b):
            score = max(row[j] + (MATCH if x == y else MISMATCH), row[j + 1] + GAP, new[j] + GAP)
            new.append(max(score, 0.0) if local else score)
        best = max(best, *new)
        row = new
    return best if local else row[-1]


@builtin("NeedlemanWunschSimilarity", messages=STRING)
def needleman_wunsch(ev: Any, u: Any, v: Any, *, ignore_case: Any = FALSE) -> Any:
    """NeedlemanWunschSimilarity[u, v] gives the score of the best alignment of two strings or lists: 1 for
    each pair of equal elements, -1 for each pair of others, nothing for gaps.

    >>> NeedlemanWunschSimilarity["abcde", "abde"]
    4.
    """
    pair = _sequences(ev, "NeedlemanWunschSimilarity", u, v, ignore_case)
    return None if pair is None else alignment_score(*pair, local=False)


@builtin("SmithWatermanSimilarity", messages=STRING)
def smith_waterman(ev: Any, u: Any, v: Any, *, ignore_case: Any = FALSE) -> Any:
    """SmithWatermanSimilarity[u, v] gives the score of the best alignment of parts of two strings or lists.

    >>> SmithWatermanSimilarity["xabcx", "yabcy"]
    3.
    """
    pair = _sequences(ev, "SmithWatermanSimilarity", u, v, ignore_case)
    return None if pair is None else alignment_score(*pair, local=True)


@builtin("SequenceAlignment", messages=STRING)
def sequence_alignment(ev: Any, u: Any, v: Any, *, ignore_case: Any = FALSE) -> Any:
    """SequenceAlignment[u, v] gives an optimal alignment of two strings or lists: common parts, and pairs
    {part of u, part of v} where they differ.

    >>> SequenceAlignment["abcXdef", "abcYdef"]
    {abc, {X, Y}, def}
    """
    pair = _sequences(ev, "SequenceAlignment", u, v, ignore_case)
    if pair is None:
        return None
    a, b = pair
    out: list[Any] = []
    i = j = 0
    common: list[int] = []

    def cut(x: Any, low: int, high: int) -> Any:
        return x[low:high] if type(x) is str else make_list(items(x)[low:high])

    def close() -> None:
        if common:
            out.append(cut(u, common[0], common[-1] + 1))
            common.clear()

    for at in [*longest_chain(a, b), len(a)]:
        to = len(b) if at == len(a) else next(k for k in range(j, len(b)) if b[k] == a[at])
        if at > i or to > j:
            close()
            out.append(make_list((cut(u, i, at), cut(v, j, to))))
        if at < len(a):
            common.append(at)
        i, j = at + 1, to + 1
    close()
    return make_list(out)
