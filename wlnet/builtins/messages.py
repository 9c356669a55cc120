"""Messages and who sees them: Message, MessageName, Off, On, Quiet, Check, Assert."""

from __future__ import annotations

from typing import Any

from wlnet.expr import NULL, TRUE, Expr, S, Symbol, is_list, items, make_list, system
from wlnet.expr.attributes import HOLD_ALL, HOLD_FIRST, READ_PROTECTED
from wlnet.kernel.control import RUN
from wlnet.kernel.definitions import assigner, unassigner
from wlnet.kernel.evaluate import Computed, evaluate
from wlnet.kernel.messages import GENERAL, Catcher, Quieting, template
from wlnet.kernel.registry import builtin, symbol

Name = tuple[Symbol, str]
MESSAGE_NAME = S.MessageName
NONE = system("None")

symbol("Skeleton", usage="<<n>>, or Skeleton[n], stands for n elements that are not shown.")
symbol("General", usage="General is a symbol whose messages serve all functions.", messages=GENERAL)


def message_name(e: Any) -> Name | None:
    """(symbol, tag) of `f::tag`; None for anything else."""
    if type(e) is not Expr or e.head is not MESSAGE_NAME or len(e.args) < 2:
        return None
    f, tag = e.args[0], e.args[1]
    if type(f) is str:
        f = RUN.ev.state.resolve(f)
    if type(tag) is Symbol:
        tag = tag.name
    return (f, tag) if type(f) is Symbol and type(tag) is str else None


def name_expr(name: Name) -> Expr:
    """`f::tag` as an expression that stays as it is."""
    return Expr(S.HoldForm, (Expr(MESSAGE_NAME, name),))


@builtin("MessageName", attributes=HOLD_FIRST | READ_PROTECTED, stateful=True)
def message_name_(ev: Any, f: Any, tag: Any, *language: Any) -> Any:
    """f::tag, or MessageName[f, "tag"], is the text of a message.

    >>> f::note = "Mind `1`."; f::note
    Mind `1`.
    """
    name = message_name(Expr(MESSAGE_NAME, (f, tag)))
    return None if name is None else template(*name) if _is_own(*name) else None


def _is_own(f: Symbol, tag: str) -> bool:
    """Whether a text belongs to the symbol itself (not to General)."""
    if f.messages is not None and tag in f.messages:
        return True
    return f.builtin is not None and (tag in f.builtin.messages or (tag == "usage" and bool(f.builtin.usage)))


@assigner("MessageName")
def assign_message(ev: Any, lhs: Expr, rhs: Any, delayed: bool) -> Any:
    """f::tag = "text"."""
    name = message_name(lhs)
    if name is None:
        return None
    f, tag = name
    f.touch()
    messages = dict(f.messages) if f.messages is not None else {}
    messages[tag] = evaluate(rhs)
    f.messages = messages
    return NULL if delayed else rhs


@unassigner("MessageName")
def unassign_message(ev: Any, lhs: Expr) -> Any:
    """f::tag =."""
    name = message_name(lhs)
    if name is None:
        return None
    f, tag = name
    if f.messages is not None and tag in f.messages:
        f.touch()
        f.messages = {t: text for t, text in f.messages.items() if t != tag}
    return NULL


@builtin(
    "Message", attributes=HOLD_FIRST, messages={"name": "Message name `1` is not of the form symbol::name."}
)
def message(ev: Any, name: Any, *args: Any) -> Any:
    """Message[f::tag, e1, e2, ...] issues the message f::tag, with e1, e2, ... put in for `1`, `2`, ....

    >>> f::note = "Mind `1`."; Quiet[Message[f::note, x]]
    """
    found = message_name(name)
    if found is None:
        ev.message("Message", "name", name)
        return None
    ev.message(found[0], found[1], *args)
    return NULL


@builtin("Messages", attributes=HOLD_ALL, stateful=True)
def messages(ev: Any, f: Any) -> Any:
    """Messages[f] gives the messages defined for the symbol f as a list of rules.

    >>> f::note = "text"; Messages[f]
    {HoldPattern[f::note] :> text}
    """
    s = ev.state.resolve(f) if type(f) is str else f
    if type(s) is not Symbol:
        return None
    texts = {**(s.builtin.messages if s.builtin is not None else {}), **(s.messages or {})}
    return make_list(
        Expr(S.RuleDelayed, (Expr(S.HoldPattern, (Expr(MESSAGE_NAME, (s, tag)),)), text))
        for tag, text in texts.items()
    )


# ---------------------------------------------------------------- switching


def _names(spec: Any, into: set[Name]) -> bool:
    """Collect the messages that `f::tag`, a list of them or a symbol (all of its messages) names."""
    if is_list(spec):
        return all([_names(x, into) for x in items(spec)])
    name = message_name(spec)
    if name is not None:
        into.add(name)
        return True
    if type(spec) is Symbol:
        tags = {*(spec.messages or {}), *(spec.builtin.messages if spec.builtin is not None else {})}
        into.update((spec, tag) for tag in tags)
        return True
    return False


