"""OutputForm: raw strings, six digits, wrappers such as Row, Grid and NumberForm shown
as what they stand for.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from wlnet.expr.atoms import ATOMS
from wlnet.expr.expression import Expr, is_list, items
from wlnet.expr.symbols import S, Symbol

from . import inputs, number_forms, numerals
from .layout import Form, FullPrinter, Layout, Name, Piece, Printer
from .numerals import ATOM
from .operators import Operator, table, wide
from .short import shortened

# Tables inside tables are laid out by calls of the printer; deeper than this they print as ordinary calls.
_DEEPEST = 20
# Width in characters that Short keeps to, per line it may have.
_SHORT_WIDTH = 78


class OutputPrinter(Printer):
    """OutputForm. `depth` counts printers inside printers (cells of tables);
    `spec` formats numbers in NumberForm.
    """

    def __init__(self, name: Name, depth: int = 0, spec: number_forms.Spec | None = None) -> None:
        super().__init__("OutputForm", name, forms())
        self.depth = depth
        self.spec = spec

    def string(self, value: str) -> str:
        return value

    def symbol(self, symbol: Symbol) -> str:
        return self.name(symbol)

    def number(self, value: Any) -> tuple[str, int]:
        if self.spec is not None:
            return self.spec.text(value)
        return numerals.number(value, self.form)

    def call(self, expr: Expr) -> Layout:
        head = expr.head
        if type(head) is Symbol and len(expr.args) > 1 and head.name in table().character_heads:
            row = _characters().get(head.name)
            if (
                row is not None
                and head.context == "System`"
                and (len(expr.args) == 2 or row.grouping == "flat")
            ):
                pieces: list[Piece] = []
                for arg in expr.args:
                    pieces += [(arg, row.level + 1), f" {row.text} "]
                return row.level, pieces[:-1]
        return super().call(expr)

    def atom(self, value: Any, need: int) -> Layout:
        known = ATOMS.get(type(value))
        if known is not None and known.output is not None:
            return ATOM, [known.output(value)]
        return super().atom(value, need)

    def inner(self, expr: Any, spec: number_forms.Spec | None = None) -> str:
        """The text of an expression that is laid out on its own: a cell, a number with a format."""
        return OutputPrinter(self.name, self.depth + 1, spec or self.spec).text(expr)


_named: dict[str, Operator] = {}


def _characters() -> dict[str, Operator]:
    """Infix heads that have a character of their own in Unicode: `a ∈ b`."""
    if not _named:
        found: dict[str, Operator] = {}
        for text, row in wide().infix.items():
            if not text.isascii() and not "\ue000" <= text <= "\uf8ff" and row.shape == "":
                found.setdefault(row.head.name, row)
        _named.update(found)
    return _named


# Layouts. A function takes (printer, expr, level needed) and gives level and pieces,
# or None for an ordinary call.


def _content(printer: Printer, expr: Expr, need: int) -> Layout | None:
    """The first argument alone: wrappers that only change how a front end draws."""
    return (ATOM, [(expr.args[0], need)]) if expr.args else None


def _in_form(form: str) -> Form:
    def layout(printer: Printer, expr: Expr, need: int) -> Layout | None:
        if len(expr.args) != 1 or not _may_nest(printer):
            return None
        other = (
            FullPrinter(form, printer.name, {})
            if form == "FullForm"
            else Printer(form, printer.name, inputs.forms())
        )
        return 0 if need else ATOM, [other.text(expr.args[0])]

    return layout


def _may_nest(printer: Printer) -> bool:
    return isinstance(printer, OutputPrinter) and printer.depth < _DEEPEST


def _row(printer: Printer, expr: Expr, need: int) -> Layout | None:
    args = expr.args
    if not args or not is_list(args[0]):
        return None
    between: list[Piece] = [(separator, 0) for separator in args[1:2] if not _is_option(separator)]
    pieces: list[Piece] = []
    for i, item in enumerate(items(args[0])):
        if i:
            pieces += between
        pieces.append((item, 0))
    return ATOM, pieces


def _sequence(printer: Printer, expr: Expr, need: int) -> Layout | None:
    return ATOM, [(arg, 0) for arg in expr.args]


def _is_option(value: Any) -> bool:
    return type(value) is Expr and value.head in (S.Rule, S.RuleDelayed)


def _column(printer: Printer, expr: Expr, need: int) -> Layout | None:
    if not expr.args or not is_list(expr.args[0]):
        return None
    pieces: list[Piece] = []
    for item in items(expr.args[0]):
        pieces += [(item, 0), "\n"]
    return ATOM, pieces[:-1]


def _grid(printer: Printer, expr: Expr, need: int) -> Layout | None:
    """Rows and columns, cells left-aligned (numbers right-aligned), three blanks apart."""
    if not expr.args or not is_list(expr.args[0]) or not _may_nest(printer):
        return None
    assert isinstance(printer, OutputPrinter)
    rows = [list(items(row)) if is_list(row) else [row] for row in items(expr.args[0])]
    heads = _headings(expr.args[1:], len(rows), max(map(len, rows), default=0))
    if heads is not None:
        left, top = heads
        if left:
            rows = [[label, *row] for label, row in zip(left, rows, strict=False)]
        if top:
            rows.insert(0, [""] * bool(left) + top)
    return ATOM, [_aligned([[printer.inner(cell) for cell in row] for row in rows])]


def _headings(options: tuple[Any, ...], rows: int, columns: int) -> tuple[list[Any], list[Any]] | None:
    """Row and column labels from TableHeadings -> {rows, columns}, Automatic numbering them."""
    for option in options:
        if not _is_option(option) or option.args[0] is not S.TableHeadings:
            continue
        setting = option.args[1]
        both = items(setting) if is_list(setting) else (setting, setting) if setting is S.Automatic else ()
        labels: list[list[Any]] = []
        for i, count in enumerate((rows, columns)):
            part = both[i] if i < len(both) else None
            automatic = list(range(1, count + 1)) if part is S.Automatic else []
            labels.append(list(items(part)) if is_list(part) else automatic)
        return labels[0], labels[1]
    return None


def _aligned(rows: list[list[str]]) -> str:
    """Cells, each perhaps of several lines, in columns."""
    cells = [[cell.split("\n") for cell in row] for row in rows]
    count = max(map(len, cells), default=0)
    widths = [0] * count
    for row in cells:
        for j, cell in enumerate(row):
            widths[j] = max(widths[j], *map(len, cell))
    shown: list[str] = []
    for row in cells:
        for i in range(max(map(len, row), default=1)):
            parts = [(cell[i] if i < len(cell) else "").ljust(widths[j]) for j, cell in enumerate(row)]
            shown.append("   ".join(parts).rstrip())
    return "\n".join(shown)


def _string_form(printer: Printer, expr: Expr, need: int) -> Layout | None:
    """The template with `` filled in turn and `n` by number."""
    if not expr.args or type(expr.args[0]) is not str:
        return None
    values = expr.args[1:]
    pieces: list[Piece] = []
    turn = 0
    rest = expr.args[0]
    while "`" in rest:
        before, _, rest = rest.partition("`")
        which, mark, after = rest.partition("`")
        if not mark or (which and not which.isdigit()):
            pieces.append(before + "`")
            continue
        pieces.append(before)
        turn = int(which) if which else turn + 1
        pieces.append((values[turn - 1], 0) if 0 < turn <= len(values) else f"`{which}`")
        rest = after
    return ATOM, [*pieces, rest]


def _skeleton(printer: Printer, expr: Expr, need: int) -> Layout | None:
    return (ATOM, ["<<", (expr.args[0], 0), ">>"]) if len(expr.args) == 1 else None


def _short(printer: Printer, expr: Expr, need: int) -> Layout | None:
    """The expression on one line, or n: arguments in the middle give way to <<how many>>."""
    if len(expr.args) not in (1, 2) or not _may_nest(printer):
        return None
    assert isinstance(printer, OutputPrinter)
    value = expr.args[0]
    lines = expr.args[1] if len(expr.args) == 2 else 1
    if type(lines) not in (int, float):
        return None
    room = int(_SHORT_WIDTH * lines)
    return printer.layout(shortened(value, room, printer.inner), need)


def _picture(printer: Printer, expr: Expr, need: int) -> Layout | None:
    return ATOM, [f"-{expr.head.name}-"]


def _series(printer: Printer, expr: Expr, need: int) -> Layout | None:
    """A power series as its terms in order, and the order term."""
    if len(expr.args) != 6 or not is_list(expr.args[2]) or any(type(n) is not int for n in expr.args[3:]):
        return None
    x, x0, coefficients, low, high, den = expr.args
    infinite = x0 is S.Infinity or (type(x0) is Expr and x0.head is S.DirectedInfinity)
    base = x
    if infinite:
        base = Expr(S.Power, (x, -1))
    elif not (type(x0) is int and x0 == 0):
        point: Any = x0
        minus = -point if type(point) in NUMBERS else Expr(S.Times, (-1, point))
        base = Expr(S.Plus, (minus, x))
    terms = [_term(c, base, Fraction(k, den)) for k, c in enumerate(items(coefficients), low)]
    terms = [t for t in terms if t is not None]
    terms.append(_to_power(Expr(S.O, (base,)), Fraction(high, den)))
    if len(terms) == 1:
        return printer.layout(terms[0], need)
    return printer.expression(Expr(S.Plus, tuple(terms)), need)


NUMBERS = (int, float, Fraction)


def _to_power(base: Any, k: Fraction) -> Any:
    exponent = int(k) if k.denominator == 1 else k
    if exponent == 1:
        return base
    if exponent == -1 and type(base) is Expr and base.head is S.Power:
        return base.args[0]
    return Expr(S.Power, (base, exponent))


def _term(c: Any, base: Any, k: Fraction) -> Any:
    """The term c base^k as it is written; None for an exact 0."""
    if type(c) is int and c == 0:
        return None
    if k == 0:
        return c
    factor = _to_power(base, k)
    if type(c) is int and c == 1:
        return factor
    if type(c) is Expr and c.head is S.Times:
        return Expr(S.Times, (*c.args, factor))
    return Expr(S.Times, (c, factor))


def _number_form(printer: Printer, expr: Expr, need: int) -> Layout | None:
    spec = number_forms.spec(expr)
    if spec is None or not _may_nest(printer):
        return None
    assert isinstance(printer, OutputPrinter)
    return numerals.ATOM if not need else 0, [printer.inner(expr.args[0], spec)]


_forms: dict[str, Form] = {}


def forms() -> dict[str, Form]:
    """The layouts of OutputForm by head name: those of InputForm and the wrappers. Made on first use."""
    if not _forms:
        _forms.update({**inputs.forms(), **dict.fromkeys(_TRANSPARENT, _content), **_WRAPPERS})
    return _forms


def show_as(name: str, text: Callable[[Expr], str | None]) -> None:
    """Show expressions with the System` head `name` as `text` has them; None: as ordinary calls."""

    def layout(printer: Printer, expr: Expr, need: int) -> Layout | None:
        shown = text(expr)
        return None if shown is None else (ATOM, [shown])

    forms()[name] = layout


_TRANSPARENT = [
    "HoldForm",
    "Defer",
    "Style",
    "Text",
    "Tooltip",
    "Annotation",
    "Interpretation",
    "Labeled",
    "Legended",
    "Framed",
    "Panel",
    "Pane",
    "Item",
    "Highlighted",
    "Hyperlink",
    "OutputForm",
    "StandardForm",
    "TraditionalForm",
    "Mouseover",
    "EventHandler",
    "StatusArea",
    "Deploy",
    "Invisible",
]

_WRAPPERS: dict[str, Form] = {
    "InputForm": _in_form("InputForm"),
    "FullForm": _in_form("FullForm"),
    "Row": _row,
    "SequenceForm": _sequence,
    "Column": _column,
    "Grid": _grid,
    "TableForm": _grid,
    "MatrixForm": _grid,
    "StringForm": _string_form,
    "Skeleton": _skeleton,
    "Short": _short,
    "SeriesData": _series,
    **dict.fromkeys(("Graphics", "Graphics3D", "GraphicsRow", "GraphicsColumn", "GraphicsGrid"), _picture),
    **dict.fromkeys(number_forms.HEADS, _number_form),
}
