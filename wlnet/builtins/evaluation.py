"""Holding, releasing and steering evaluation: Hold, Evaluate, Unevaluated, Inactive, Trace, In and Out."""

from __future__ import annotations

from typing import Any

from wlnet.expr import LIST, Expr, S, Symbol
from wlnet.expr.attributes import HOLD_ALL, HOLD_ALL_COMPLETE, HOLD_FIRST, LISTABLE, LOCKED, N_HOLD_FIRST
from wlnet.kernel.registry import builtin, symbol
from wlnet.kernel.scope import Scope
from wlnet.kernel.templates import Code, code, inline
from wlnet.kernel.tracing import Printer, Tracer

HELD = frozenset((S.Hold, S.HoldComplete, S.HoldForm, S.HoldPattern))


@builtin("Hold", attributes=HOLD_ALL)
def hold(ev: Any, *args: Any) -> Any:
    """Hold[expr] keeps expr unevaluated.

    >>> Hold[1 + 1]
    Hold[1 + 1]
    >>> Hold[Evaluate[1 + 1], 2 + 2]
    Hold[2, 2 + 2]
    """
    return None


@builtin("HoldComplete", attributes=HOLD_ALL_COMPLETE)
def hold_complete(ev: Any, *args: Any) -> Any:
    """HoldComplete[expr] keeps expr entirely as it is: not even Evaluate,
    Sequence or upvalues have an effect.

    >>> HoldComplete[Evaluate[1 + 1]]
    HoldComplete[Evaluate[1 + 1]]
    """
    return None


@builtin("HoldForm", attributes=HOLD_ALL)
def hold_form(ev: Any, *args: Any) -> Any:
    """HoldForm[expr] keeps expr unevaluated and prints as expr.

    >>> HoldForm[1 + 1]
    1 + 1
    """
    return None


@builtin("HoldPattern", attributes=HOLD_ALL)
def hold_pattern(ev: Any, *args: Any) -> Any:
    """HoldPattern[expr] is equivalent to expr for pattern matching, but keeps it unevaluated.

    >>> MatchQ[Hold[1 + 1], Hold[HoldPattern[_ + _]]]
    True
    """
    return None


@builtin("Unevaluated", attributes=HOLD_ALL_COMPLETE)
def unevaluated(ev: Any, *args: Any) -> Any:
    """Unevaluated[expr] as an argument of a function hands expr over unevaluated.

    >>> Length[Unevaluated[1 + 2 + 3]]
    3
    """
    return None


@builtin("Evaluate")
def evaluate_(ev: Any, *args: Any) -> Any:
    """Evaluate[expr] is evaluated even as an argument of a function that holds it.

    >>> Hold[Evaluate[1 + 1]]
    Hold[2]
    """
    return args[0] if len(args) == 1 else Expr(S.Sequence, args)


@builtin("ReleaseHold")
def release_hold(ev: Any, expr: Any) -> Any:
    """ReleaseHold[expr] removes Hold, HoldForm, HoldPattern and HoldComplete in expr.

    >>> ReleaseHold[{Hold[1 + 1], f[HoldForm[2 + 2]]}]
    {2, f[4]}
    """
    return release(expr)


def release(e: Any) -> Any:
    """The outermost hold wrappers in `e` replaced by what they hold."""
    if type(e) is not Expr:
        return e
    if type(e.head) is Symbol and e.head in HELD:
        return e.args[0] if len(e.args) == 1 else Expr(S.Sequence, e.args)
    args = tuple([release(a) for a in e.args])
    head = release(e.head)
    if head is e.head and all(a is b for a, b in zip(args, e.args, strict=True)):
        return e
    return Expr(head, args)


@builtin("Identity")
def identity(ev: Any, expr: Any) -> Any:
    """Identity[expr] gives expr.

    >>> Identity[x]
    x
    """
    return expr


@builtin("Inactive", attributes=HOLD_FIRST)
def inactive(ev: Any, f: Any) -> Any:
    """Inactive[f] is an inactive form of f: it does nothing until Activate is used.

    >>> Inactive[Plus][1, 2]
    Inactive[Plus][1, 2]
    """
    return f if type(f) in (int, float, str) else None


@builtin("Activate")
def activate(ev: Any, expr: Any, pattern: Any = None) -> Any:
    """Activate[expr] replaces every Inactive[f] in expr by f. Activate[expr, patt] does so for f
    that match patt.

    >>> Activate[Inactive[Plus][1, 2]]
    3
    """
    matches = None if pattern is None else ev.matching(pattern)
    return _activated(expr, matches)


def _activated(e: Any, matches: Any) -> Any:
    if type(e) is not Expr:
        return e
    if e.head is S.Inactive and len(e.args) == 1:
        return e.args[0] if matches is None or matches(e.args[0]) else e
    return Expr(_activated(e.head, matches), tuple([_activated(a, matches) for a in e.args]))