@builtin("Off", attributes=HOLD_ALL)
def off(ev: Any, *specs: Any) -> Any:
    """Off[f::tag, ...] switches messages off: they are no longer issued.

    >>> Off[Power::infy]; 1/0
    ComplexInfinity
    """
    return _switch(ev, "Off", specs)


@builtin("On", attributes=HOLD_ALL)
def on(ev: Any, *specs: Any) -> Any:
    """On[f::tag, ...] switches messages on again.

    >>> Off[Power::infy]; On[Power::infy]
    """
    return _switch(ev, "On", specs)


def _switch(ev: Any, command: str, specs: tuple[Any, ...]) -> Any:
    found: set[Name] = set()
    for spec in specs:
        if spec is S.Assert:
            ev.state.assertions = command == "On"
        elif not _names(spec, found):
            ev.message("Message", "name", spec)
            return None
    if command == "Off":
        ev.state.switched_off |= found
    else:
        ev.state.switched_off -= found
    return NULL


# ---------------------------------------------------------------- Quiet and Check


@builtin("Quiet", attributes=HOLD_ALL, evaluated=True)
def quiet(ev: Any, expr: Any, hidden: Any = S.All, shown: Any = NONE) -> Any:
    """Quiet[expr] evaluates expr without showing messages. Quiet[expr, {f::tag, ...}] hides only these;
    Quiet[expr, None, {f::tag, ...}] makes sure that these are shown.

    >>> Quiet[1/0]
    ComplexInfinity
    """
    names: set[Name] = set()
    keep: set[Name] = set()
    if hidden is not S.All and hidden is not NONE and not _names(hidden, names):
        ev.message("Message", "name", hidden)
        return None
    if shown is not NONE and not _names(shown, keep):
        ev.message("Message", "name", shown)
        return None
    ev.state.quiet.append(Quieting(None if hidden is S.All else names, keep))
    depth = len(ev.state.quiet)
    try:
        return evaluate(expr)
    finally:
        del ev.state.quiet[depth - 1 :]


@builtin("Check", attributes=HOLD_ALL, evaluated=True)
def check(ev: Any, expr: Any, failexpr: Any, *names: Any) -> Any:
    """Check[expr, failexpr] evaluates expr, and gives failexpr instead if messages were issued meanwhile.
    Check[expr, failexpr, f::tag, ...] asks only for these messages.

    >>> Quiet[Check[1/0, "bad"]]
    bad
    """
    wanted: set[Name] | None = None
    if names:
        wanted = set()
        for name in names:
            if not _names(name, wanted):
                ev.message("Message", "name", name)
                return None
    state = ev.state
    # An outer Quiet does not keep Check from noticing: only one that starts inside does.
    catcher = Catcher(len(state.quiet), wanted)
    state.catchers.append(catcher)
    try:
        value = evaluate(expr)
    finally:
        del state.catchers[state.catchers.index(catcher) :]
    return evaluate(failexpr) if catcher.found else value


class _MessageList(Computed):
    """The value of $MessageList."""

    __slots__ = ()

    def apply(self) -> Any:
        return make_list(name_expr((m.symbol, m.tag)) for m in RUN.ev.state.messages)


symbol(
    "$MessageList",
    usage="$MessageList is the list of messages of the evaluation that runs.",
    value=_MessageList(),
)


@builtin("MessageList", stateful=True)
def message_list(ev: Any, n: Any) -> Any:
    """MessageList[n] gives the list of messages issued while the n-th input was evaluated."""
    found = ev.state.line_messages.get(n) if type(n) is int else None
    return None if found is None else make_list(name_expr((m.symbol, m.tag)) for m in found)


ASSERT_FUNCTION = symbol(
    "$AssertFunction",
    usage="$AssertFunction is applied to HoldForm[Assert[test, ...]] when an assertion fails; Automatic "
    "gives a message.",
    value=S.Automatic,
    assignable=True,
)


@builtin(
    "Assert",
    attributes=HOLD_ALL,
    evaluated=True,
    messages={"asrtf": "Assertion `1` failed.", "asrttf": "Assertion `1` at `2` failed."},
)
def assert_(ev: Any, test: Any, tag: Any = None) -> Any:
    """Assert[test] gives a message if test is not True, and does nothing otherwise. Assertions are off until
    On[Assert], and again after Off[Assert]. $AssertFunction, unless Automatic, is applied to one that fails.

    >>> On[Assert]; Assert[1 < 2]
    """
    if not ev.state.assertions:
        return None
    if evaluate(test) is TRUE:
        return NULL
    handler = ASSERT_FUNCTION.own
    if handler is not S.Automatic:
        return evaluate(Expr(handler, (Expr(S.HoldForm, (_assertion(test, tag),)),)))
    held = Expr(S.HoldForm, (test,))
    if tag is None:
        ev.message("Assert", "asrtf", held)
    else:
        ev.message("Assert", "asrttf", held, evaluate(tag))
    return _assertion(test, tag)


def _assertion(test: Any, tag: Any) -> Expr:
    return Expr(S.Assert, (test,) if tag is None else (test, tag))
