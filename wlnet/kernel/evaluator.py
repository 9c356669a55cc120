"""The Evaluator: what builtins get as `ev`, and what doors drive.

One Evaluator belongs to one `State`. `evaluate` and what it calls work on the state that is active; `top`
makes its own state active first.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

from wlnet.expr import LIST, NULL, TRUE, Expr, S, Symbol, system, truth
from wlnet.syntax import parse, read
from wlnet.syntax.printer import to_text

from . import inlined, machine, orderless, registry, special_forms  # noqa: F401  (all but one register forms)
from .constructs import variables
from .control import (
    RUN,
    Abort,
    BreakLoop,
    ContinueLoop,
    ControlFlow,
    Quit,
    ReturnValue,
    Terminated,
    Throw,
)
from .definitions import set_own
from .evaluate import evaluate
from .formatting import formatted
from .functions import function
from .known_names import meet
from .messages import issue, message_symbol
from .rules import Replacer, parse_rules
from .scope import Scope
from .sequences import compile_matcher
from .state import State
from .templates import compiled, finish

ABORTED = system("$Aborted")
DEPTH_OF_PYTHON = 1_000_000  # our own $RecursionLimit counts; Python's must never be met first


class Evaluator:
    """The operations of the kernel, for one session.

    evaluate(expr)      the value of an expression
    call(f, *args)      the value of f[args...]
    function(f)         a Python callable for repeated application of f
    compiled(expr)      a Python callable that evaluates expr each time it is called (a loop's body)
    predicate(f)        as function, giving a Python bool: whether the value is True
    matcher(pattern)    a callable: expression -> {variable: value} or None
    replacer(rules)     a callable: expression -> (new, changed), at the top level only; None when no valid
                        rules
    message(f, tag, *args)
    """

    def __init__(self, state: State | None = None) -> None:
        self.state = state if state is not None else State()
        if self.state.load is None:
            self.state.load = registry.load_name
            self.state.meet = meet
        self.activate()
        registry.load_core()

    def activate(self) -> None:
        """Make this session the one that System` symbols speak for."""
        self.state.activate()
        RUN.ev = self
        if sys.getrecursionlimit() < DEPTH_OF_PYTHON:
            sys.setrecursionlimit(DEPTH_OF_PYTHON)

    evaluate = staticmethod(evaluate)
    function = staticmethod(function)
    compiled = staticmethod(compiled)

    @staticmethod
    def call(f: Any, *args: Any) -> Any:
        """The value of f[args...]."""
        return evaluate(Expr(f, args))

    @staticmethod
    def predicate(f: Any) -> Callable[..., bool]:
        """A Python callable that tells whether f[args...] is True."""
        apply = function(f)
        return lambda *args: apply(*args) is TRUE

    @staticmethod
    def matcher(pattern: Any) -> Callable[[Any], dict[Symbol, Any] | None]:
        """A callable that gives the bindings {symbol: value} of a match, or None."""
        compiled = _pattern(pattern)
        names = compiled.names

        def match(e: Any) -> dict[Symbol, Any] | None:
            b = compiled.match(e)
            return None if b is None else {s: b[k] for s, k in names}

        return match

    @staticmethod
    def matches(e: Any, pattern: Any) -> bool:
        """MatchQ."""
        return _pattern(pattern).match(e) is not None

    @staticmethod
    def matching(pattern: Any) -> Callable[[Any], bool]:
        """A callable that tells whether an expression matches."""
        match = _pattern(pattern).match
        return lambda e: match(e) is not None

    @staticmethod
    def replacer(rules: Any) -> Callable[[Any], tuple[Any, bool]] | None:
        """A callable: expression -> (what the first rule that applies makes of it, True),
        or (expression, False).
        """
        parsed = parse_rules(rules)
        if parsed is None:
            return None
        apply = Replacer(parsed).apply

        def replace(e: Any) -> tuple[Any, bool]:
            value = apply(e)
            return (e, False) if value is None else (value, True)

        return replace

    # ------------------------------------------------------------ session services

    def message(self, symbol: Any, tag: str, *args: Any) -> None:
        """Issue the message symbol::tag; `symbol` is a Symbol or the name of a System` symbol."""
        issue(self, message_symbol(symbol), tag, args)

    @property
    def random(self) -> Any:
        """The session's NumPy random generator."""
        return self.state.random

    def print(self, text: str) -> None:
        """Show text as Print does."""
        self.state.on_print(text)

    def name(self, symbol: Symbol) -> str:
        """The name of a symbol as it prints now."""
        return self.state.name_of(symbol)

    def text(self, e: Any, form: str = "OutputForm") -> str:
        """An expression as text."""
        if self.state.formats:
            e = formatted(e, form)
        return to_text(e, form, self.state.name_of)

    def read(self, text: str) -> Any:
        """The one expression that `text` holds, not evaluated; raises ReadError."""
        return parse(text, self.state.resolve)

    def read_all(self, text: str, source: str | None = None) -> Iterator[Any]:
        """Each top-level expression of `text` as it is read; a ReadError object for a bad one."""
        return read(text, self.state.resolve, source)

    def define(self, text: str) -> None:
        """Evaluate definitions of System` symbols, written in the language (`wl_rules`)."""
        context, path = system("$Context"), system("$ContextPath")
        saved = (context.own, path.own)
        context.own, path.own = "System`Private`", Expr(LIST, ("System`",))
        try:
            for e in read(text, self.state.resolve, None):
                if isinstance(e, Exception):
                    raise e
                evaluate(e)
        finally:
            context.own, path.own = saved

    # ------------------------------------------------------------ the main loop

    def top(self, e: Any) -> Any:
        """Evaluate one input of the session: history, messages and uncaught exits are seen to.
        Raises Quit only.
        """
        with State.lock:
            self.activate()
            state = self.state
            state.line += 1
            line = state.line
            state.messages = []
            state.counts = {}
            state.inputs[line] = e
            value = self.guarded(lambda: self._hooked(e))
            state.line_messages[line] = state.messages
            state.outputs[line] = value
            return value

    def _hooked(self, e: Any) -> Any:
        pre, post = system("$Pre").own, system("$Post").own
        value = evaluate(e if pre is None else Expr(pre, (e,)))
        return value if post is None else evaluate(Expr(post, (value,)))

    def guarded(self, action: Callable[[], Any]) -> Any:
        """The value of `action`, an uncaught exit turned into what the language makes of it at top level."""
        run = RUN
        state = self.state
        before = (run.depth, len(state.quiet), len(state.catchers), len(state.reapers))
        run.depth = 0
        try:
            return action()
        except Quit:
            raise
        except ControlFlow as exit_:
            run.depth = 0
            return self._uncaught(exit_)
        except KeyboardInterrupt:
            self.state.interrupted = True
            return ABORTED
        except RecursionError:  # a $RecursionLimit beyond what the stack holds
            run.depth = 0
            self.message("$RecursionLimit", "stack")
            return Expr(S.TerminatedEvaluation, ("RecursionLimit",))
        finally:
            run.depth, quiet, catchers, reapers = before
            del state.quiet[quiet:], state.catchers[catchers:], state.reapers[reapers:]
            run.tracing = None

    def _uncaught(self, exit_: ControlFlow) -> Any:
        if isinstance(exit_, Abort):
            return ABORTED
        if isinstance(exit_, Throw):
            if exit_.function is not None:
                return evaluate(Expr(exit_.function, (exit_.value, exit_.tag)))
            tagged = (exit_.value,) if exit_.tag is None else (exit_.value, exit_.tag)
            thrown = Expr(S.Throw, tagged)
            self.message("Throw", "nocatch", Expr(S.HoldForm, (thrown,)))
            return Expr(S.Hold, (thrown,))
        if isinstance(exit_, Terminated):
            return Expr(S.TerminatedEvaluation, (exit_.reason,))
        if isinstance(exit_, ReturnValue):
            args = () if exit_.value is NULL else (exit_.value,)
            return Expr(S.Return, args if exit_.head is None else (exit_.value, exit_.head))
        if isinstance(exit_, BreakLoop | ContinueLoop):
            name = "Break" if isinstance(exit_, BreakLoop) else "Continue"
            call = Expr(system(name), ())
            self.message(name, "nofdw", call)
            return Expr(S.Hold, (call,))
        return ABORTED

    # ------------------------------------------------------------ small conveniences for builtins

    finish = staticmethod(finish)
    truth = staticmethod(truth)
    set_own = staticmethod(set_own)


class CompiledPattern:
    """A pattern's matcher and where its variables lie in the bindings."""

    __slots__ = ("match", "names", "shape")

    def __init__(self, pattern: Any) -> None:
        scope = Scope()
        names = variables(pattern)
        for v in names:
            scope.place(v)
        self.match = compile_matcher(pattern, scope)
        self.names = [(v, scope.slots[v]) for v in names]


def _pattern(pattern: Any) -> CompiledPattern:
    if type(pattern) is not Expr:
        return CompiledPattern(pattern)
    try:
        found = pattern.code
    except AttributeError:
        found = None
    if type(found) is not CompiledPattern:
        found = pattern.code = CompiledPattern(pattern)
    return found
