"""Text: distances, words and sentences, templates, hashes and encodings of strings, number strings."""

from __future__ import annotations

import re
from typing import Any

from wlnet.expr import FALSE, TRUE, Association, ByteArray, Expr, S, is_list, items, make_list, truth
from wlnet.expr.attributes import LISTABLE
from wlnet.kernel.registry import applied, builtin, symbol

from . import number_theory
from .characters import codec
from .strings import STRING, held, over_strings


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
    from wlnet.expr import key

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


def longest_common(a: str, b: str) -> str:
    """The longest string that is a part of both; the first in `a` where there are several."""
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
    return a[end - best : end]


@builtin("LongestCommonSubsequence")
def longest_common_subsequence(ev: Any, u: Any, v: Any) -> Any:
    """LongestCommonSubsequence["s1", "s2"] gives the longest contiguous part that the strings have in common.

    >>> LongestCommonSubsequence["AAABBB", "CAABD"]
    AAB
    """
    return longest_common(u, v) if type(u) is str and type(v) is str else None


@builtin("TextWords", messages=STRING)
def text_words(ev: Any, s: Any, *most: Any) -> Any:
    """TextWords["text"] gives the words of a text without punctuation.

    >>> TextWords["Don't panic, it's fine."]
    {Don't, panic, it's, fine}
    """
    limit = most[0] if most and type(most[0]) is int else None
    return over_strings(
        ev, "TextWords", (s,), lambda t: make_list(re.findall(r"\w+(?:['’-]\w+)*", t)[:limit])
    )


@builtin("TextSentences", messages=STRING)
def text_sentences(ev: Any, s: Any) -> Any:
    """TextSentences["text"] gives the sentences of a text.

    >>> TextSentences["One. Two! Three?"]
    {One., Two!, Three?}
    """

    def sentences(t: str) -> Any:
        found = re.split(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9])", t.strip())
        return make_list(x for x in found if x)

    return over_strings(ev, "TextSentences", (s,), sentences)


@builtin("WordCount", messages=STRING)
def word_count(ev: Any, s: Any) -> Any:
    """WordCount["text"] gives the number of words.

    >>> WordCount["one two three"]
    3
    """
    return over_strings(ev, "WordCount", (s,), lambda t: len(re.findall(r"\w+(?:['’-]\w+)*", t)))


@builtin("WordCounts", messages=STRING)
def word_counts(ev: Any, s: Any) -> Any:
    """WordCounts["text"] gives how often each word occurs, most frequent first.

    >>> WordCounts["a b a"]
    <|a -> 2, b -> 1|>
    """

    def counts(t: str) -> Any:
        found: dict[str, int] = {}
        for w in re.findall(r"\w+(?:['’-]\w+)*", t):
            found[w] = found.get(w, 0) + 1
        return Association.of(sorted(found.items(), key=lambda pair: -pair[1]))

    return over_strings(ev, "WordCounts", (s,), counts)


# ---------------------------------------------------------------------------------------------- templates


@builtin("StringTemplate", messages=STRING)
def string_template(ev: Any, *args: Any) -> Any:
    """StringTemplate["text"] makes a template with slots `name` or `` `` and expressions <* expr *>.
    StringTemplate["text"][args] fills it.

    >>> {StringTemplate["`a` and `b`"][<|"a" -> 1, "b" -> 2|>], StringTemplate["`` + ``"][1, 2]}
    {1 and 2, 1 + 2}
    """
    if len(args) == 1 and type(args[0]) is str:
        return Expr(S.TemplateObject, (make_list(template_parts(args[0])),))
    return None


def template_parts(text: str) -> list[Any]:
    """The pieces of a template: strings, TemplateSlot[name or number] and TemplateExpression["code"]."""
    out: list[Any] = []
    at = count = 0
    for m in re.finditer(r"`([A-Za-z0-9$_ ]*)`|<\*(.*?)\*>", text, re.S):
        if m.start() > at:
            out.append(text[at : m.start()])
        if m.group(2) is not None:
            out.append(Expr(S.TemplateExpression, (m.group(2),)))
        elif not m.group(1):
            count += 1
            out.append(Expr(S.TemplateSlot, (count,)))
        else:
            name = m.group(1)
            out.append(Expr(S.TemplateSlot, (int(name) if name.isdigit() else name,)))
        at = m.end()
    if at < len(text):
        out.append(text[at:])
    return out


