"""Format: printed forms of a program's own."""

from __future__ import annotations

from typing import Any

from wlnet.expr import NULL, Expr, S, Symbol, system
from wlnet.expr.attributes import PROTECTED
from wlnet.kernel.definitions import add_rule, assigner, evaluated_lhs, tag_of, unassigner
from wlnet.kernel.evaluate import evaluate
from wlnet.kernel.registry import builtin
from wlnet.kernel.rules import Rule

FAILED = system("$Failed")


@builtin("Format")
def format_(ev: Any, expr: Any, form: Any = None) -> Any:
    """Format[expr] prints as the form that is defined for expr. Format[f[x_]] := form makes f[x] print as
    form, Format[f[x_], TeXForm] := form where it is printed as TeXForm. InputForm shows f[x] as it is.

    >>> Format[coin[n_]] := Row[{n, " ct"}]; {coin[5], coin[a]}
    {5 ct, a ct}
    """
    return None


def _pattern(lhs: Expr) -> tuple[Symbol, Expr] | None:
    """The symbol that a definition of Format[pattern, ...] belongs to, and its left side."""
    if not 1 <= len(lhs.args) <= 2:
        return None
    what = lhs.args[0]
    symbol = tag_of(what)
    if symbol is None:
        return None
    target = evaluated_lhs(what) if type(what) is Expr and what.head is symbol else what
    return symbol, Expr(S.Format, (target, *lhs.args[1:]))


@assigner("Format")
def assign_format(ev: Any, lhs: Expr, rhs: Any, delayed: bool) -> Any:
    """Format[pattern] := form."""
    found = _pattern(lhs)
    if found is None:
        return None
    symbol, target = found
    if symbol.attributes & PROTECTED:
        ev.message("SetDelayed" if delayed else "Set", "write", symbol, lhs)
        return FAILED
    value = rhs if delayed else evaluate(rhs)
    add_rule(symbol, "format_values", target, value)
    ev.state.formats = True
    return NULL if delayed else value


@unassigner("Format")
def unassign_format(ev: Any, lhs: Expr) -> Any:
    """Format[pattern] =."""
    found = _pattern(lhs)
    if found is None or found[0].format_values is None:
        return None
    symbol, target = found
    symbol.touch()
    if not symbol.format_values.remove(Rule(target, NULL, whole=True)):
        ev.message("Unset", "norep", lhs, symbol)
        return FAILED
    return NULL
