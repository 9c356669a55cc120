"""Non-local exits, as Python exceptions, and the registers of the running evaluation."""

from __future__ import annotations

from typing import Any


class ControlFlow(BaseException):
    """A non-local exit. Not an Exception: nothing that guards against errors may swallow it."""


class Throw(ControlFlow):
    """Throw[value, tag]; `tag` None for Throw[value]. `function` is the third argument,
    used when nothing catches.
    """

    def __init__(self, value: Any, tag: Any = None, function: Any = None) -> None:
        self.value = value
        self.tag = tag
        self.function = function


class Abort(ControlFlow):
    """Abort[] or an interrupt: unwinds to CheckAbort or the top level."""


class BreakLoop(ControlFlow):
    """Break[]."""


class ContinueLoop(ControlFlow):
    """Continue[]."""


class ReturnValue(ControlFlow):
    """Return[value] (`head` None) or Return[value, head]."""

    def __init__(self, value: Any, head: Any = None) -> None:
        self.value = value
        self.head = head


class Terminated(ControlFlow):
    """A limit was exceeded: the whole evaluation ends as TerminatedEvaluation[reason]."""

    def __init__(self, reason: str) -> None:
        self.reason = reason


class LimitReached(ControlFlow):
    """The time of a TimeConstrained or the memory of a MemoryConstrained is used up
    (raised from another thread).
    """


class Quit(ControlFlow):
    """Exit[code] or Quit[code]: ends the session."""

    def __init__(self, code: int = 0) -> None:
        self.code = code


class Registers:
    """What the running evaluation keeps at hand. One evaluation runs at a time in a process (see `state`).

    depth       nested evaluations now running; whoever catches a ControlFlow restores the depth it saw at its
                start
    recursion   value of $RecursionLimit (infinity as a large int)
    iteration   value of $IterationLimit, likewise
    conditions  how often an impure test (Condition, PatternTest) has run; results that rest on one are never
                stamped
    tracing     what evaluates an expression while Trace looks on (`recursion` is below zero then), or None
    ev          the active Evaluator
    load        called with a System` symbol that no chapter has declared yet (`registry`)
    """

    __slots__ = ("conditions", "depth", "ev", "iteration", "load", "recursion", "tracing")

    def __init__(self) -> None:
        self.depth = 0
        self.recursion = 1024
        self.iteration = 4096
        self.conditions = 0
        self.tracing: Any = None
        self.ev: Any = None
        self.load: Any = None


RUN = Registers()