@builtin(
    "TemplateApply", messages={"slot": "The template has a slot `1`, for which there is no value in `2`."}
)
def template_apply(ev: Any, template: Any, args: Any = None) -> Any:
    """TemplateApply[template, args] fills the slots of a template from a list or an association.

    >>> {TemplateApply["x = `1`", {5}], TemplateApply["Hi `who`!", <|"who" -> "Ann"|>]}
    {x = 5, Hi Ann!}
    """
    if type(template) is str:
        parts: Any = template_parts(template)
    elif (
        type(template) is Expr and template.head is S.TemplateObject and all(map(is_list, template.args[:1]))
    ):
        parts = [part for x in template.args[:1] for part in items(x)]
    else:
        return None
    given = args if args is not None else make_list(())
    if not is_list(given) and type(given) is not Association:
        given = make_list((given,))
    return "".join([_fill(ev, p, given) for p in parts])


def _fill(ev: Any, part: Any, given: Any) -> str:
    if type(part) is str:
        return part
    (what,) = part.args
    if part.head is S.TemplateExpression:
        value = ev.evaluate(Expr(Expr(S.Function, (ev.read(what),)), _slots(given)))
    else:
        value = _slot_value(ev, what, given)
        if value is None:
            ev.message("TemplateApply", "slot", what, given)
            return ""
    return value if type(value) is str else ev.text(value, "OutputForm")


def _slots(given: Any) -> tuple[Any, ...]:
    """What #1, #2, ... and #name stand for in the expressions of a template."""
    return (given,) if type(given) is Association else tuple(items(given))


def _slot_value(ev: Any, slot: Any, given: Any) -> Any:
    if type(given) is Association:
        value = given.get(slot)
        return value if value is not None or type(slot) is not str else given.get(ev.read(slot))
    values = items(given)
    if type(slot) is int:
        return values[slot - 1] if 0 < slot <= len(values) else None
    if len(values) == 1 and type(values[0]) is Association:
        return _slot_value(ev, slot, values[0])
    return None


@builtin("TemplateObject")
def template_object(ev: Any, *args: Any) -> Any:
    """TemplateObject[{part1, part2, ...}] is a template; calling it with values, or TemplateApply, fills
    its slots.

    >>> TemplateObject[{"x = ", TemplateSlot[1]}][5]
    x = 5
    """
    return None


@applied("TemplateObject")
def _filled(ev: Any, head: Any, args: tuple[Any, ...]) -> Any:
    """The template called with values: positional ones, or one association."""
    given = args[0] if len(args) == 1 and type(args[0]) is Association else make_list(args)
    return template_apply(ev, head, given)


symbol("TemplateSlot", usage='TemplateSlot["name"] or TemplateSlot[n] is a slot of a template.')
symbol(
    "TemplateExpression",
    usage='TemplateExpression["code"] is a part of a template that is evaluated when filled.',
)


# --------------------------------------------------------------------------------------- hashes and encodings

_HASHES = {
    "MD5": "md5",
    "SHA": "sha1",
    "SHA1": "sha1",
    "SHA224": "sha224",
    "SHA256": "sha256",
    "SHA384": "sha384",
}
_HASHES |= {"SHA512": "sha512", "SHA3-256": "sha3_256", "SHA3-512": "sha3_512"}


def _bytes_of(ev: Any, x: Any) -> bytes:
    if type(x) is ByteArray:
        return x.data
    return (x if type(x) is str else ev.text(x, "FullForm")).encode()


@builtin("Hash", messages={"type": "`1` is not a hash type; the types are `2`."})
def hash_(ev: Any, expr: Any, kind: Any = "SHA256", form: Any = "Integer") -> Any:
    """Hash[expr] gives an integer hash code; Hash[expr, "type"] one of type "MD5", "SHA", "SHA256",
    "CRC32", ...
    Hash[expr, "type", "HexString"] gives it as a string, also "Base64Encoding", "ByteArray",
    "DecimalString".

    >>> {Hash["abc", "MD5", "HexString"], Hash["abc", "CRC32"]}
    {900150983cd24fb0d6963f7d28e17f72, 891568578}
    """
    import hashlib
    import zlib

    if type(kind) is not str or type(form) is not str:
        return None
    data = _bytes_of(ev, expr)
    if kind in ("CRC32", "Adler32"):
        digest = (zlib.crc32(data) if kind == "CRC32" else zlib.adler32(data)).to_bytes(4, "big")
    elif kind in _HASHES:
        digest = hashlib.new(_HASHES[kind], data, usedforsecurity=False).digest()
    elif kind == "Expression":
        digest = hashlib.sha256(data).digest()[:8]
    else:
        ev.message("Hash", "type", kind, make_list(sorted((*_HASHES, "CRC32", "Adler32"))))
        return None
    return _digest_in(form, digest)


