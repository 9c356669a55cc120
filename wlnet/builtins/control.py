"""Control flow: If, Which, Switch, CompoundExpression, loops, Break, Return, Throw and Catch, Abort."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wlnet.expr import FALSE, NULL, TRUE, Expr, S, is_list
from wlnet.expr.attributes import HOLD_ALL, HOLD_FIRST, HOLD_REST, READ_PROTECTED
from wlnet.kernel.building import built
from wlnet.kernel.control import RUN, Abort, BreakLoop, ContinueLoop, Quit, ReturnValue, Throw
from wlnet.kernel.definitions import set_own
from wlnet.kernel.evaluate import evaluate
from wlnet.kernel.iterators import Iterator, iterator
from wlnet.kernel.registry import builtin
from wlnet.kernel.scope import Scope
from wlnet.kernel.templates import Code, code, compiled, inline

# ---------------------------------------------------------------- choice


@builtin("If", attributes=HOLD_REST)
def if_(ev: Any, condition: Any, then: Any, otherwise: Any = NULL, undecided: Any = None) -> Any:
    """If[condition, t, f] gives t if condition evaluates to True, and f if it evaluates to False.
    If[condition, t, f, u] gives u if condition evaluates to neither.

    >>> If[1 < 2, "yes", "no"]
    yes
    >>> If[x, 1, 2]
    If[x, 1, 2]
    """
    if condition is TRUE:
        return then
    if condition is FALSE:
        return otherwise
    return undecided


@inline("If")
def _inline_if(e: Expr, scope: Scope, tail: bool) -> Code | None:
    if not 2 <= len(e.args) <= 4:
        return None
    test = code(e.args[0], scope)
    then = code(e.args[1], scope, tail)
    otherwise = code(e.args[2], scope, tail) if len(e.args) > 2 else _null
    undecided = code(e.args[3], scope, tail) if len(e.args) > 3 else None
    rest = [built(a, scope) for a in e.args[1:]]

    def choose(b: list[Any]) -> Any:
        value = test(b)
        if value is TRUE:
            return then(b)
        if value is FALSE:
            return otherwise(b)
        if undecided is not None:
            return undecided(b)
        return evaluate(Expr(S.If, (value, *[m(b) for m in rest])))

    return choose


def _null(b: list[Any]) -> Any:
    return NULL


@builtin("Which", attributes=HOLD_ALL)
def which(ev: Any, *args: Any) -> Any:
    """Which[test1, value1, test2, value2, ...] gives the value of the first test that evaluates to True.

    >>> Which[1 > 2, a, 1 < 2, b]
    b
    >>> Which[False, a]
    """
    if len(args) % 2:
        ev.message("Which", "argct", S.Which, len(args))
        return None
    for i in range(0, len(args), 2):
        test = evaluate(args[i])
        if test is TRUE:
            return args[i + 1]
        if test is not FALSE:
            return Expr(S.Which, (test, *args[i + 1 :])) if i or test is not args[0] else None
    return NULL


@inline("Which")
def _inline_which(e: Expr, scope: Scope, tail: bool) -> Code | None:
    if len(e.args) % 2 or not e.args:
        return None
    tests = [code(a, scope) for a in e.args[::2]]
    values = [code(a, scope, tail) for a in e.args[1::2]]
    makers = [built(a, scope) for a in e.args]
    pairs = list(zip(tests, values, strict=True))

    def choose(b: list[Any]) -> Any:
        for k, (test, value) in enumerate(pairs):
            found = test(b)
            if found is TRUE:
                return value(b)
            if found is not FALSE:
                return evaluate(Expr(S.Which, (found, *[m(b) for m in makers[2 * k + 1 :]])))
        return NULL

    return choose


@builtin("Switch", attributes=HOLD_REST)
def switch(ev: Any, expr: Any, *args: Any) -> Any:
    """Switch[expr, form1, value1, form2, value2, ...] gives the value after the first form that matches expr.

    >>> Switch[3, _String, s, _Integer, i]
    i
    """
    if len(args) % 2:
        ev.message("Switch", "argct", S.Switch, len(args) + 1)
        return None
    for i in range(0, len(args), 2):
        if ev.matches(expr, evaluate(args[i])):
            return args[i + 1]
    return None


@inline("Switch")
def _inline_switch(e: Expr, scope: Scope, tail: bool) -> Code | None:
    if len(e.args) % 2 == 0 or len(e.args) < 3:
        return None
    subject = code(e.args[0], scope)
    forms = [code(a, scope) for a in e.args[1::2]]
    values = [code(a, scope, tail) for a in e.args[2::2]]
    makers = [built(a, scope) for a in e.args[1:]]
    pairs = list(zip(forms, values, strict=True))

    def choose(b: list[Any]) -> Any:
        value = subject(b)
        matches = RUN.ev.matches
        for form, result in pairs:
            if matches(value, form(b)):
                return result(b)
        return evaluate(Expr(S.Switch, (value, *[m(b) for m in makers])))

    return choose


# ---------------------------------------------------------------- sequence


@builtin("CompoundExpression", attributes=HOLD_ALL | READ_PROTECTED)
def compound_expression(ev: Any, *args: Any) -> Any:
    """CompoundExpression[e1, e2, ...], or e1; e2; ..., evaluates each in turn and gives the last.

    >>> a = 1; a + 1
    2
    """
    for a in args[:-1]:
        evaluate(a)
    return args[-1] if args else NULL


@inline("CompoundExpression")
def _inline_compound(e: Expr, scope: Scope, tail: bool) -> Code | None:
    if not e.args:
        return _null
    first = [code(a, scope) for a in e.args[:-1]]
    last = code(e.args[-1], scope, tail)
    if len(first) == 1:
        only = first[0]

        def two(b: list[Any]) -> Any:
            only(b)
            return last(b)

        return two

    def several(b: list[Any]) -> Any:
        for step in first:
            step(b)
        return last(b)

    return several


# ---------------------------------------------------------------- loops


def run_loop(body: Callable[[], Any], over: Iterator) -> Any:
    """Evaluate a body once for each value of an iterator; Break, Continue and Return are seen to."""
    depth = RUN.depth
    variable = over.symbol
    saved = variable.own if variable is not None else None
    local = variable is not None and not variable.shared
    try:
        for value in over.values:
            if local:
                if variable.bare:  # type: ignore[union-attr]
                    variable.touch()  # type: ignore[union-attr]
                variable.own = value  # type: ignore[union-attr]
            elif variable is not None:
                set_own(variable, value)
            try:
                body()
            except ContinueLoop:
                RUN.depth = depth
    except BreakLoop:
        RUN.depth = depth
    except ReturnValue as exit_:
        if exit_.head is not None and exit_.head is not S.Do:
            raise
        RUN.depth = depth
        return exit_.value
    finally:
        if variable is not None:
            set_own(variable, saved)
    return NULL


@builtin("Do", attributes=HOLD_ALL, evaluated=True)
def do(ev: Any, expr: Any, *iterators: Any) -> Any:
    """Do[expr, n] evaluates expr n times. Do[expr, {i, imax}] does so with i from 1 to imax; {i, imin, imax,
    di} and {i, {v1, v2, ...}} are further forms, and several iterators nest.

    >>> s = 0; Do[s += i, {i, 10}]; s
    55
    """
    if not iterators:
        ev.message("Do", "argmu", S.Do, 2)
        return None
    return _do(ev, compiled(expr), iterators)


def _do(ev: Any, body: Callable[[], Any], specs: tuple[Any, ...]) -> Any:
    over = iterator(ev, "Do", specs[0])
    if over is None:
        return None
    if len(specs) == 1:
        return run_loop(body, over)
    failed = False

    def inner() -> None:
        nonlocal failed
        value = _do(ev, body, specs[1:])
        if value is None:
            failed = True
            raise BreakLoop
        if value is not NULL:
            raise ReturnValue(value)

    value = run_loop(inner, over)
    return None if failed else value


@inline("Do")
def _inline_do(e: Expr, scope: Scope, tail: bool) -> Code | None:
    """A loop of one iterator inside compiled code, with its body compiled once."""
    if len(e.args) != 2 or _declares_local(e.args[1], scope):
        return None
    body = code(e.args[0], scope)
    spec = built(e.args[1], scope)
    whole = built(e, scope)

    def loop(b: list[Any]) -> Any:
        over = iterator(RUN.ev, "Do", spec(b))
        if over is None:
            return whole(b)
        return run_loop(lambda: body(b), over)

    return loop


def _declares_local(spec: Any, scope: Scope) -> bool:
    """Whether an iterator's variable is a local one of compiled code (the general path deals with that)."""
    return is_list(spec) and type(spec) is Expr and bool(spec.args) and spec.args[0] in scope.slots


