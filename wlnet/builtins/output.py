"""Output: Print, ToString, ToExpression, and the wrappers that say how an expression is shown.

The wrappers are inert: `Row[...]` stays `Row[...]`; the printer gives them their shape.
"""

from __future__ import annotations

import re
from typing import Any

from wlnet.expr import NULL, Expr, S, Symbol, make_list, system
from wlnet.expr.attributes import HOLD_ALL
from wlnet.kernel.registry import builtin, symbol
from wlnet.syntax import ReadError

from .characters import codec, escaped
from .infinity import INFINITY

FAILED = system("$Failed")
FORMS = ("InputForm", "OutputForm", "FullForm", "TeXForm")

_WRAPPERS: dict[str, str] = {
    "InputForm": "InputForm[expr] prints as input that reads back to expr.",
    "OutputForm": "OutputForm[expr] prints as plain text.",
    "FullForm": "FullForm[expr] prints with all heads written out.",
    "TeXForm": "TeXForm[expr] prints as TeX.",
    "StandardForm": "StandardForm[expr] prints as OutputForm does.",
    "TraditionalForm": "TraditionalForm[expr] prints as OutputForm does.",
    "StringForm": 'StringForm["text `1` and ``", e1, e2, ...] prints the text with the expressions put in.',
    "SequenceForm": "SequenceForm[e1, e2, ...] prints the expressions one after another.",
    "Row": 'Row[{e1, e2, ...}] prints the expressions in a row; Row[list, "sep"] with a separator.',
    "Column": "Column[{e1, e2, ...}] prints the expressions one below the other.",
    "Grid": "Grid[{{e11, e12, ...}, ...}] prints the expressions in rows and columns.",
    "TableForm": "TableForm[list] prints a list as a table; the option TableHeadings gives headings.",
    "MatrixForm": "MatrixForm[list] prints a matrix in rows and columns.",
    "NumberForm": "NumberForm[expr, n] prints reals to n digits; NumberForm[expr, {n, f}] with f decimals.",
    "DecimalForm": "DecimalForm[expr, n] prints real numbers without exponents.",
    "ScientificForm": "ScientificForm[expr, n] prints real numbers with exponents.",
    "EngineeringForm": "EngineeringForm[expr, n] prints real numbers with exponents that are multiples of 3.",
    "AccountingForm": "AccountingForm[expr, n] prints negative numbers in parentheses.",
    "PaddedForm": "PaddedForm[expr, n] prints numbers padded on the left to n digits.",
    "PercentForm": "PercentForm[expr] prints numbers as percentages.",
    "BaseForm": "BaseForm[expr, b] prints numbers in base b.",
    "Style": "Style[expr, directives] shows expr in a style; in text it prints as expr.",
    "Subscript": "Subscript[x, i] prints as x with a subscript.",
    "Superscript": "Superscript[x, i] prints as x with a superscript.",
    "Framed": "Framed[expr] shows expr in a frame; in text it prints as expr.",
    "Panel": "Panel[expr] shows expr in a panel; in text it prints as expr.",
    "Labeled": "Labeled[expr, label] shows expr with a label.",
    "Tooltip": "Tooltip[expr, label] shows a label when the mouse is over expr; in text it prints as expr.",
    "Legended": "Legended[expr, legend] shows expr with a legend.",
    "Highlighted": "Highlighted[expr] shows expr highlighted.",
    "Hyperlink": "Hyperlink[label, target] is a link.",
    "Invisible": "Invisible[expr] takes the room of expr and shows nothing.",
    "Text": "Text[expr] shows expr as text.",
    "Defer": "Defer[expr] shows expr unevaluated.",
    "Interpretation": "Interpretation[shown, expr] prints as shown.",
    "Annotation": "Annotation[expr, data] is expr with data attached.",
    "Skeleton": "Skeleton[n] stands for n omitted elements.",
    "Item": "Item[expr, options] is an item of Grid, Column or Row.",
    "Spacer": "Spacer[w] is an empty space.",
}
_HELD = {"Defer": HOLD_ALL, "Interpretation": HOLD_ALL}

for _name, _usage in _WRAPPERS.items():
    symbol(_name, usage=_usage, attributes=_HELD.get(_name, 0))

for _name, _usage in (
    (
        "TableHeadings",
        "TableHeadings is an option of TableForm and MatrixForm for headings of rows and columns.",
    ),
    ("TableAlignments", "TableAlignments is an option of TableForm for the alignment of columns."),
    ("TableSpacing", "TableSpacing is an option of TableForm for the space between columns."),
    ("TableDepth", "TableDepth is an option of TableForm for the number of levels laid out."),
    ("TableDirections", "TableDirections is an option of TableForm for the direction of each level."),
    ("Alignment", "Alignment is an option for the alignment of contents."),
    ("Left", "Left is the left side."),
    ("Right", "Right is the right side."),
    ("Center", "Center is the middle."),
    ("Top", "Top is the upper side."),
    ("Bottom", "Bottom is the lower side."),
    ("Bold", "Bold is a style of heavy letters."),
    ("Italic", "Italic is a style of slanted letters."),
    ("DigitBlock", "DigitBlock is an option of NumberForm for the length of groups of digits."),
    ("NumberPoint", "NumberPoint is an option of NumberForm for the decimal point."),
    (
        "NumberSeparator",
        "NumberSeparator is an option of NumberForm for what stands between groups of digits.",
    ),
    ("NumberSigns", "NumberSigns is an option of NumberForm for the signs of negative and positive numbers."),
    ("NumberPadding", "NumberPadding is an option of NumberForm for what numbers are padded with."),
    ("PageWidth", "PageWidth is an option of ToString for the most characters in a line, or Infinity."),
):
    symbol(_name, usage=_usage)