def _digest_in(form: Any, digest: bytes) -> Any:
    import base64

    if form == "Integer":
        return int.from_bytes(digest, "big")
    if form == "HexString":
        return digest.hex()
    if form == "HexStringLittleEndian":
        return digest[::-1].hex()
    if form == "DecimalString":
        return str(int.from_bytes(digest, "big"))
    if form == "Base64Encoding":
        return base64.b64encode(digest).decode()
    return ByteArray(digest) if form == "ByteArray" else None


@builtin("BaseEncode")
def base_encode(ev: Any, data: Any, kind: Any = "Base64") -> Any:
    """BaseEncode[ByteArray[...]] gives the Base64 text of bytes; BaseEncode[data, "Base32" or "Base16"]
    other ones.

    >>> BaseEncode[StringToByteArray["hello"]]
    aGVsbG8=
    """
    import base64

    encoders = {"Base64": base64.b64encode, "Base32": base64.b32encode, "Base16": base64.b16encode}
    encoders |= {"Base85ASCII": base64.a85encode}
    return encoders[kind](data.data).decode() if type(data) is ByteArray and kind in encoders else None


@builtin("BaseDecode", messages={"invbase": "`1` is not valid text of the encoding `2`."})
def base_decode(ev: Any, text: Any, kind: Any = "Base64") -> Any:
    """BaseDecode["text"] gives the ByteArray that a Base64 text encodes.

    >>> ByteArrayToString[BaseDecode["aGVsbG8="]]
    hello
    """
    import base64

    decoders = {"Base64": base64.b64decode, "Base32": base64.b32decode, "Base16": base64.b16decode}
    decoders |= {"Base85ASCII": base64.a85decode}
    if type(text) is not str or kind not in decoders:
        return None
    try:
        return ByteArray(decoders[kind](text))
    except ValueError:
        ev.message("BaseDecode", "invbase", text, kind)
        return None


@builtin("StringToByteArray")
def string_to_byte_array(ev: Any, s: Any, encoding: Any = "UTF8") -> Any:
    """StringToByteArray["string"] gives the bytes of the string in UTF-8.

    >>> Normal[StringToByteArray["ab"]]
    {97, 98}
    """
    name = codec(encoding) if type(encoding) is str else None
    return ByteArray(s.encode(name, errors="replace")) if type(s) is str and name else None


@builtin("ByteArrayToString")
def byte_array_to_string(ev: Any, data: Any, encoding: Any = "UTF8") -> Any:
    """ByteArrayToString[ByteArray[...]] gives the string that bytes in UTF-8 encode.

    >>> ByteArrayToString[ByteArray[{72, 105}]]
    Hi
    """
    name = codec(encoding) if type(encoding) is str else None
    return data.data.decode(name, errors="replace") if type(data) is ByteArray and name else None


@builtin("URLEncode", attributes=LISTABLE)
def url_encode(ev: Any, s: Any) -> Any:
    """URLEncode["string"] replaces characters that a URL may not hold by %xx.

    >>> URLEncode["a b&c"]
    a%20b%26c
    """
    from urllib.parse import quote

    return quote(s, safe="") if type(s) is str else None


@builtin("URLDecode", attributes=LISTABLE)
def url_decode(ev: Any, s: Any) -> Any:
    """URLDecode["string"] puts back the characters that URLEncode replaced.

    >>> URLDecode["a%20b"]
    a b
    """
    from urllib.parse import unquote

    return unquote(s) if type(s) is str else None


# ----------------------------------------------------------------------------------------- numbers as strings


