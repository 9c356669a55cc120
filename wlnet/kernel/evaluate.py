"""The evaluator's loop: the standard procedure of the language, with evaluated-state caching
(design, section 5).

`evaluate(e)` is what everything calls. A symbol's definitions hang on the symbol: `own` is its value, or a
`Computed` for values that must be worked out; `down`, `sub`, `up` have a method `apply`; `builtin` is a
registry record.
What they return is fully evaluated, or None when nothing applied, or a *tail call*: a fresh expression whose
arguments are evaluated already, marked by a negative stamp, which the loop goes on with. So a function that
ends in a call of a function iterates and does not nest.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from wlnet.expr import CLOCK, LIST, Association, Expr, S, Symbol, canonical_args, items, system, unpack
from wlnet.expr.atoms import ATOMS
from wlnet.expr.attributes import (
    FLAT,
    HOLD_ALL_COMPLETE,
    HOLD_FIRST,
    HOLD_REST,
    LISTABLE,
    ORDERLESS,
    STUB,
)

from .control import RUN, ReturnValue, Terminated
from .shaping import (
    EVALUATE,
    HOLDS,
    NOTHING,
    SHAPING,
    SPLICED,
    flatten,
    head_attributes,
    merge,
    root_symbol,
    splice,
)

MISSING = S.Missing


class Computed:
    """An own value that is worked out at each use: SetDelayed, values with conditions, `$Line`."""

    __slots__ = ()

    def apply(self) -> Any:
        """The evaluated value, or None when no rule applies."""
        raise NotImplementedError


def evaluate(e: Any) -> Any:
    """`e` evaluated to its fixed point."""
    t = type(e)
    if t is Expr:
        if e.stamp == CLOCK.version:
            return e
        return evaluate_expr(e)
    if t is Symbol:
        own = e.own
        if own is None:
            e.bare = True
            return e
        return evaluate_own(e, own)
    if t is Association and e.stamp != CLOCK.version:
        return evaluate_association(e)
    return e


def evaluate_own(symbol: Symbol, own: Any) -> Any:
    """The value of a symbol that has one."""
    rounds = 0
    while True:
        t = type(own)
        if t is Expr:
            return own if own.stamp == CLOCK.version else evaluate_expr(own)
        if t is Symbol:
            if own.own is None or own is symbol:
                own.bare = True
                return own
            rounds += 1
            if rounds > RUN.iteration:
                return _too_long(own)
            symbol, own = own, own.own
        elif isinstance(own, Computed):
            depth = RUN.depth + 1
            if depth > RUN.recursion:
                _too_deep(symbol)
            RUN.depth = depth
            value = own.apply()
            RUN.depth = depth - 1
            if value is None:
                symbol.bare = True
                return symbol
            if type(value) is Expr and value.stamp < 0:
                return evaluate_expr(value)
            return value
        else:
            return evaluate(own)


def evaluate_expr(e: Expr) -> Any:
    """An expression by the standard procedure; the steps are numbered as the manual orders them."""
    run = RUN
    depth = run.depth + 1
    if depth > run.recursion:
        return _limit(e)
    run.depth = depth
    rounds = 0
    while True:
        head = e.head
        args = e.args
        stable = True
        changes = 0
        wrapped: Any = None  # the arguments before `Unevaluated` was stripped
        version = CLOCK.version
        if e.stamp < 0:  # a tail call: steps 1 and 2 are done
            version = -e.stamp
            e.stamp = 0
            flags = head.attributes
        else:
            # 1. The head.
            if type(head) is not Symbol or head.own is not None:
                head = evaluate(head)
            if type(head) is Symbol:
                flags = head.attributes
                if flags & STUB:
                    run.load(head)
                    flags = head.attributes
            else:
                if type(head) is np.ndarray:
                    head = unpack(head)  # what looks at heads need not know of packed lists
                flags = head_attributes(head)
                stable = type(head) is not Expr or head.stamp == version
            # 2. The arguments, in order.
            if flags & HOLDS:
                args = evaluate_some(args, flags)
            else:
                i = 0
                out = None
                for a in args:
                    t = type(a)
                    if t is Expr:
                        value = a if a.stamp == CLOCK.version else evaluate_expr(a)
                    elif t is Symbol:
                        if a.own is None:
                            a.bare = True
                            i += 1
                            continue
                        value = evaluate_own(a, a.own)
                    elif t is Association:
                        value = evaluate(a)
                    else:
                        i += 1
                        continue
                    if value is not a:
                        if out is None:
                            out = list(args)
                        out[i] = value
                    i += 1
                if out is not None:
                    args = tuple(out)

        # 3. What the later steps must look at.
        lists = ups = splices = False
        for a in args:
            t = type(a)
            if t is Expr:
                if a.stamp != version:
                    stable = False
                inner = a.head
                if type(inner) is Symbol:
                    if inner is LIST:
                        lists = True
                    elif inner in SPLICED:
                        splices = True
                    if inner.up is not None:
                        ups = True
                elif (root := root_symbol(inner)) is not None and root.up is not None:
                    ups = True
            elif t is Symbol:
                if a.up is not None:
                    ups = True
                if a is NOTHING and head is LIST:
                    splices = True
            elif t is np.ndarray:
                lists = True
            elif t is Association:
                lists = True
                if a.stamp != version:
                    stable = False
        if flags & HOLDS:
            stable = _is_stable(head, args, flags, version)
            changes = CLOCK.changes
            if flags & HOLD_ALL_COMPLETE:
                splices = ups = False
        conditions = run.conditions
        if splices:
            args, wrapped = splice(head, args, flags)
            ups = True
            lists = any(
                type(a) is np.ndarray or type(a) is Association or (type(a) is Expr and a.head is LIST)
                for a in args
            )

        # 4. Flat, Listable, Orderless.
        if flags & SHAPING:
            merged = False
            if flags & FLAT:
                if (
                    flags & ORDERLESS
                    and len(args) == 2
                    and (sorted_args := merge(head, args, version)) is not None
                ):
                    args = sorted_args
                    merged = True
                else:
                    args = flatten(head, args)
            if lists and flags & LISTABLE:
                threaded = thread(head, args)
                if threaded is not None:
                    run.depth = depth - 1
                    return threaded
            if flags & ORDERLESS and len(args) > 1 and not merged:
                args = canonical_args(args)

        # 5. Definitions of the arguments, of the head, and built-in ones.
        result: Any = None
        if ups:
            result = apply_up(head, args)
        if result is None:
            if type(head) is Symbol:
                down = head.down
                if down is not None:
                    result = down.apply(args)
                if result is None:
                    builtin = head.builtin
                    if builtin is not None:
                        result = builtin.call(run.ev, args)
                        if result is None:
                            if builtin.stateful:
                                stable = False
                        elif type(result) is Expr and not builtin.evaluated:
                            if result.stamp == CLOCK.version:
                                run.depth = depth - 1
                                return result
                            e = result
                            rounds += 1
                            if rounds > run.iteration:
                                run.depth = depth - 1
                                return _too_long(e)
                            continue
            else:
                result = apply_head(head, args)

        if result is None:
            if wrapped is not None:
                args = wrapped
            if head is not e.head or args is not e.args:
                e = Expr(head, args)
            if stable and conditions == run.conditions and not (flags & HOLDS and changes != CLOCK.changes):
                if type(head) is Symbol:
                    head.bare = True
                if flags & HOLDS:
                    _mark_held(args, flags)
                e.stamp = version
            run.depth = depth - 1
            return e

        # 6. Go on with a tail call; everything else is final.
        if type(result) is Expr:
            if result.stamp < 0:
                e = result
                rounds += 1
                if rounds > run.iteration:
                    run.depth = depth - 1
                    e.stamp = 0
                    return _too_long(e)
                continue
        elif type(result) is Symbol or type(result) is Association:
            result = evaluate(result)
        run.depth = depth - 1
        return result


def evaluate_some(args: tuple[Any, ...], flags: int) -> tuple[Any, ...]:
    """Step 2 for a head with a Hold attribute."""
    if flags & HOLD_ALL_COMPLETE:
        return args
    out = list(args)
    for i, a in enumerate(args):
        held = flags & (HOLD_REST if i else HOLD_FIRST)
        if not held or (type(a) is Expr and a.head is EVALUATE):
            out[i] = evaluate(a)
    return tuple(out) if any(a is not b for a, b in zip(args, out, strict=True)) else args


def _is_stable(head: Any, args: tuple[Any, ...], flags: int, version: int) -> bool:
    """Whether head and evaluated arguments are stamped, for a head that holds some of its arguments."""
    if type(head) is not Symbol and not (type(head) is Expr and head.stamp == version):
        return False
    for i, a in enumerate(args):  # noqa: SIM110  (a generator would double the time)
        if not (is_stamped(a, version) or _holds(flags, i)):
            return False
    return True


def _mark_held(args: tuple[Any, ...], flags: int) -> None:
    """Mark the symbols on whose lack of upvalues a held expression rests."""
    for i, a in enumerate(args):
        if _holds(flags, i):
            root = a if type(a) is Symbol else root_symbol(a.head) if type(a) is Expr else None
            if root is not None:
                root.bare = True


def _holds(flags: int, i: int) -> int:
    return flags & (HOLD_ALL_COMPLETE | (HOLD_REST if i else HOLD_FIRST))


def thread(head: Any, args: tuple[Any, ...]) -> Any:
    """A Listable function over its list arguments; None when lengths differ (with the message)."""
    builtin = head.builtin if type(head) is Symbol else None
    if builtin is not None and builtin.arrays and head.down is None:
        if not any(type(a) is Expr and a.head is LIST for a in args):
            value = builtin.call(RUN.ev, args)
            if value is not None:
                return evaluate(value)
    length = -1
    for a in args:
        n = len(a.args) if type(a) is Expr and a.head is LIST else len(a) if type(a) is np.ndarray else -1
        if n >= 0:
            if length >= 0 and n != length:
                RUN.ev.message("Thread", "tdlen", Expr(head, args))
                return None
            length = n
    if length < 0:
        return _thread_values(head, args)
    columns = [
        items(a) if type(a) is np.ndarray or (type(a) is Expr and a.head is LIST) else (a,) * length
        for a in args
    ]
    return evaluate(Expr(LIST, tuple([evaluate_expr(Expr(head, row)) for row in zip(*columns, strict=True)])))


def _thread_values(head: Any, args: tuple[Any, ...]) -> Any:
    """A Listable function over the values of associations that have the same keys in the same order."""
    keyed = [a for a in args if type(a) is Association]
    first = keyed[0]
    if any(list(a.entries) != list(first.entries) for a in keyed):
        return None
    columns = [a.values() if type(a) is Association else (a,) * len(first) for a in args]
    rows = [evaluate(Expr(head, row)) for row in zip(*columns, strict=True)]
    return evaluate(Association.of(zip(first.keys(), rows, strict=True)))


def apply_up(head: Any, args: tuple[Any, ...]) -> Any:
    """Definitions attached to the arguments, in the order of the arguments."""
    seen: list[Symbol] = []
    for a in args:
        symbol = a if type(a) is Symbol else root_symbol(a.head) if type(a) is Expr else None
        if symbol is not None and symbol.up is not None and symbol not in seen:
            seen.append(symbol)
            result = symbol.up.apply(Expr(head, args))
            if result is not None:
                return result
    return None


def apply_head(head: Any, args: tuple[Any, ...]) -> Any:
    """A call whose head is no symbol: pure functions, operator forms, subvalues, associations, nets, ..."""
    t = type(head)
    if t is Expr:
        root = root_symbol(head)
        if root is None:
            return None
        if root.sub is not None:
            result = root.sub.apply(Expr(head, args))
            if result is not None:
                return result
        builtin = root.builtin
        if builtin is not None and builtin.applied is not None and head.head is root:
            return builtin.applied(RUN.ev, head, args)
        return None
    if t is Association:
        return apply_association(head, args)
    atom = ATOMS.get(t)
    if atom is not None and atom.call is not None:
        value = atom.call(RUN.ev, head, args)
        return None if value is None else evaluate(value)
    return None


def apply_association(a: Association, args: tuple[Any, ...]) -> Any:
    """`<|...|>[k]` and `<|...|>[k1, k2, ...]`; Missing["KeyAbsent", k] for an absent key."""
    if not args:
        return None
    k = args[0]
    if type(k) is Expr and k.head is S.Key and len(k.args) == 1:
        k = k.args[0]
    value = a.get(k)
    value = Expr(MISSING, ("KeyAbsent", k)) if value is None else value
    if len(args) > 1:
        value = Expr(value, args[1:])
    return evaluate(value)


def evaluate_association(a: Association) -> Association:
    """Keys and values evaluated, but for the values of delayed entries."""
    version = CLOCK.version
    stable = True
    entries: dict[Any, Any] | None = None
    for hashed, entry in a.entries.items():
        k, v, delayed = entry
        if delayed:
            stable = stable and is_stamped(k, version)
            continue
        value = evaluate(v)
        if value is not v:
            if entries is None:
                entries = dict(a.entries)
            entries[hashed] = (k, value, False)
        if type(value) in (Expr, Association) and value.stamp != version:
            stable = False
    if entries is not None:
        a = Association(entries)
    if stable:
        a.stamp = version
    return a


def is_stamped(x: Any, version: int) -> bool:
    """Whether evaluating `x`, the outcome of an evaluation, again would leave it as it is."""
    return type(x) not in (Expr, Association) or x.stamp == version


def run_rule(rule: Any, binds: list[Any]) -> Any:
    """The right-hand side of a rule for the bindings; None when its condition fails."""
    try:
        return rule.run(binds)
    except ReturnValue as exit_:
        if exit_.head is not None:
            raise
        return exit_.value


def _limit(e: Expr) -> Any:
    """Called when the depth passes the limit, which is below zero while Trace looks on."""
    if RUN.tracing is not None:
        return RUN.tracing(e)
    _too_deep(e)
    return None


def _too_deep(e: Any) -> None:
    """An excess of depth ends the whole evaluation."""
    run = RUN
    if run.tracing is not None:
        return
    limit = run.recursion
    run.recursion = limit + 200  # room to show the message
    try:
        run.ev.message("$RecursionLimit", "reclim2", limit, Expr(S.HoldForm, (e,)))
    finally:
        run.recursion = limit
    raise Terminated("RecursionLimit")


def _too_long(e: Any) -> Any:
    """Called when one expression has been transformed too often: it is returned held."""
    RUN.ev.message("$IterationLimit", "itlim", RUN.iteration)
    return Expr(S.Hold, (e,))


RECURSION_LIMIT = system("$RecursionLimit")
ITERATION_LIMIT = system("$IterationLimit")
