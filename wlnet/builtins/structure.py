"""Head, Length, Depth, Apply, Thread, Through, Distribute, Normal: the shape of an expression as a tree."""

from __future__ import annotations

import itertools
from typing import Any

from wlnet.expr import ATOMS, FALSE, TRUE, Association, Expr, S, Symbol, head_of, is_list, items, make_list
from wlnet.kernel.registry import builtin, symbol

from .levels import LEVEL_0, LEVEL_1, byte_count, children, depth, leaf_count, levels_of, map_parts, size
from .sequences import SequenceError, take_range

symbol(
    "Heads", usage="Heads is an option of functions with level specifications: whether heads count as parts."
)


@builtin("Head")
def head(ev: Any, expr: Any, wrapper: Any = None) -> Any:
    """Head[expr] gives the head of expr; Head[expr, h] wraps it in h.

    >>> Head[f[x, y]]
    f
    >>> Map[Head, {1, 2/3, 1.5, "s", x, {1}, <||>}]
    {Integer, Rational, Real, String, Symbol, List, Association}
    """
    found = head_of(expr)
    return found if wrapper is None else Expr(wrapper, (found,))


@builtin("Length")
def length(ev: Any, expr: Any) -> Any:
    """Length[expr] gives the number of elements of expr; 0 for an atom.

    >>> Length[{a, b, c}]
    3
    >>> Length[x]
    0
    """
    count = size(expr)
    if count is None:
        atom = ATOMS.get(type(expr))
        return atom.length(expr) if atom is not None and atom.length is not None else 0
    return count


@builtin("Depth")
def depth_(ev: Any, expr: Any, *, heads: Any = FALSE) -> Any:
    """Depth[expr] gives one more than the largest number of indices that name a part of expr;
    heads do not count, unless Heads -> True.

    >>> Depth[{{a}, b}]
    3
    >>> Depth[x]
    1
    """
    return depth(expr, heads is TRUE)


@builtin("LeafCount")
def leaf_count_(ev: Any, expr: Any) -> Any:
    """LeafCount[expr] gives the number of indivisible parts of expr.

    >>> LeafCount[1 + a + b^2]
    6
    """
    return leaf_count(expr)


@builtin("ByteCount")
def byte_count_(ev: Any, expr: Any) -> Any:
    """ByteCount[expr] gives the bytes that expr takes in memory. Parts that are shared count each time.

    >>> ByteCount[Range[1000]] < ByteCount[Table[x, 1000]]
    True
    """
    return byte_count(expr)


@builtin("Apply", operator=1)
def apply(ev: Any, f: Any, expr: Any, levelspec: Any = LEVEL_0, *, heads: Any = FALSE) -> Any:
    """Apply[f, expr], or f @@ expr, replaces the head of expr by f.
    Apply[f, expr, levelspec] replaces heads on the levels named. Apply[f] is an operator form.

    >>> f @@ {a, b, c}
    f[a, b, c]
    >>> Apply[f, {{a, b}, {c}}, {1}]
    {f[a, b], f[c]}
    >>> Plus @@ <|"x" -> 1, "y" -> 2|>
    3
    """
    levels = levels_of(ev, "Apply", levelspec)
    if levels is None:
        return None
    if levels == LEVEL_0:
        inner = children(expr)
        return expr if inner is None else Expr(f, inner)
    return map_parts(expr, levels, lambda part, at: _with_head(f, part), heads=heads is TRUE)


def _with_head(f: Any, part: Any) -> Any:
    if type(part) is Expr and part.head is S.Association:
        return Expr(f, tuple(rule.args[1] for rule in part.args))
    inner = children(part)
    return part if inner is None else Expr(f, inner)


@builtin("MapApply", operator=1)
def map_apply(ev: Any, f: Any, expr: Any) -> Any:
    """MapApply[f, expr], or f @@@ expr, replaces heads on level 1 of expr by f.

    >>> f @@@ {{a, b}, {c, d}}
    {f[a, b], f[c, d]}
    """
    inner = children(expr)
    if inner is None:
        return expr
    if type(expr) is Association or not is_list(expr):
        return map_parts(expr, LEVEL_1, lambda part, at: _with_head(f, part))
    call = ev.function(f)
    out = []
    for part in inner:
        arguments = children(part)
        out.append(part if arguments is None else call(*arguments))
    return make_list(out)


@builtin("Operate")
def operate(ev: Any, p: Any, expr: Any, n: Any = 1) -> Any:
    """Operate[p, f[x, y]] gives p[f][x, y]; Operate[p, expr, n] applies p at level n of the head.

    >>> Operate[p, f[x, y]]
    p[f][x, y]
    """
    if type(n) is not int or n < 0:
        ev.message("Operate", "intnn", Expr(S.Operate, (p, expr, n)), 3)
        return None
    return _operated(p, expr, n)


def _operated(p: Any, expr: Any, n: int) -> Any:
    if n == 0:
        return Expr(p, (expr,))
    if type(expr) is not Expr:
        return (
            expr if children(expr) is None else Expr(_operated(p, head_of(expr), n - 1), children(expr) or ())
        )
    return Expr(_operated(p, expr.head, n - 1), expr.args)


