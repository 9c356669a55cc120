"""The registry: every System` symbol is declared here, by decorators in the chapters, and nowhere else.

    @builtin("Map", operator=1, messages={...})     a function; arity, options, usage and examples come from
                                                    its signature
    def map_(ev, f, expr, levels=LEVEL_1): ...      and docstring
    symbol("Automatic", usage="...")                an inert symbol, or one with a value
    wl_rules("Name1 Name2", ..., '''...''')         definitions in the language, read at first use

A chapter is a module full of such declarations (`chapters`, `loading`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wlnet.expr import SYSTEM, Expr, S, Symbol, system
from wlnet.expr.attributes import PROTECTED

from .definitions import SLOTS
from .loading import is_declared, load_all, load_core, load_name
from .option_rules import nearest, option_key, options_of, split_options, unknown_option
from .rules import Rules
from .state import active

DOWN = SLOTS.index("down")
FAILED = system("$Failed")
MANY = 1 << 30  # "any number of arguments"


# Strings that mean something as options, ports or properties: what a prompt offers within quotes.
STRINGS: set[str] = set()

Function = Callable[..., Any]


class Builtin:
    """What the language knows about a System` symbol.

    call(ev, args)       the built-in definition on evaluated arguments; None when it does not apply
    applied(ev, head, args)  the meaning of `head[args]` where `head` is a call of this symbol, or None
    least, most          numbers of positional arguments; most may be MANY
    options              WL option name -> default
    keywords             WL option name -> Python parameter
    evaluated            what `call` returns is evaluated already
    arrays               (Listable) `call` takes packed lists, so they are not threaded element by element
    outside              whether it reaches files, processes, environment or network: refused in a sandbox
    takes_rules          whether a rule for a name that is no option is an argument wherever one may stand
    stateful             whether `call` declines may change without a definition changing: never remembered
    """

    __slots__ = (
        "applied",
        "arrays",
        "call",
        "chapter",
        "doc",
        "evaluated",
        "function",
        "keywords",
        "least",
        "messages",
        "most",
        "name",
        "operator",
        "options",
        "outside",
        "stateful",
        "symbol",
        "takes_rules",
        "usage_text",
    )

    def __init__(self, name: str, chapter: str) -> None:
        self.name = name
        self.chapter = chapter
        self.symbol = system(name)
        self.function: Function | None = None
        self.call: Callable[[Any, tuple[Any, ...]], Any] = _inert
        self.applied: Callable[[Any, Any, tuple[Any, ...]], Any] | None = None
        self.least = 0
        self.most = MANY
        self.options: dict[str, Any] = {}
        self.keywords: dict[str, str] = {}
        self.messages: dict[str, str] = {}
        self.operator: int | None = None
        self.evaluated = False
        self.arrays = False
        self.stateful = False
        self.outside = False
        self.takes_rules = False
        self.doc = ""
        self.usage_text: str | None = None

    @property
    def usage(self) -> str:
        """The docstring up to the examples, a line for each way of use: one that does not begin with the name
        continues the one before.
        """
        if self.usage_text is not None:
            return self.usage_text
        lines: list[str] = []
        for line in map(str.strip, self.doc.strip().splitlines()):
            if line.startswith(">>>"):
                break
            if lines and line and lines[-1] and not line.startswith(self.name):
                lines[-1] += " " + line
            else:
                lines.append(line)
        return "\n".join(lines).strip()

    def examples(self) -> list[tuple[str, str]]:
        """(input, expected OutputForm text) pairs of the docstring; no text means Null."""
        found: list[tuple[str, str]] = []
        source: str | None = None
        shown: list[str] = []
        for line in [*(x.strip() for x in self.doc.splitlines()), ">>>"]:
            if line.startswith("..."):
                source = f"{source}\n{line[3:].strip()}"
            elif line.startswith(">>>") or not line:
                if source is not None:
                    found.append((source, "\n".join(shown)))
                source = line[3:].strip() if line.startswith(">>>") else None
                shown = []
            elif source is not None:
                shown.append(line)
        return found


def _inert(ev: Any, args: tuple[Any, ...]) -> Any:
    return None


def declare(record: Builtin, attributes: int, messages: dict[str, str] | None) -> None:
    """Enter a record: the symbol is no stub any more."""
    s = record.symbol
    s.builtin = record
    s.attributes = attributes | PROTECTED
    if messages:
        record.messages = messages


def builtin(
    name: str,
    *,
    attributes: int = PROTECTED,
    operator: int | None = None,
    messages: dict[str, str] | None = None,
    evaluated: bool = False,
    arrays: bool = False,
    stateful: bool = False,
    outside: bool = False,
    options: dict[str, Any] | None = None,
    takes_rules: bool = False,
) -> Callable[[Function], Function]:
    """Declare the System` symbol `name` with a Python function as its built-in definition. It gets
    the evaluator and the arguments, and gives a value, or None to stay unevaluated.
    """

    def register(function: Function) -> Function:
        record = Builtin(name, function.__module__)
        record.function = function
        record.doc = function.__doc__ or ""
        record.operator = operator
        record.evaluated = evaluated
        record.arrays = arrays
        record.stateful = stateful
        _read_signature(record, function)
        for option, default in (options or {}).items():  # of a function with **options
            record.options[option] = default
            record.keywords[option] = option
        record.call = _indoors(record) if outside else _caller(record)
        record.outside = outside
        record.takes_rules = takes_rules
        if operator is not None:
            record.applied = _operator_form(record, operator)
        declare(record, attributes, messages)
        return function

    return register


def applied(name: str) -> Callable[[Function], Function]:
    """Declare what `name[...][args]` means: function(ev, head, args) -> value, tail call or None.
    Evaluated.
    """

    def register(function: Function) -> Function:
        SYSTEM[name].builtin.applied = function
        return function

    return register


def symbol(
    name: str,
    *,
    usage: str = "",
    value: Any = None,
    attributes: int = PROTECTED,
    messages: dict[str, str] | None = None,
    assignable: bool = False,
) -> Symbol:
    """Declare an inert System` symbol, or one with a value; users may set an `assignable` one."""
    record = Builtin(name, "")
    record.usage_text = usage
    declare(record, attributes, messages)
    if assignable:
        record.symbol.attributes &= ~PROTECTED
    if value is not None:
        record.symbol.own = value  # shared by all sessions, so no change by the one that runs
    return record.symbol


def wl_rules(
    names: str, *, attributes: int = PROTECTED, usage: str | dict[str, str] = "", rules: str
) -> None:
    """Declare the System` symbols `names` with definitions written in the language."""
    group = _Group(names.split(), rules)
    for name in group.names:
        record = Builtin(name, "")
        record.doc = usage.get(name, "") if isinstance(usage, dict) else usage
        record.call = group.caller(record)
        declare(record, attributes, None)


class _Group:
    """Symbols that one text defines."""

    def __init__(self, names: list[str], text: str) -> None:
        self.names = names
        self.text = text
        self.loaded = False

    def caller(self, record: Builtin) -> Callable[[Any, tuple[Any, ...]], Any]:
        def call(ev: Any, args: tuple[Any, ...]) -> Any:
            if not self.loaded:
                self.loaded = True
                self._load(ev)
            down = record.symbol.down
            record.call = _inert
            return None if down is None else down.apply(args)

        return call

    def _load(self, ev: Any) -> None:
        symbols = [system(n) for n in self.names]

        def define() -> None:
            for s in symbols:
                s.attributes &= ~PROTECTED
            ev.define(self.text)
            for s in symbols:
                s.attributes |= PROTECTED

        state = active()
        if state is None:
            define()
            return
        state.suspended(define)
        for s in symbols:
            if s in state.overlay:  # the session has definitions of its own: it gets these beside them
                s.down = joined(state.overlay[s][DOWN], s.down)


def joined(shared: Rules | None, own: Rules | None) -> Rules | None:
    """A copy of the shared rules with a session's own put among them."""
    if shared is None or own is None:
        return own if shared is None else shared.copy()
    both = shared.copy()
    for rule in own.all():
        both.add(rule)
    return both


