"""Failures as values: Failure, FailureQ, Enclose, Confirm and kin; Echo."""

from __future__ import annotations

import time
from typing import Any

from wlnet.expr import NULL, TRUE, Association, Expr, S, system, truth
from wlnet.expr.attributes import HOLD_FIRST
from wlnet.kernel.control import RUN, ControlFlow
from wlnet.kernel.evaluate import evaluate
from wlnet.kernel.messages import Catcher, Quieting
from wlnet.kernel.registry import applied, builtin, symbol

FAILED = system("$Failed")
ABORTED = system("$Aborted")
NONE = system("None")


class Unconfirmed(ControlFlow):
    """A Confirm that failed: unwinds to the nearest Enclose whose tag matches."""

    def __init__(self, failure: Any, tag: Any, wrapped: Any) -> None:
        self.failure = failure
        self.tag = tag
        self.wrapped = wrapped


def is_failure(e: Any) -> bool:
    """Whether a value says that an operation failed: Failure[...], $Failed, $Aborted, Missing[...], or
    nothing (Null).
    """
    return e is FAILED or e is ABORTED or (type(e) is Expr and e.head in (S.Failure, S.Missing))


@builtin("Failure", stateful=True)
def failure(ev: Any, tag: Any, data: Any) -> Any:
    """Failure["tag", <|...|>] stands for an operation that failed; Failure[...]["key"] looks up what is
    known of it.

    >>> Failure["NoFile", <|"Name" -> "a.txt"|>]["Name"]
    a.txt
    """
    return None


@applied("Failure")
def apply_failure(ev: Any, head: Expr, args: tuple[Any, ...]) -> Any:
    """Failure[tag, data]["key"]."""
    if len(args) != 1 or len(head.args) != 2 or type(head.args[1]) is not Association:
        return None
    tag, data = head.args
    if args[0] == "Tag":
        return tag
    if args[0] == "Message":
        return failure_message(ev, head)
    value = data.get(args[0])
    return Expr(S.Missing, ("KeyAbsent", args[0])) if value is None else evaluate(value)


def failure_message(ev: Any, f: Expr) -> str:
    """The text of a failure: its message template filled in, or its tag."""
    data = f.args[1]
    template = data.get("MessageTemplate")
    parameters = data.get("MessageParameters")
    if type(template) is not str:
        return f.args[0] if type(f.args[0]) is str else ev.text(f.args[0], "OutputForm")
    values = parameters if type(parameters) is Association else data
    for k, v in values.pairs():
        name = k if type(k) is str else ev.text(k, "OutputForm")
        template = template.replace(f"`{name}`", v if type(v) is str else ev.text(v, "OutputForm"))
    return template


@builtin("FailureQ")
def failure_q(ev: Any, expr: Any) -> Any:
    """FailureQ[expr] gives True if expr is a Failure[...], $Failed or $Aborted.

    >>> {FailureQ[$Failed], FailureQ[1]}
    {True, False}
    """
    return truth(expr is FAILED or expr is ABORTED or (type(expr) is Expr and expr.head is S.Failure))


symbol("Missing", usage='Missing["reason"] stands for data that are not there.')

CONFIRM_MESSAGES = {"noenc": "There is no enclosing Enclose for `1`."}


def _confirmation_failure(kind: str, value: Any, info: Any, **more: Any) -> Expr:
    entries: list[tuple[Any, Any]] = [
        ("MessageTemplate", f"{kind} did not succeed: `Expression`."),
        ("ConfirmationType", kind),
        ("Expression", value),
        *more.items(),
    ]
    if info is not NULL:
        entries.append(("Information", info))
    return Expr(S.Failure, ("ConfirmationFailed", Association.of(entries)))


def _refuse(command: str, value: Any, info: Any, tag: Any, **more: Any) -> Any:
    failed = value if type(value) is Expr and value.head is S.Failure and info is NULL else None
    found = failed if failed is not None else _confirmation_failure(command, value, info, **more)
    raise Unconfirmed(found, tag, value)


@builtin("Confirm")
def confirm(ev: Any, expr: Any, info: Any = NULL, tag: Any = NONE) -> Any:
    """Confirm[expr] gives expr, unless it is a failure ($Failed, Failure[...], Missing[...], ...): then the
    nearest enclosing Enclose ends with a failure. Confirm[expr, info] adds information.

    >>> Enclose[Confirm[3] + 1]
    4
    """
    return _refuse("Confirm", expr, info, tag) if is_failure(expr) else expr


@builtin("ConfirmBy")
def confirm_by(ev: Any, expr: Any, f: Any, info: Any = NULL, tag: Any = NONE) -> Any:
    """ConfirmBy[expr, f] gives expr if f[expr] is True; else the nearest enclosing Enclose ends
    with a failure.

    >>> Enclose[ConfirmBy[4, OddQ], "no" &]
    no
    """
    return expr if ev.predicate(f)(expr) else _refuse("ConfirmBy", expr, info, tag, Function=f)


@builtin("ConfirmMatch")
def confirm_match(ev: Any, expr: Any, form: Any, info: Any = NULL, tag: Any = NONE) -> Any:
    """ConfirmMatch[expr, form] gives expr if it matches; else the nearest enclosing Enclose ends
    with a failure.

    >>> Enclose[ConfirmMatch[4, _Integer]]
    4
    """
    return expr if ev.matches(expr, form) else _refuse("ConfirmMatch", expr, info, tag, Pattern=form)


