"""Compile-time scopes: where in the frame of bindings each local variable of a rule or function lies."""

from __future__ import annotations

from typing import Any

from wlnet.expr import Symbol


class Frame:
    """The layout of one binding list: how many places it needs. Shared by all scopes of one rule."""

    __slots__ = ("size",)

    def __init__(self, size: int = 0) -> None:
        self.size = size

    def new(self) -> int:
        """The index of a fresh place."""
        self.size += 1
        return self.size - 1


class Scope:
    """The variables visible at a place in a right-hand side or pattern.

    slots      symbol (or a special key: a slot number, a slot name, OPTIONS) -> place in the frame
    sequences  places whose value may be a Sequence[...] expression
    locals     places that hold a fresh symbol (variables of Module), whose value is to be read
    firm       symbols that are substituted even where an inner construct declares them anew (pattern
               variables)
    """

    __slots__ = ("firm", "frame", "locals", "sequences", "slots")

    def __init__(self, frame: Frame | None = None) -> None:
        self.frame = frame if frame is not None else Frame()
        self.slots: dict[Any, int] = {}
        self.sequences: set[int] = set()
        self.locals: set[int] = set()
        self.firm: frozenset[Symbol] = frozenset()

    def place(self, variable: Any) -> int:
        """The place of `variable`, made when it is new."""
        index = self.slots.get(variable)
        if index is None:
            index = self.slots[variable] = self.frame.new()
        return index

    def inner(self, variables: list[Any]) -> Scope:
        """A scope in which `variables` are fresh and hide outer ones of the same name."""
        scope = self.copy()
        for variable in variables:
            scope.slots[variable] = scope.frame.new()
        scope.firm = self.firm - set(variables)
        return scope

    def without(self, variables: list[Any]) -> Scope:
        """This scope with `variables` not visible (an inner construct declares them)."""
        scope = self.copy()
        for variable in variables:
            if variable not in scope.firm:
                scope.slots.pop(variable, None)
        return scope

    def copy(self) -> Scope:
        scope = Scope(self.frame)
        scope.slots = dict(self.slots)
        scope.sequences = self.sequences
        scope.locals = self.locals
        scope.firm = self.firm
        return scope


OPTIONS = "options"  # key of the place that holds the rules matched by OptionsPattern[]
EMPTY_SCOPE = Scope()