# ---------------------------------------------------------------- signatures


def _read_signature(record: Builtin, function: Function) -> None:
    """Arity and options from the Python signature (first parameter: the Evaluator); of a wrapped function,
    its own.
    """
    function = getattr(function, "__wrapped__", function)
    shape = function.__code__
    defaults = function.__defaults__ or ()
    positional = shape.co_argcount - 1
    record.least = positional - len(defaults)
    record.most = MANY if shape.co_flags & 0x04 else positional
    keywords = shape.co_varnames[shape.co_argcount : shape.co_argcount + shape.co_kwonlyargcount]
    given = function.__kwdefaults__ or {}
    for parameter in keywords:
        option = camel(parameter)
        record.options[option] = given[parameter]
        record.keywords[option] = parameter


def camel(parameter: str) -> str:
    """`same_test` -> `SameTest`."""
    return "".join([part[:1].upper() + part[1:] for part in parameter.rstrip("_").split("_")])


def _caller(record: Builtin) -> Callable[[Any, tuple[Any, ...]], Any]:
    function = record.function
    assert function is not None
    least, most = record.least, record.most
    if record.options:

        def call_with_defaults(ev: Any, args: tuple[Any, ...]) -> Any:
            if least <= len(args) <= most and record.symbol.options is None and not _may_be_option(args):
                return function(ev, *args)
            return _call_with_options(record, ev, args)

        return call_with_defaults
    if most == MANY and least == 0:
        return lambda ev, args: function(ev, *args)
    if least == most == 1:

        def call_1(ev: Any, args: tuple[Any, ...]) -> Any:
            if len(args) == 1:
                return function(ev, args[0])
            return _wrong_count(record, ev, args)

        return call_1
    if least == most == 2:

        def call_2(ev: Any, args: tuple[Any, ...]) -> Any:
            if len(args) == 2:
                return function(ev, args[0], args[1])
            return _wrong_count(record, ev, args)

        return call_2

    def call(ev: Any, args: tuple[Any, ...]) -> Any:
        if least <= len(args) <= most:
            return function(ev, *args)
        return _wrong_count(record, ev, args)

    return call


