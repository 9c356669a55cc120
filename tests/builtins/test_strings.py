"""Strings: taking apart, joining, padding, characters, patterns, searching, templates, encodings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wlnet.builtins import alignment, number_strings

CASES = [
    ('"a" <> "b" <> "c"', '"abc"'),
    ('StringJoin[{"a", {"b"}}]', '"ab"'),
    ("StringJoin[]", '""'),
    ('StringLength["h\\[Alpha]"]', "2"),
    ('StringTake["abcdef", {-3, -2}]', '"de"'),
    ('StringTake["abcdef", {1, -1, 2}]', '"ace"'),
    ('StringTake["abcdef", {{1, 2}, {4}}]', '{"ab", "d"}'),
    ('StringTake[{"abc", "xyz"}, 1]', '{"a", "x"}'),
    ('StringTake["abc", 0]', '""'),
    ('StringTake["abc", UpTo[10]]', '"abc"'),
    ('StringDrop["abcdef", -4]', '"ab"'),
    ('StringTake[2]["abc"]', '"ab"'),
    ('StringInsert["abcd", "-", {2, -1}]', '"a-bcd-"'),
    ('StringReplacePart["abcdef", "X", {2, 3}]', '"aXdef"'),
    ('StringPadLeft["7", 3, "0"]', '"007"'),
    ('StringPadRight["abc", 2]', '"ab"'),
    ('StringTrim["  a b  "]', '"a b"'),
    ('StringTrim["xxaxx", "x" ..]', '"a"'),
    ('StringReverse["abc"]', '"cba"'),
    ('StringRepeat["ab", 3]', '"ababab"'),
    ("StringRiffle[{1, 2, 3}]", '"1 2 3"'),
    ("StringRiffle[{{a, b}, {c, d}}]", '"a b\\nc d"'),
    ('StringRiffle[{"a", "b"}, {"<", "|", ">"}]', '"<a|b>"'),
    ('Characters["ab"]', '{"a", "b"}'),
    ('CharacterRange["x", "z"]', '{"x", "y", "z"}'),
    ('ToCharacterCode["Aa"]', "{65, 97}"),
    ("FromCharacterCode[{72, 105}]", '"Hi"'),
    ('ToUpperCase["straße"]', '"STRASSE"'),
    ('Capitalize["word"]', '"Word"'),
    ('StringPartition["abcde", 2]', '{"ab", "cd"}'),
    ('LetterQ[{"abc", "a b"}]', "{True, False}"),
    ('DigitQ[""]', "True"),
    # patterns
    ('StringMatchQ["abc", "a" ~~ _ ~~ "c"]', "True"),
    ('StringMatchQ["abc", "ab"]', "False"),
    ('StringMatchQ["file.txt", "*.txt"]', "True"),
    ('StringMatchQ["ABC", "abc", IgnoreCase -> True]', "True"),
    ('StringMatchQ["aa", x_ ~~ x_]', "True"),
    ('StringMatchQ["ab", x_ ~~ x_]', "False"),
    ('StringMatchQ["1234", DigitCharacter ..]', "True"),
    ('StringMatchQ["", ___]', "True"),
    ('StringMatchQ["a.b", "a" ~~ "." ~~ "b"]', "True"),
    ('StringMatchQ["12", x : NumberString /; ToExpression[x] > 10]', "True"),
    ('StringMatchQ["9", x : NumberString /; ToExpression[x] > 10]', "False"),
    ('StringMatchQ["AbC", _?UpperCaseQ ~~ __]', "True"),
    ('StringCases["abcabc", "a" ~~ __ ~~ "c"]', '{"abcabc"}'),
    ('StringCases["abcabc", Shortest["a" ~~ __ ~~ "c"]]', '{"abc", "abc"}'),
    ('StringCases["a1b22", x : DigitCharacter .. :> ToExpression[x] + 1]', "{2, 23}"),
    ('StringCases["k=1,m=2", k_ ~~ "=" ~~ v_ -> {k, v}]', '{{"k", "1"}, {"m", "2"}}'),
    ('StringCases["aXbX", Except["X"]]', '{"a", "b"}'),
    ('StringCases["abc abd", "ab" ~~ ("c" | "d")]', '{"abc", "abd"}'),
    ('StringCases["the cat", WordBoundary ~~ "c" ~~ LetterCharacter ..]', '{"cat"}'),
    ('StringCases["aaaa", Repeated["a", {2}]]', '{"aa", "aa"}'),
    ('StringCases["abc", {"a", "c"}]', '{"a", "c"}'),
    ('StringCases["abab", "ab", 1]', '{"ab"}'),
    ('StringCases["a1b2", RegularExpression["([a-z])(\\\\d)"] -> "$2$1"]', '{"1a", "2b"}'),
    ('StringReplace["abab", "a" -> "x"]', '"xbxb"'),
    ('StringReplace["abab", "a" -> "x", 1]', '"xbab"'),
    ('StringReplace["abc", {"ab" -> "X", "bc" -> "Y"}]', '"Xc"'),
    ('StringReplace["ab", "a" -> f]', 'f ~~ "b"'),
    ('StringReplace["a b", Whitespace -> ""]', '"ab"'),
    ('StringReplace[{"a", "b"}, "a" -> "z"]', '{"z", "b"}'),
    (
        'StringReplace["2024-01-31", RegularExpression["(\\\\d+)-(\\\\d+)-(\\\\d+)"] -> "$3.$2.$1"]',
        '"31.01.2024"',
    ),
    ('StringReplace["abc", StartOfString -> ">"]', '">abc"'),
    ('StringSplit["a b  c"]', '{"a", "b", "c"}'),
    ('StringSplit["a,b,,c", ","]', '{"a", "b", "", "c"}'),
    ('StringSplit[",a,", ","]', '{"a"}'),
    ('StringSplit[",a,", ",", All]', '{"", "a", ""}'),
    ('StringSplit["a-b-c", "-", 2]', '{"a", "b-c"}'),
    ('StringSplit["a1b2", x : DigitCharacter :> x]', '{"a", "1", "b", "2"}'),
    ('StringSplit["a1b2", DigitCharacter -> "x"]', '{"a", "x", "b", "x"}'),
    ('StringSplit["aXb", "x", IgnoreCase -> True]', '{"a", "b"}'),
    ("Options[StringSplit]", "{IgnoreCase -> False}"),
    ('StringSplit["abc", ""]', '{"a", "b", "c"}'),
    ('StringPosition["ababa", "aba"]', "{{1, 3}, {3, 5}}"),
    ('StringPosition["ababa", "aba", Overlaps -> False]', "{{1, 3}}"),
    ('StringCount["banana", "a"]', "3"),
    ('StringContainsQ["banana", "nan"]', "True"),
    ('StringStartsQ["ab", "a"]', "True"),
    ('StringEndsQ["ab", "a"]', "False"),
    ('StringFreeQ["ab", "c"]', "True"),
    ('StringDelete["banana", "a"]', '"bnn"'),
    ('Select[{"apple", "bat"}, StringContainsQ["pp"]]', '{"apple"}'),
    ('StringExtract["a b c", 2]', '"b"'),
    # text
    ('EditDistance["kitten", "sitting"]', "3"),
    ('DamerauLevenshteinDistance["ab", "ba"]', "1"),
    ('HammingDistance["karolin", "kathrin"]', "3"),
    ('LongestCommonSubsequence["xabcy", "zabcw"]', '"abc"'),
    ("TextWords[\"It's 5 o'clock.\"]", '{"It\'s", "5", "o\'clock"}'),
    ('TemplateApply["`1` + `x`", <|1 -> "a", "x" -> 2|>]', '"a + 2"'),
    ('StringTemplate["Hi ``!"]["you"]', '"Hi you!"'),
    ('TemplateApply["<* 1 + 1 *>"]', '"2"'),
    (
        'Hash["abc", "SHA256", "HexString"]',
        '"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"',
    ),
    ('BaseEncode[StringToByteArray["hello"]]', '"aGVsbG8="'),
    ('ByteArrayToString[BaseDecode["aGVsbG8="]]', '"hello"'),
    ("ToString[x^2 + 1/y]", '"x^2 + 1/y"'),
    ('ToString[{1, "a"}, InputForm]', '"{1, \\"a\\"}"'),
    ('ToExpression["1 + 2"]', "3"),
    ('ToExpression["1 + 2", InputForm, Hold]', "Hold[1 + 2]"),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_values(value, source, expected):
    assert value(source) == expected


MESSAGES = [
    ('StringTake["abc", 5]', "StringTake::take: Cannot take positions 1 through 5 in abc."),
    ("StringLength[5]", "StringLength::string: String expected at position 1 in StringLength[5]."),
    ('StringJoin["a", 1]', "StringJoin::string: String expected at position 2 in"),
    ('StringReplace["a", 5]', "StringReplace::srep: 5 is not a valid string replacement rule."),
    ('StringMatchQ["a", 1 + x]', "StringExpression::invld"),
    ('StringMatchQ[5, "a"]', "StringMatchQ::strse"),
    ('StringCases["a", "a", IgnoreCas -> True]', "StringCases::opt"),
    ('ToExpression["1 +"]', "ToExpression::sntx"),
    ('HammingDistance["a", "bc"]', "HammingDistance::idim"),
]


@pytest.mark.parametrize(("source", "expected"), MESSAGES)
def test_messages(message, source, expected):
    assert message(source).startswith(expected)


def slow_distance(a: str, b: str) -> int:
    if not a or not b:
        return len(a) + len(b)
    here = slow_distance(a[1:], b[1:]) + (a[0] != b[0])
    return min(here, slow_distance(a[1:], b) + 1, slow_distance(a, b[1:]) + 1)


@given(st.text("ab", max_size=5), st.text("abc", max_size=5))
def test_edit_distance_by_recursion(a, b):
    assert alignment.edit_distance(a, b, swaps=False) == slow_distance(a, b)


@given(st.integers(1, 3999))
def test_roman_numerals_read_back(n):
    letters = number_strings.roman(n)
    values = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
    found = [values[c] for c in letters]
    total = sum(-v if i + 1 < len(found) and v < found[i + 1] else v for i, v in enumerate(found))
    assert total == n


def test_a_condition_that_fails_tries_shorter_matches(value):
    assert value('StringCases["a123", x : DigitCharacter .. /; StringLength[x] == 2]') == '{"12"}'


def test_print_and_to_string(calculator):
    calculator.value('Print["x = ", 1/2, {a}]')
    assert calculator.printed == ["x = 1/2{a}"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('TemplateApply["<* Round[100 #1/#2] *> %", {3, 8}]', '"38 %"'),
        ('TemplateApply["<* #a + 1 *>", <|"a" -> 2|>]', '"3"'),
    ],
)
def test_expressions_of_templates_know_the_slots(value, text, expected):
    assert value(text) == expected