@builtin("While", attributes=HOLD_ALL)
def while_(ev: Any, test: Any, body: Any = NULL) -> Any:
    """While[test, body] evaluates body as long as test gives True.

    >>> n = 1; While[n < 100, n = 2 n]; n
    128
    """
    return _while(compiled(test), compiled(body))


def _while(test: Callable[[], Any], body: Callable[[], Any], step: Callable[[], Any] | None = None) -> Any:
    depth = RUN.depth
    try:
        while test() is TRUE:
            try:
                body()
            except ContinueLoop:
                RUN.depth = depth
            if step is not None:
                step()
    except BreakLoop:
        RUN.depth = depth
    except ReturnValue as exit_:
        if exit_.head is not None and exit_.head not in (S.While, S.For):
            raise
        RUN.depth = depth
        return exit_.value
    return NULL


@inline("While")
def _inline_while(e: Expr, scope: Scope, tail: bool) -> Code | None:
    if len(e.args) not in (1, 2):
        return None
    test = code(e.args[0], scope)
    body = code(e.args[1], scope) if len(e.args) == 2 else _null
    return lambda b: _while(lambda: test(b), lambda: body(b))


@builtin("For", attributes=HOLD_ALL)
def for_(ev: Any, start: Any, test: Any, step: Any, body: Any = NULL) -> Any:
    """For[start, test, step, body] evaluates start, then body and step as long as test gives True.

    >>> For[i = 1; s = 0, i <= 3, i++, s += i]; s
    6
    """
    evaluate(start)
    return _while(compiled(test), compiled(body), compiled(step))