@builtin("ConfirmAssert", attributes=HOLD_FIRST)
def confirm_assert(ev: Any, test: Any, info: Any = NULL, tag: Any = NONE) -> Any:
    """ConfirmAssert[test] ends the nearest enclosing Enclose with a failure unless test is True.

    >>> Enclose[ConfirmAssert[1 > 2], "no" &]
    no
    """
    if evaluate(test) is TRUE:
        return NULL
    return _refuse("ConfirmAssert", Expr(S.HoldForm, (test,)), info, tag)


@builtin("ConfirmQuiet", attributes=HOLD_FIRST)
def confirm_quiet(ev: Any, expr: Any, info: Any = NULL, tag: Any = NONE) -> Any:
    """ConfirmQuiet[expr] evaluates expr quietly; a message makes the nearest enclosing Enclose end
    with a failure.

    >>> Enclose[ConfirmQuiet[1/0], "no" &]
    no
    """
    state = ev.state
    state.quiet.append(Quieting(None, set()))
    catcher = Catcher(len(state.quiet), None)
    state.catchers.append(catcher)
    level = len(state.quiet)
    try:
        value = evaluate(expr)
    finally:
        del state.quiet[level - 1 :]
        del state.catchers[state.catchers.index(catcher) :]
    return _refuse("ConfirmQuiet", value, info, tag) if catcher.found else value


@builtin("Enclose", attributes=HOLD_FIRST, evaluated=True)
def enclose(ev: Any, expr: Any, f: Any = None, form: Any = None) -> Any:
    """Enclose[expr] evaluates expr, and gives a failure if a Confirm in it failed.
    Enclose[expr, f] gives f[failure]; Enclose[expr, f, form] heeds only Confirm with a tag that matches form.

    >>> Enclose[Confirm[$Failed], "handled" &]
    handled
    """
    depth = RUN.depth
    try:
        return evaluate(expr)
    except Unconfirmed as exit_:
        if form is not None and not ev.matches(exit_.tag, form):
            raise
        RUN.depth = depth
        if f is None:
            return evaluate(exit_.failure)
        if type(f) is str:
            return evaluate(Expr(exit_.failure, (f,)))
        return evaluate(Expr(f, (exit_.failure,)))


# ---------------------------------------------------------------- Echo


@builtin("Echo")
def echo(ev: Any, expr: Any, label: Any = "", f: Any = None) -> Any:
    """Echo[expr] prints expr and gives it. Echo[expr, label] prints a label before; Echo[expr, label, f]
    prints f[expr].

    >>> Echo[1 + 1] + 1
    3
    """
    shown = expr if f is None else ev.function(f)(expr)
    text = shown if type(shown) is str else ev.text(shown, "OutputForm")
    prefix = label if type(label) is str else ev.text(label, "OutputForm")
    ev.print(f">> {prefix} {text}" if prefix else f">> {text}")
    return expr


@builtin("EchoFunction")
def echo_function(ev: Any, *args: Any) -> Any:
    """EchoFunction[f][expr] prints f[expr] and gives expr; EchoFunction[label, f][expr] prints
    a label before.

    >>> EchoFunction[f][x]
    x
    """
    return None


@builtin("EchoLabel")
def echo_label(ev: Any, label: Any) -> Any:
    """EchoLabel[label][expr] prints the label and expr, and gives expr.

    >>> EchoLabel["now"][x]
    x
    """
    return None


@applied("EchoLabel")
def apply_echo_label(ev: Any, head: Expr, args: tuple[Any, ...]) -> Any:
    """EchoLabel[label][expr]."""
    return echo(ev, args[0], head.args[0]) if len(args) == len(head.args) == 1 else None


@builtin("EchoEvaluation", attributes=HOLD_FIRST)
def echo_evaluation(ev: Any, expr: Any, label: Any = "") -> Any:
    """EchoEvaluation[expr] prints expr as it is, then its value, and gives the value;
    EchoEvaluation[expr, label] prints a label before.

    >>> EchoEvaluation[1 + 1] + 1
    3
    """
    prefix = ev.text(label, "OutputForm")
    ev.print(f">> {prefix} {ev.text(expr)}" if prefix else f">> {ev.text(expr)}")
    value = ev.evaluate(expr)
    ev.print(f"<< {prefix} {ev.text(value)}" if prefix else f"<< {ev.text(value)}")
    return value


@builtin("EchoTiming", attributes=HOLD_FIRST)
def echo_timing(ev: Any, expr: Any, label: Any = "") -> Any:
    """EchoTiming[expr] prints the seconds that the evaluation of expr takes, and gives its value;
    EchoTiming[expr, label] prints a label before.

    >>> EchoTiming[1 + 1] + 1
    3
    """
    start = time.perf_counter()
    value = ev.evaluate(expr)
    echo(ev, time.perf_counter() - start, label)
    return value


@applied("EchoFunction")
def apply_echo_function(ev: Any, head: Expr, args: tuple[Any, ...]) -> Any:
    """EchoFunction[...][expr]."""
    if len(args) != 1 or not 1 <= len(head.args) <= 2:
        return None
    return echo(ev, args[0], head.args[0] if len(head.args) == 2 else "", head.args[-1])