@builtin(
    "Thread",
    messages={
        "seqs": "Sequence specification (+n, -n, {+n}, {-n}, {m, n}, or {m, n, s}) expected in place of `1`.",
    },
)
def thread(ev: Any, expr: Any, over: Any = S.List, spec: Any = S.All) -> Any:
    """Thread[f[args]] applies f to corresponding elements of the lists among args;
    other arguments are repeated.
    Thread[f[args], h] threads over arguments with head h; Thread[f[args], h, n] only over
    the first n arguments.

    >>> Thread[f[{a, b}, x]]
    {f[a, x], f[b, x]}
    >>> Thread[{a, b} -> {1, 2}]
    {a -> 1, b -> 2}
    """
    if type(expr) is not Expr:
        return expr
    try:
        chosen = set(take_range(spec, len(expr.args)))
    except SequenceError:
        ev.message("Thread", "seqs", spec)
        return None
    threaded = {i for i in chosen if head_of(expr.args[i]) is over and children(expr.args[i]) is not None}
    lengths = {size(expr.args[i]) for i in threaded}
    if not lengths:
        return expr
    if len(lengths) > 1:
        ev.message("Thread", "tdlen", expr)
        return None
    (count,) = lengths
    columns = [
        children(x) if i in threaded else itertools.repeat(x, count)  # type: ignore[arg-type]
        for i, x in enumerate(expr.args)
    ]
    return Expr(over, tuple(Expr(expr.head, row) for row in zip(*columns, strict=True)))


@builtin("Through")
def through(ev: Any, expr: Any, only: Any = None) -> Any:
    """Through[p[f, g][x]] gives p[f[x], g[x]]; Through[expr, h] does so only where p is h.

    >>> Through[{f, g}[x]]
    {f[x], g[x]}
    >>> Through[(f + g)[x, y]]
    f[x, y] + g[x, y]
    """
    if type(expr) is not Expr or children(expr.head) is None:
        return expr
    inner = expr.head
    if only is not None and head_of(inner) is not only:
        return expr
    calls = [Expr(f, expr.args) for f in children(inner) or ()]
    if type(inner) is Association:
        return Expr(S.Association, tuple(Expr(S.Rule, pair) for pair in zip(inner, calls, strict=True)))
    return Expr(head_of(inner), tuple(calls))


@builtin("Distribute")
def distribute(
    ev: Any, expr: Any, over: Any = S.Plus, f: Any = None, over_new: Any = None, f_new: Any = None
) -> Any:
    """Distribute[f[x1, x2, ...]] distributes f over Plus among the arguments; Distribute[expr, g] over g.
    Distribute[expr, g, f, gp, fp] does so only for the head f and puts gp and fp in place of g and f.

    >>> Distribute[f[a + b, c + d]]
    f[a, c] + f[a, d] + f[b, c] + f[b, d]
    >>> Distribute[{{a, b}, {c, d}}, List]
    {{a, c}, {a, d}, {b, c}, {b, d}}
    """
    head = head_of(expr)
    inner = children(expr)
    if inner is None or (f is not None and head is not f):
        return expr
    columns = [children(x) if head_of(x) is over else (x,) for x in inner]
    if all(len(c) == 1 for c in columns) and not any(head_of(x) is over for x in inner):  # type: ignore[arg-type]
        return expr
    new = head if f_new is None else f_new
    products = tuple(Expr(new, row) for row in itertools.product(*columns))  # type: ignore[arg-type]
    return Expr(over if over_new is None else over_new, products)


# Head -> ordinary form of an expression with that head; chapters add the forms that they own.
NORMAL_FORMS: dict[Any, Any] = dict.fromkeys(
    (S.Dataset, S.Dispatch), lambda e: e.args[0] if len(e.args) == 1 else e
)


@builtin("Normal")
def normal(ev: Any, expr: Any, head: Any = None) -> Any:
    """Normal[expr] turns special forms (associations, numeric arrays, datasets, nets)
    into ordinary expressions.
    Normal[expr, h] does so only for objects with head h.

    >>> Normal[<|"a" -> 1, "b" -> 2|>]
    {a -> 1, b -> 2}
    """
    atom = ATOMS.get(type(expr))
    if (
        head is not None
        and head_of(expr) is not head
        and not (is_list(head) and any(head_of(expr) is h for h in items(head)))
    ):
        return expr
    if atom is not None and atom.normal is not None:
        return atom.normal(expr)
    form = NORMAL_FORMS.get(expr.head) if type(expr) is Expr and type(expr.head) is Symbol else None
    return expr if form is None else form(expr)


@builtin("Sequence")
def sequence(ev: Any, *args: Any) -> Any:
    """Sequence[e1, e2, ...] is spliced into the arguments of any function around it.

    >>> f[a, Sequence[b, c]]
    f[a, b, c]
    """
    return args[0] if len(args) == 1 else None