@builtin("IntegerString", attributes=LISTABLE)
def integer_string(ev: Any, n: Any, base: Any = 10, *length: Any) -> Any:
    """IntegerString[n] gives the decimal digits of Abs[n]; IntegerString[n, b] those in base b, padded to
    len by a third.

    >>> {IntegerString[255, 16], IntegerString[5, 2, 8], IntegerString[-42]}
    {ff, 00000101, 42}
    """
    if type(n) is not int:
        return None
    if type(base) is str and base == "Roman":
        return roman(abs(n)) if abs(n) < MAX_ROMAN else None
    if type(base) is not int or not 2 <= base <= 36:
        return None
    text = "".join("0123456789abcdefghijklmnopqrstuvwxyz"[d] for d in number_theory.digits(n, base))
    if length and type(length[0]) is int:
        text = text[max(0, len(text) - length[0]) :].rjust(length[0], "0")
    return text


# Roman numerals have no sign above M: larger numbers would be long rows of it.
MAX_ROMAN = 100_000


def roman(n: int) -> str:
    """The integer n in Roman numerals; 0 is N."""
    if n == 0:
        return "N"
    values = (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1)
    names = ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I")
    out = []
    for value, name in zip(values, names, strict=True):
        count, n = divmod(n, value)
        out.append(name * count)
    return "".join(out)


@builtin("RomanNumeral", attributes=LISTABLE)
def roman_numeral(ev: Any, n: Any) -> Any:
    """RomanNumeral[n] gives the Roman numeral of the integer n.

    >>> RomanNumeral[{4, 1999}]
    {IV, MCMXCIX}
    """
    if type(n) is not int or abs(n) >= MAX_ROMAN:
        return None
    return roman(n) if n >= 0 else "-" + roman(-n)


@builtin("FromRomanNumeral", attributes=LISTABLE)
def from_roman_numeral(ev: Any, s: Any) -> Any:
    """FromRomanNumeral["string"] gives the integer of a Roman numeral.

    >>> FromRomanNumeral["MCMXCIX"]
    1999
    """
    values = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000, "N": 0}
    if type(s) is not str or not all(c in values for c in s.upper()):
        return None
    found = [values[c] for c in s.upper()]
    return sum(-v if i + 1 < len(found) and v < found[i + 1] else v for i, v in enumerate(found))


@builtin("TextString")
def text_string(ev: Any, *parts: Any) -> Any:
    """TextString[expr] gives a readable text of expr; TextString[e1, e2, ...] of several, joined.

    >>> TextString[{1, "a", x}]
    {1, a, x}
    """
    return "".join([p if type(p) is str else ev.text(p, "OutputForm") for p in parts])


@builtin("CreateUUID", stateful=True)
def create_uuid(ev: Any, prefix: Any = "") -> Any:
    """CreateUUID[] gives a new unique identifier; CreateUUID["prefix"] one that begins so.

    >>> StringLength[CreateUUID[]]
    36
    """
    import uuid

    return prefix + str(uuid.uuid4()) if type(prefix) is str else None


@builtin("Compress")
def compress(ev: Any, expr: Any) -> Any:
    """Compress[expr] gives a compressed text of expr; Uncompress gives expr back.

    >>> Uncompress[Compress[{1, x^2, "a"}]]
    {1, x^2, a}
    """
    import base64
    import zlib

    return "1:" + base64.b64encode(zlib.compress(ev.text(expr, "FullForm").encode(), 9)).decode()


@builtin("Uncompress", messages={"corrupt": "The text is no compressed expression."})
def uncompress(ev: Any, text: Any) -> Any:
    """Uncompress["text"] gives the expression that Compress made the text of.

    >>> Uncompress[Compress[Sin[x]]]
    Sin[x]
    """
    import base64
    import zlib

    if type(text) is not str:
        return None
    try:
        return ev.read(zlib.decompress(base64.b64decode(text.removeprefix("1:"))).decode())
    except (ValueError, zlib.error):
        ev.message("Uncompress", "corrupt")
        return None


@builtin("SyntaxQ")
def syntax_q(ev: Any, s: Any) -> Any:
    """SyntaxQ["string"] gives True if the string is a complete, correct expression.

    >>> {SyntaxQ["1 + x"], SyntaxQ["f[1"]}
    {True, False}
    """
    from wlnet.syntax import ReadError

    if type(s) is not str:
        return FALSE
    try:
        ev.read(s)
    except ReadError:
        return FALSE
    return truth(True)
