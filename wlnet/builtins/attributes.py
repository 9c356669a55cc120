"""Attributes of symbols: Attributes, SetAttributes, ClearAttributes, Protect, Unprotect."""

from __future__ import annotations

from typing import Any

from wlnet.expr import NULL, Expr, S, Symbol, is_list, items, make_list, system
from wlnet.expr.attributes import FLAGS, HOLD_ALL, HOLD_FIRST, LISTABLE, LOCKED, PROTECTED, STUB, names
from wlnet.kernel.definitions import assigner, set_attributes
from wlnet.kernel.evaluate import evaluate
from wlnet.kernel.registry import builtin, nearest, symbol
from wlnet.kernel.shaping import attributes_of

FAILED = system("$Failed")
ATTRIBUTE_MESSAGES = {"attnf": "`1` is not a known attribute.`2`", "locked": "Symbol `1` is locked."}

for _name, _usage in {
    "Constant": "indicates zero derivative of the symbol with respect to everything",
    "Flat": "makes f[f[a, b], c] the same as f[a, b, c]: associative",
    "HoldAll": "keeps all arguments of the function unevaluated",
    "HoldAllComplete": "shields all arguments of the function from any kind of evaluation",
    "HoldFirst": "keeps the first argument of the function unevaluated",
    "HoldRest": "keeps all but the first argument of the function unevaluated",
    "Listable": "threads the function over lists that appear as arguments",
    "Locked": "prevents the attributes of the symbol from being changed",
    "NHoldAll": "keeps all arguments of the function from being affected by N",
    "NHoldFirst": "keeps the first argument of the function from being affected by N",
    "NHoldRest": "keeps all but the first argument of the function from being affected by N",
    "NumericFunction": "makes f[x, ...] numeric where all arguments are",
    "OneIdentity": "makes f[a] the same as a for pattern matching",
    "Orderless": "sorts the arguments of the function: commutative",
    "Protected": "prevents definitions from being made for the symbol",
    "ReadProtected": "prevents definitions of the symbol from being shown",
    "SequenceHold": "keeps Sequence in arguments of the function from being spliced",
    "Stub": "marks a symbol whose package is loaded when it is first used",
    "Temporary": "marks a symbol that a Module made, removed when it is no longer used",
}.items():
    symbol(_name, usage=f"{_name} is an attribute that {_usage}.")


def symbols_in(ev: Any, command: str, spec: Any) -> list[Symbol] | None:
    """The symbols that `f`, "f", "patt*" or a list of them names; None, with a message, where none."""
    parts = items(spec) if is_list(spec) else (spec,)
    found: list[Symbol] = []
    for part in parts:
        if (
            type(part) is Expr
            and part.head in (S.HoldPattern, S.Unevaluated, S.Evaluate)
            and len(part.args) == 1
        ):
            part = evaluate(part.args[0]) if part.head is S.Evaluate else part.args[0]
        if type(part) is Symbol:
            found.append(part)
        elif type(part) is str:
            found.extend(ev.state.named(part))
        else:
            ev.message(command, "ssym", part)
            return None
    for s in found:
        attributes_of(s)
    return found


def shown_attributes(s: Symbol) -> Expr:
    """The list Attributes[s]."""
    return make_list(map(system, names(attributes_of(s) & ~STUB)))


@builtin("Attributes", attributes=HOLD_ALL | LISTABLE, messages=ATTRIBUTE_MESSAGES)
def attributes(ev: Any, f: Any) -> Any:
    """Attributes[f] gives the list of attributes of the symbol f; Attributes[f] = {a1, a2, ...} sets them.

    >>> Attributes[Plus]
    {Flat, Listable, NumericFunction, OneIdentity, Orderless, Protected}
    """
    found = symbols_in(ev, "Attributes", f)
    if not found:
        return None
    lists = [shown_attributes(s) for s in found]
    return lists[0] if not is_list(f) else make_list(lists)


def _flags(ev: Any, spec: Any) -> int | None:
    flags = 0
    for a in items(spec) if is_list(spec) else (spec,):
        bits = FLAGS.get(a.name) if type(a) is Symbol else None
        if bits is None:
            near = nearest(a.name if type(a) is Symbol else str(a), list(FLAGS))
            ev.message("Attributes", "attnf", a, "" if near is None else f" Did you mean {near}?")
            return None
        flags |= bits
    return flags


def _change(ev: Any, command: str, spec: Any, change: Any) -> Any:
    found = symbols_in(ev, command, spec)
    if found is None:
        return None
    for s in found:
        if s.attributes & LOCKED:
            ev.message("Attributes", "locked", s)
        else:
            set_attributes(s, change(s.attributes))
    return NULL


@builtin("SetAttributes", attributes=HOLD_FIRST)
def set_attributes_(ev: Any, f: Any, attr: Any) -> Any:
    """SetAttributes[f, attr] adds attr, an attribute or a list of them, to the attributes of the symbol f.

    >>> SetAttributes[f, {Flat, Orderless}]; f[b, f[a, c]]
    f[a, b, c]
    """
    flags = _flags(ev, attr)
    return None if flags is None else _change(ev, "SetAttributes", f, lambda old: old | flags)


@builtin("ClearAttributes", attributes=HOLD_FIRST)
def clear_attributes(ev: Any, f: Any, attr: Any) -> Any:
    """ClearAttributes[f, attr] removes attr, an attribute or a list of them, from the attributes of the
    symbol f.

    >>> SetAttributes[f, Flat]; ClearAttributes[f, Flat]; Attributes[f]
    {}
    """
    flags = _flags(ev, attr)
    return None if flags is None else _change(ev, "ClearAttributes", f, lambda old: old & ~flags)


@assigner("Attributes")
def assign_attributes(ev: Any, lhs: Expr, rhs: Any, delayed: bool) -> Any:
    """Attributes[f] = {...}."""
    if len(lhs.args) != 1:
        return None
    value = evaluate(rhs)
    flags = _flags(ev, value)
    if flags is None or _change(ev, "Attributes", lhs.args[0], lambda old: flags) is None:
        return FAILED
    return NULL if delayed else value


def _protection(ev: Any, command: str, specs: tuple[Any, ...], protect: bool) -> Any:
    changed: list[str] = []
    for spec in specs:
        found = symbols_in(ev, command, spec)
        if found is None:
            return None
        for s in found:
            if s.attributes & LOCKED:
                ev.message(command, "locked", s)
            elif bool(s.attributes & PROTECTED) != protect:
                set_attributes(s, s.attributes ^ PROTECTED)
                changed.append(ev.name(s))
    return make_list(changed)


@builtin("Protect", attributes=HOLD_ALL)
def protect(ev: Any, *symbols: Any) -> Any:
    """Protect[s1, s2, ...] gives the symbols the attribute Protected, and gives the names of those that
    lacked it.

    >>> Protect[f]; f[1] = 2
    2
    """
    return _protection(ev, "Protect", symbols, True)


@builtin("Unprotect", attributes=HOLD_ALL)
def unprotect(ev: Any, *symbols: Any) -> Any:
    """Unprotect[s1, s2, ...] removes the attribute Protected, and gives the names of the symbols that had it.

    >>> Unprotect[Log]
    {Log}
    """
    return _protection(ev, "Unprotect", symbols, False)