@inline("For")
def _inline_for(e: Expr, scope: Scope, tail: bool) -> Code | None:
    if len(e.args) not in (3, 4):
        return None
    start, test, step = (code(a, scope) for a in e.args[:3])
    body = code(e.args[3], scope) if len(e.args) == 4 else _null

    def loop(b: list[Any]) -> Any:
        start(b)
        return _while(lambda: test(b), lambda: body(b), lambda: step(b))

    return loop


@builtin("Break", messages={"nofdw": "No enclosing For, While or Do found for `1`."})
def break_(ev: Any) -> Any:
    """Break[] leaves the nearest enclosing Do, For or While.

    >>> Do[If[i > 3, Break[]]; n = i, {i, 10}]; n
    3
    """
    raise BreakLoop


@builtin("Continue", messages={"nofdw": "No enclosing For, While or Do found for `1`."})
def continue_(ev: Any) -> Any:
    """Continue[] goes on with the next turn of the nearest enclosing Do, For or While.

    >>> Reap[Do[If[EvenQ[i], Continue[]]; Sow[i], {i, 5}]][[2, 1]]
    {1, 3, 5}
    """
    raise ContinueLoop


@builtin("Return")
def return_(ev: Any, value: Any = NULL, head: Any = None) -> Any:
    """Return[expr] gives expr as the value of the function whose definition is being used, or of the Do or
    Scan that runs. Return[expr, h] leaves the nearest enclosing construct with head h, such as Function.

    >>> f[x_] := (If[x > 0, Return["positive"]]; "other"); {f[1], f[-1]}
    {positive, other}
    """
    raise ReturnValue(value, head)


# ---------------------------------------------------------------- exits