def _indoors(record: Builtin) -> Callable[[Any, tuple[Any, ...]], Any]:
    """The call of a builtin that reaches outside of the session: refused where that is a sandbox."""
    call = _caller(record)
    return lambda ev, args: FAILED if refused(ev, record.name) else call(ev, args)


def refused(ev: Any, name: str) -> bool:
    """Whether the session is a sandbox; then there is the message that `name` is refused."""
    if ev.state.sandbox:
        ev.message(name, "sandbox", system(name))
    return bool(ev.state.sandbox)


def _wrong_count(record: Builtin, ev: Any, args: tuple[Any, ...]) -> None:
    """The message for a wrong number of arguments; the expression stays as it is.
    An operator form says nothing.
    """
    n, least, most = len(args), record.least, record.most
    if record.operator is not None and n == least - 1:
        return
    if n == 1:
        tag, values = _tag_for_one(least, most)
    else:
        tag, values = _tag_for(least, most)
    shown: tuple[Any, ...] = (
        (record.symbol, n, *values) if n != 1 or tag == "argx" else (record.symbol, *values)
    )
    ev.message(record.name, tag, *shown)


def _tag_for_one(least: int, most: int) -> tuple[str, tuple[int, ...]]:
    if most == MANY:
        return "argmu", (least,)
    if least == most:
        return "argr", (least,)
    return ("argtu" if most == least + 1 else "argbu"), (least, most)


def _tag_for(least: int, most: int) -> tuple[str, tuple[int, ...]]:
    if most == MANY:
        return "argm", (least,)
    if least == most:
        return ("argx", ()) if least == 1 else ("argrx", (least,))
    return ("argt" if most == least + 1 else "argb"), (least, most)


def _may_be_option(args: tuple[Any, ...]) -> bool:
    """False where the last argument is clearly none."""
    if not args:
        return False
    kind = type(args[-1])
    return kind is not int and kind is not float and kind is not str and kind is not Symbol


def _call_with_options(record: Builtin, ev: Any, args: tuple[Any, ...]) -> Any:
    count, given = split_options(record, args)
    if not record.least <= count <= record.most:
        return _wrong_count(record, ev, args[:count])
    keywords: dict[str, Any] = {}
    changed = record.symbol.options
    if changed is not None:
        for option, value in changed.items():
            if option in record.keywords:
                keywords[record.keywords[option]] = value[1] if not value[2] else ev.evaluate(value[1])
    for rule in reversed(given):  # the first of several settings counts
        option = option_key(rule.args[0])
        parameter = record.keywords.get(option)
        if parameter is None:
            unknown_option(ev, record.symbol, rule.args[0], list(record.options), Expr(record.symbol, args))
            return None
        keywords[parameter] = ev.evaluate(rule.args[1]) if rule.head is S.RuleDelayed else rule.args[1]
    assert record.function is not None
    return record.function(ev, *args[:count], **keywords)


def _operator_form(record: Builtin, position: int) -> Callable[[Any, Any, tuple[Any, ...]], Any]:
    """Map[f][x] -> Map[f, x]: the late argument goes in at `position`."""

    def apply_operator(ev: Any, head: Any, args: tuple[Any, ...]) -> Any:
        early = head.args
        count = split_options(record, early)[0] if record.options else len(early)
        if len(args) != 1 or count != record.least - 1:
            return None
        x = Expr(record.symbol, (*early[:position], args[0], *early[position:]))
        return ev.evaluate(x)

    return apply_operator


__all__ = [
    "MANY",
    "STRINGS",
    "Builtin",
    "applied",
    "builtin",
    "declare",
    "is_declared",
    "load_all",
    "load_core",
    "load_name",
    "nearest",
    "option_key",
    "options_of",
    "refused",
    "split_options",
    "symbol",
    "unknown_option",
    "wl_rules",
]