@builtin("Inactivate", attributes=HOLD_FIRST)
def inactivate(ev: Any, expr: Any, pattern: Any = None) -> Any:
    """Inactivate[expr] replaces every head f in expr by Inactive[f];
    Inactivate[expr, patt] those that match patt.

    >>> Inactivate[1 + 1]
    Inactive[Plus][1, 1]
    """
    matches = None if pattern is None else ev.matching(pattern)
    return _inactivated(expr, matches)


def _inactivated(e: Any, matches: Any) -> Any:
    if type(e) is not Expr:
        return e
    args = tuple([_inactivated(a, matches) for a in e.args])
    if type(e.head) is not Symbol:
        return Expr(_inactivated(e.head, matches), args)
    keeps = e.head in (LIST, S.Rule, S.RuleDelayed, S.Inactive) if matches is None else not matches(e.head)
    return Expr(e.head if keeps else Expr(S.Inactive, (e.head,)), args)


symbol("List", attributes=LOCKED, usage="{e1, e2, ...}, or List[e1, e2, ...], is a list of elements.")
symbol("None", usage="None is a setting that stands for nothing.")
symbol("Automatic", usage="Automatic is a setting that leaves a choice to the function.")
symbol("Inherited", usage="Inherited is a setting that takes a value from what surrounds it.")


@builtin("Nothing")
def nothing(ev: Any, *args: Any) -> Any:
    """Nothing vanishes from the lists it is an element of; Nothing[...] is Nothing.

    >>> {a, Nothing, Nothing[b]}
    {a}
    """
    return S.Nothing


symbol("Null", usage="Null is the symbol for no result: it is not printed.")
symbol("$Aborted", usage="$Aborted is the value of an evaluation that was aborted.")
symbol("$Failed", usage="$Failed is the value of an operation that could not be done.")
symbol("$Canceled", usage="$Canceled is the value of a dialogue that was cancelled.")
symbol(
    "TerminatedEvaluation", usage="TerminatedEvaluation[reason] stands for an evaluation that a limit ended."
)
symbol("Splice", usage="Splice[{e1, e2, ...}] as an element of a list is replaced by e1, e2, ....")


@inline("Evaluate")
def _inline_evaluate(e: Expr, scope: Scope, tail: bool) -> Code | None:
    return code(e.args[0], scope, tail) if len(e.args) == 1 else None


# ---------------------------------------------------------------- history


@builtin("In", attributes=LISTABLE | N_HOLD_FIRST, stateful=True)
def in_(ev: Any, n: Any = None) -> Any:
    """In[n] is the n-th input, evaluated again; In[-k] the one k inputs ago."""
    k = _line(ev, n)
    return ev.state.inputs.get(k) if k is not None else None


@builtin("Out", attributes=LISTABLE | N_HOLD_FIRST, stateful=True)
def out(ev: Any, n: Any = None) -> Any:
    """Out[n], or %n, is the n-th output; Out[], or %, the last one; Out[-k] the one k outputs ago."""
    k = _line(ev, n)
    return ev.state.outputs.get(k) if k is not None else None


@builtin("InString", attributes=LISTABLE | N_HOLD_FIRST, stateful=True)
def in_string(ev: Any, n: Any = None) -> Any:
    """InString[n] is the text of the n-th input."""
    k = _line(ev, n)
    found = ev.state.inputs.get(k) if k is not None else None
    return None if found is None else ev.text(found, "InputForm")


def _line(ev: Any, n: Any) -> int | None:
    if n is None:
        return int(ev.state.line) - 1
    if type(n) is not int:
        return None
    return n if n > 0 else ev.state.line + n  # type: ignore[no-any-return]


# ---------------------------------------------------------------- Trace


@builtin("Trace", attributes=HOLD_ALL, evaluated=True)
def trace(ev: Any, expr: Any, form: Any = None) -> Any:
    """Trace[expr] evaluates expr, and gives the list of all forms it goes through; nested lists are the
    evaluations of parts. Trace[expr, form] keeps only those that match form.

    >>> Trace[1 + 2 3]
    {{2 3, 6}, 1 + 6, 7}
    """
    tracer = Tracer()
    tracer.run(expr)
    log = tracer.log if len(tracer.log) > 1 else []
    if form is not None:
        matches = ev.matching(form)
        log = _filtered(log, matches)
    return Expr(LIST, tuple(log))


@builtin("TracePrint", attributes=HOLD_ALL, evaluated=True)
def trace_print(ev: Any, expr: Any, form: Any = None) -> Any:
    """TracePrint[expr] evaluates expr, and prints all forms that come up meanwhile, indented by how deep they
    are. TracePrint[expr, form] prints only those that match form.

    >>> TracePrint[1 + 1]
    2
    """
    matches = None if form is None else ev.matching(form)

    def show(e: Any, level: int) -> None:
        if matches is None or matches(e):
            ev.print(" " * (level + 1) + ev.text(Expr(S.HoldForm, (e,))))

    return Printer(show).run(expr)


def _filtered(log: list[Any], matches: Any) -> list[Any]:
    found: list[Any] = []
    for entry in log:
        if entry.head is LIST:
            inner = _filtered(list(entry.args), matches)
            if inner:
                found.append(Expr(LIST, tuple(inner)))
        elif matches(entry.args[0]):
            found.append(entry)
    return found
