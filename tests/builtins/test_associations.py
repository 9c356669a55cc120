"""Association, Keys, Values, Lookup and what changes keys and values."""

from __future__ import annotations

import pytest

CASES = [
    ('<|"a" -> 1, "a" -> 2, "b" -> 3|>', '<|"a" -> 2, "b" -> 3|>'),
    ("Association[{a -> 1, b -> 2}]", "<|a -> 1, b -> 2|>"),
    ("Association[a -> 1, {b -> 2}, <|c -> 3|>]", "<|a -> 1, b -> 2, c -> 3|>"),
    ("x = 5; <|x -> x^2|>", "<|5 -> 25|>"),
    ("Association[]", "<||>"),
    ("AssociationQ[Association[1, 2]]", "False"),
    ("<|a -> 1, Nothing|>", "<|a -> 1|>"),
    ("<|a :> 1 + 1|>[a]", "2"),
    ("<|1 -> a, 1. -> b|>", "<|1 -> a, 1. -> b|>"),
    ('<|"a" -> 1|>["a"]', "1"),
    ('<|"a" -> 1|>["b"]', 'Missing["KeyAbsent", "b"]'),
    ("<|a -> <|b -> 1|>|>[a, b]", "1"),
    ("<|a -> 1|>[Key[a]]", "1"),
    ("Head[<||>]", "Association"),
    ("AtomQ[<||>]", "True"),
    ("<|a -> 1|> === <|a -> 1|>", "True"),
    ("<|a -> 1, b -> 2|> === <|b -> 2, a -> 1|>", "False"),
    ("{AssociationQ[<||>], AssociationQ[{a -> 1}]}", "{True, False}"),
    ("Keys[<|a -> 1, b -> 2|>]", "{a, b}"),
    ("Keys[{a -> 1, b :> 2}]", "{a, b}"),
    ("Keys[{<|a -> 1|>, <|b -> 2|>}]", "{{a}, {b}}"),
    ("Keys[<|a -> 1|>, f]", "{f[a]}"),
    ("Keys[a -> 1]", "a"),
    ("Values[<|a -> 1, b -> 2|>]", "{1, 2}"),
    ("Values[{a -> 1}]", "{1}"),
    ("Values[<|a -> 1|>, f]", "{f[1]}"),
    ("Normal[<|a -> 1, b :> c|>]", "{a -> 1, b :> c}"),
    ("Lookup[<|a -> 1|>, a]", "1"),
    ("Lookup[<|a -> 1|>, b]", 'Missing["KeyAbsent", b]'),
    ("Lookup[<|a -> 1|>, b, 0]", "0"),
    ("Lookup[<|a -> 1|>, {a, b}, 0]", "{1, 0}"),
    ("Lookup[{<|a -> 1|>, <|a -> 2|>}, a]", "{1, 2}"),
    ("Lookup[{a -> 1}, a]", "1"),
    ("Lookup[a][<|a -> 1|>]", "1"),
    ("Lookup[<|a -> 1|>, Key[a]]", "1"),
    ("{KeyExistsQ[<|a -> 1|>, a], KeyExistsQ[<|a -> 1|>, b]}", "{True, False}"),
    ("KeyMemberQ[<|1 -> a|>, _Integer]", "True"),
    ("KeyFreeQ[<|1 -> a|>, _Integer]", "False"),
    ("KeyTake[<|a -> 1, b -> 2, c -> 3|>, {c, a}]", "<|c -> 3, a -> 1|>"),
    ("KeyTake[<|a -> 1|>, {z}]", "<||>"),
    ("KeyTake[{<|a -> 1, b -> 2|>, <|a -> 3|>}, a]", "{<|a -> 1|>, <|a -> 3|>}"),
    ("KeyTake[{a}][<|a -> 1, b -> 2|>]", "<|a -> 1|>"),
    ("KeyDrop[<|a -> 1, b -> 2|>, {a}]", "<|b -> 2|>"),
    ("KeyDrop[a][<|a -> 1, b -> 2|>]", "<|b -> 2|>"),
    ("KeySelect[<|1 -> a, 2 -> b|>, EvenQ]", "<|2 -> b|>"),
    ("KeyMap[f, <|a -> 1|>]", "<|f[a] -> 1|>"),
    ("KeyMap[EvenQ, <|1 -> a, 3 -> b|>]", "<|False -> b|>"),
    ("KeyValueMap[f, <|a -> 1, b -> 2|>]", "{f[a, 1], f[b, 2]}"),
    ("KeySort[<|b -> 1, a -> 2|>]", "<|a -> 2, b -> 1|>"),
    ("KeySort[<|1 -> a, 2 -> b|>, Greater]", "<|2 -> b, 1 -> a|>"),
    ("KeySortBy[<|-2 -> a, 1 -> b|>, Abs]", "<|1 -> b, -2 -> a|>"),
    (
        "KeyUnion[{<|a -> 1|>, <|b -> 2|>}]",
        '{<|a -> 1, b -> Missing["KeyAbsent", b]|>, <|a -> Missing["KeyAbsent", a], b -> 2|>}',
    ),
    ("KeyUnion[{<|a -> 1|>, <|b -> 2|>}, f]", "{<|a -> 1, b -> f[b]|>, <|a -> f[a], b -> 2|>}"),
    ("KeyIntersection[{<|a -> 1, b -> 2|>, <|b -> 3, c -> 4|>}]", "{<|b -> 2|>, <|b -> 3|>}"),
    ("KeyComplement[{<|a -> 1, b -> 2|>, <|b -> 3|>}]", "<|a -> 1|>"),
    ("AssociationMap[f, {a, b}]", "<|a -> f[a], b -> f[b]|>"),
    ("AssociationMap[Reverse, <|a -> 1, b -> 2|>]", "<|1 -> a, 2 -> b|>"),
    ("AssociationThread[{a, b}, {1, 2}]", "<|a -> 1, b -> 2|>"),
    ("AssociationThread[{a, b} -> {1, 2}]", "<|a -> 1, b -> 2|>"),
    ("a = <|x -> 1|>; AssociateTo[a, y -> 2]; a", "<|x -> 1, y -> 2|>"),
    ("a = <|x -> 1|>; AssociateTo[a, {x -> 5, y -> 2}]", "<|x -> 5, y -> 2|>"),
    ("a = <|x -> 1, y -> 2|>; KeyDropFrom[a, x]; a", "<|y -> 2|>"),
    ("a = <|x -> 1|>; a[y] = 2; a", "<|x -> 1, y -> 2|>"),
    ('{MissingQ[Missing["a"]], MissingQ[1]}', "{True, False}"),
    ("DeleteMissing[{1, Missing[], 2}]", "{1, 2}"),
    ("DeleteMissing[<|a -> Missing[], b -> 1|>]", "<|b -> 1|>"),
    ("DeleteMissing[{{1, Missing[]}, {2, 3}}, 1, 1]", "{{2, 3}}"),
    ("DeleteMissing[{{1, Missing[]}, {2, 3}}, 2]", "{{1}, {2, 3}}"),
    ("Length[<|a -> 1, b -> 2|>]", "2"),
    ("Total[<|a -> 1, b -> 2|>]", "3"),
    ("Sort[<|a -> 2, b -> 1|>]", "<|b -> 1, a -> 2|>"),
    ("SortBy[<|a -> -2, b -> 1|>, Abs]", "<|b -> 1, a -> -2|>"),
    ("Reverse[<|a -> 1, b -> 2|>]", "<|b -> 2, a -> 1|>"),
    ("Join[<|a -> 1|>, <|b -> 2, a -> 3|>]", "<|a -> 3, b -> 2|>"),
    ("First[<|a -> 1|>]", "1"),
    ("MaximalBy[<|a -> 1, b -> 3|>, Identity]", "<|b -> 3|>"),
    ("<|a -> 1, b -> 2|> /. 1 -> x", "<|a -> x, b -> 2|>"),
    ("Map[# + 1 &, <|a -> 1|>]", "<|a -> 2|>"),
    ("Apply[List, <|a -> 1, b -> 2|>]", "{1, 2}"),
    ("Accumulate[<|a -> 1, b -> 2|>]", "<|a -> 1, b -> 3|>"),
    ("Fold[f, <|a -> 1, b -> 2|>]", "f[1, 2]"),
    ("Catenate[<|a -> {1, 2}, b -> {3}|>]", "{1, 2, 3}"),
    ("x = <|n -> <|m -> 1|>|>; x[[Key[n], Key[m]]]", "1"),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_values(value, source, expected):
    assert value(source) == expected


MESSAGES = [
    ("Keys[5]", "Keys::invrl: The argument 5 is not a valid Association or a list of rules."),
    ("KeyTake[5, {a}]", "KeyTake::invrl: The argument 5 is not a valid Association or a list of rules."),
    ("AssociationThread[{a, b}, {1}]", "AssociationThread::idim: {a, b} and {1} must have the same length."),
    (
        "AssociateTo[q, a -> 1]",
        "AssociateTo::rvalue: q is not a variable with a value, so its value cannot be changed.",
    ),
    ("q = 5; AssociateTo[q, a -> 1]", "AssociateTo::invak: The argument 5 is not a valid Association."),
]


@pytest.mark.parametrize(("source", "expected"), MESSAGES)
def test_messages(message, source, expected):
    assert message(source) == expected


def test_delayed_values_are_evaluated_at_each_look_up(value):
    assert value("n = 0; a = <|x :> (n = n + 1)|>; {a[x], a[x], Lookup[a, x]}") == "{1, 2, 3}"


def test_lookup_default_is_evaluated_only_when_needed(value):
    assert (
        value("n = 0; {Lookup[<|a -> 1|>, a, n = 1], n, Lookup[<|a -> 1|>, b, n = 2], n}") == "{1, 0, 2, 2}"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-<|a -> 1, b -> 2|>", "<|a -> -1, b -> -2|>"),
        ("2 <|a -> 1|> + 3", "<|a -> 5|>"),
        ("Sqrt[<|a -> 4|>]", "<|a -> 2|>"),
        ("<|a -> 1|> + <|a -> 5|>", "<|a -> 6|>"),
        ("<|a -> 1|> + <|b -> 5|>", "<|a -> 1|> + <|b -> 5|>"),
        ("-<||>", "<||>"),
    ],
)
def test_listable_functions_work_on_the_values(value, text, expected):
    assert value(text) == expected