@builtin("Throw", messages={"nocatch": "Uncaught `1` returned to top level."})
def throw(ev: Any, value: Any, tag: Any = None, function: Any = None) -> Any:
    """Throw[value] stops evaluation and gives value as the value of the nearest enclosing Catch.
    Throw[value, tag] is caught only by a Catch[expr, form] whose form matches tag.

    >>> Catch[a; Throw[b]; c]
    b
    """
    raise Throw(value, tag, function)


@builtin("Catch", attributes=HOLD_FIRST, evaluated=True)
def catch(ev: Any, expr: Any, form: Any = None, f: Any = None) -> Any:
    """Catch[expr] gives the value of the first Throw[value] in the evaluation of expr, or the value of expr.
    Catch[expr, form] catches only Throw[value, tag] with a tag that matches form; Catch[expr, form, f] gives
    f[value, tag].

    >>> Catch[Do[If[i^2 > 10, Throw[i]], {i, 100}]]
    4
    """
    depth = RUN.depth
    try:
        return evaluate(expr)
    except Throw as exit_:
        if form is None:
            if exit_.tag is not None:
                raise
        elif exit_.tag is None or not ev.matches(exit_.tag, form):
            raise
        RUN.depth = depth
        return evaluate(exit_.value if f is None else Expr(f, (exit_.value, exit_.tag)))


@builtin("Abort")
def abort(ev: Any) -> Any:
    """Abort[] aborts the evaluation; the value is $Aborted.

    >>> CheckAbort[Abort[], "stopped"]
    stopped
    """
    if ev.state.protected:
        ev.state.aborting = True
        return NULL
    raise Abort


@builtin("CheckAbort", attributes=HOLD_ALL, evaluated=True)
def check_abort(ev: Any, expr: Any, failexpr: Any) -> Any:
    """CheckAbort[expr, failexpr] evaluates expr, and gives failexpr if it was aborted.

    >>> CheckAbort[1 + 1, stopped]
    2
    """
    depth = RUN.depth
    try:
        with ev.state.unprotected():
            return evaluate(expr)
    except (Abort, KeyboardInterrupt):
        RUN.depth = depth
        return evaluate(failexpr)


@builtin("AbortProtect", attributes=HOLD_FIRST, evaluated=True)
def abort_protect(ev: Any, expr: Any) -> Any:
    """AbortProtect[expr] evaluates expr; an Abort[] or an interrupt meanwhile takes effect when it is done
    (one from outside waits half a minute at most). CheckAbort inside sees its own aborts at once.

    >>> CheckAbort[AbortProtect[Abort[]; Sow[safe]], stopped] // Reap
    {stopped, {{safe}}}
    """
    with ev.state.protection():
        value = evaluate(expr)
    if ev.state.aborting and not ev.state.protected:
        ev.state.aborting = False
        raise Abort
    return value


@builtin("WithCleanup", attributes=HOLD_ALL, evaluated=True)
def with_cleanup(ev: Any, first: Any, second: Any, third: Any = None) -> Any:
    """WithCleanup[expr, cleanup] evaluates expr, then cleanup in any case, also when expr is left by Throw,
    Abort, Return or an interrupt, and gives the value of expr. WithCleanup[init, expr, cleanup] evaluates
    init before; init and cleanup are not interrupted.

    >>> Catch[WithCleanup[Throw[1], Sow[closed]]] // Reap
    {1, {{closed}}}
    """
    expr, cleanup = (first, second) if third is None else (second, third)
    if third is not None:
        with ev.state.protection():
            evaluate(first)
    depth = RUN.depth
    try:
        return evaluate(expr)
    finally:
        inside, RUN.depth = RUN.depth, depth
        with ev.state.protection():
            evaluate(cleanup)
        RUN.depth = inside


@builtin("Quit")
def quit_(ev: Any, code: Any = 0) -> Any:
    """Quit[] ends the session; Quit[n] with exit code n."""
    raise Quit(code if type(code) is int else 0)


@builtin("Exit")
def exit_(ev: Any, code: Any = 0) -> Any:
    """Exit[] ends the session; Exit[n] with exit code n."""
    raise Quit(code if type(code) is int else 0)