@builtin("Print", stateful=True)
def print_(ev: Any, *expr: Any) -> Any:
    """Print[e1, e2, ...] prints the expressions one after another, and a new line.

    >>> Print["x = ", 3]; Print[{1/2, a}]
    x = 3
    {1/2, a}
    """
    ev.print("".join([ev.text(e, "OutputForm") for e in expr]))
    return NULL


def form_of(ev: Any, form: Any) -> str | None:
    """The name of a printed form given as a symbol."""
    name = form.name if type(form) is Symbol else form
    if type(name) is not str:
        return None
    if name in ("StandardForm", "TraditionalForm"):
        return "OutputForm"
    return name if name in FORMS else None


@builtin(
    "ToString",
    messages={
        "fmtval": "`1` is not a form to print in; the forms are `2`.",
        "charcode": '`1` is not a character encoding such as "ASCII" or "UTF-8".',
        "width": "PageWidth -> `1` should be a positive integer or Infinity.",
    },
)
def to_string(
    ev: Any,
    expr: Any,
    form: Any = S.OutputForm,
    *,
    character_encoding: Any = S.Automatic,
    page_width: Any = INFINITY,
) -> Any:
    """ToString[expr] gives the text of expr in OutputForm; ToString[expr, form] in InputForm, FullForm,
    TeXForm, ... CharacterEncoding -> "ASCII" writes other characters as \\[Name] or \\:hex, PageWidth -> n
    begins a new line before words that would go beyond n characters.

    >>> {ToString[x^2 + 1], ToString["a"], ToString["a", InputForm], ToString[{1.5, b}, FullForm]}
    {1 + x^2, a, "a", List[1.5`, b]}
    """
    name = form_of(ev, form)
    if name is None:
        ev.message("ToString", "fmtval", form, make_list(FORMS))
        return None
    endless = page_width == INFINITY
    if not endless and (type(page_width) is not int or page_width < 1):
        ev.message("ToString", "width", page_width)
        return None
    encoding = "utf-8" if character_encoding is S.Automatic else character_encoding
    known = codec(encoding) if type(encoding) is str else None
    if known is None:
        ev.message("ToString", "charcode", character_encoding)
        return None
    text = escaped(ev.text(expr, name), known)
    return text if endless else "\n".join([_broken(line, page_width) for line in text.split("\n")])


def _broken(line: str, width: int) -> str:
    """A line as several of at most `width` characters; strings and names longer than that stay whole."""
    if len(line) <= width:
        return line
    lines = [""]
    for word in re.findall(r'\s*(?:"(?:[^"\\]|\\.)*"|[^\s"]|")+', line):
        if lines[-1] and len(lines[-1]) + len(word) > width:
            lines.append("")
            word = word.lstrip()
        lines[-1] += word
    return "\n".join(lines)


@builtin(
    "ToExpression", messages={"sntx": "The text cannot be read: `1`", "notstrbox": "`1` is not a string."}
)
def to_expression(ev: Any, text: Any, form: Any = S.InputForm, head: Any = None) -> Any:
    """ToExpression["text"] reads the text and evaluates it; ToExpression["text", InputForm, h] wraps h
    around first.

    >>> {ToExpression["1 + 2"], ToExpression["1 + 2", InputForm, Hold]}
    {3, Hold[1 + 2]}
    """
    from wlnet.expr import is_list, items

    if is_list(text):
        rest = (form,) if head is None else (form, head)
        return make_list(Expr(S.ToExpression, (t, *rest)) for t in items(text))
    if type(text) is not str:
        ev.message("ToExpression", "notstrbox", text)
        return FAILED
    value: Any = NULL
    for e in ev.read_all(text):
        if isinstance(e, ReadError):
            ev.message("ToExpression", "sntx", e.show())
            return FAILED
        value = ev.evaluate(e if head is None else Expr(head, (e,)))
    return value


@builtin("Short")
def short(ev: Any, expr: Any, lines: Any = 1) -> Any:
    """Short[expr] prints as a short form of expr, about one line; Short[expr, n] as about n lines.

    >>> Head[Short[Range[100]]]
    Short
    """
    return None


@builtin("Shallow")
def shallow(ev: Any, expr: Any, depth: Any = 4) -> Any:
    """Shallow[expr] prints as the upper levels of expr.

    >>> Head[Shallow[{1, 2}]]
    Shallow
    """
    return None
