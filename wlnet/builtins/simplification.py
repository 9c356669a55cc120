"""Simplify, FullSimplify, Refine, and transformations of trigonometric and other functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wlnet.expr import FALSE, TRUE, Expr, S, is_list, items
from wlnet.kernel.registry import builtin

from . import assumptions
from .algebra import or_same
from .calculus import _variables
from .expansion import threaded
from .levels import leaf_count
from .real_sets import RELATIONS, only_in, pairwise, solution_set
from .sympy_bridge import Bridge, Unsolved, failures, limited, through


def implied(expr: Any, known: Any) -> Any:
    """True or False where assumptions on one real variable decide a relation in it, else None."""
    if (
        known is None
        or type(expr) is not Expr
        or (expr.head not in RELATIONS and expr.head is not S.Inequality)
    ):
        return None
    names = _variables(expr)
    if len(names) != 1 or not only_in(known, names[0]):
        return None
    b = Bridge({names[0]: {"real": True}})
    try:
        inside = limited(lambda: solution_set(b, pairwise(known), names[0]))
        wanted = limited(lambda: solution_set(b, pairwise(expr), names[0]))
        if inside.is_subset(wanted) is True:
            return TRUE
        return FALSE if inside.is_disjoint(wanted) is True else None
    except (Unsolved, *failures()):
        return None


def simplified(ev: Any, x: Any, given: Any, *, full: bool) -> Any:
    """The shortest of several equivalent forms of `x` by leaf count; `x` itself when none is shorter."""
    known = assumptions.in_force(ev, given)
    b = Bridge(known)
    try:
        e = b.to(x)
    except failures():
        return x
    sp = b.sympy
    ways: list[Callable[[Any], Any]] = [sp.simplify, sp.factor, sp.expand, sp.together, sp.cancel]
    if full:
        ways += [
            sp.trigsimp,
            sp.radsimp,
            lambda y: sp.simplify(sp.expand_func(y)),
            sp.nsimplify,
            sp.logcombine,
        ]
    best, size = x, leaf_count(x)
    for way in ways:
        if way is sp.nsimplify and not e.is_number:
            continue
        try:
            value = ev.evaluate(b.out(way(e)))
        except (Unsolved, *failures()):
            continue
        if leaf_count(value) < size:
            best, size = value, leaf_count(value)
    return best


def _simplify(ev: Any, expr: Any, given: Any, option: Any, full: bool) -> Any:
    known = given if option is None else option if given is None else Expr(S.And, (given, option))
    decided = implied(expr, known)
    if decided is not None:
        return decided
    return threaded(
        ev, "Simplify", expr, lambda x: simplified(ev, x, known, full=full) if type(x) is Expr else x
    )


@builtin("Simplify")
def simplify(ev: Any, expr: Any, given: Any = None, *, assumptions: Any = None) -> Any:
    """Simplify[expr] gives the simplest form of expr that it finds; Simplify[expr, assum] uses assumptions.

    >>> {Simplify[Sin[x]^2 + Cos[x]^2], Simplify[(x^2 - 1)/(x - 1)], Simplify[Sqrt[x^2], x > 0]}
    {1, 1 + x, x}
    """
    return _simplify(ev, expr, given, assumptions, False)


@builtin("FullSimplify")
def full_simplify(ev: Any, expr: Any, given: Any = None, *, assumptions: Any = None) -> Any:
    """FullSimplify[expr] tries more transformations than Simplify.

    >>> FullSimplify[Gamma[x + 1]/Gamma[x]]
    x
    """
    return _simplify(ev, expr, given, assumptions, True)


@builtin("Refine")
def refine(ev: Any, expr: Any, given: Any = None, *, assumptions: Any = None) -> Any:
    """Refine[expr, assum] gives the form of expr that holds under the assumptions.

    >>> {Refine[Sqrt[x^2], x > 0], Refine[Abs[x], x < 0]}
    {x, -x}
    """
    from .assumptions import in_force

    decided = implied(expr, given if given is not None else assumptions)
    if decided is not None:
        return decided
    bridge = Bridge(in_force(ev, given if given is not None else assumptions))
    value = through(ev, lambda sp, e: sp.refine(e), expr, bridge=bridge)
    return expr if value is None else value


def _trig(name: str, usage: str, act: Callable[..., Any]) -> None:
    def call(ev: Any, expr: Any) -> Any:
        return threaded(ev, name, expr, lambda x: or_same(x, through(ev, act, x)))

    call.__doc__ = usage
    builtin(name)(call)


_trig(
    "TrigExpand",
    """TrigExpand[expr] expands trigonometric functions of sums and multiples.

    >>> TrigExpand[Sin[x + y]]
    Cos[y] Sin[x] + Cos[x] Sin[y]
    """,
    lambda sp, e: _expanded_angles(sp, e),
)
_trig(
    "TrigReduce",
    """TrigReduce[expr] writes products and powers of trigonometric functions by functions of multiple angles.

    >>> TrigReduce[Sin[x]^2]
    (1 - Cos[2 x])/2
    """,
    lambda sp, e: _reduced(sp, e),
)
_trig(
    "TrigToExp",
    """TrigToExp[expr] writes trigonometric functions by exponentials.

    >>> TrigToExp[Cos[x]]
    E^(-I x)/2 + E^(I x)/2
    """,
    lambda sp, e: sp.expand(e.rewrite(sp.exp)),
)
_trig(
    "ExpToTrig",
    """ExpToTrig[expr] writes exponentials by trigonometric functions.

    >>> ExpToTrig[E^(I x)]
    Cos[x] + I Sin[x]
    """,
    lambda sp, e: e.rewrite(sp.cos),
)
_trig(
    "PowerExpand",
    """PowerExpand[expr] expands powers of products and logarithms of products and powers, as for positive
    quantities.

    >>> {PowerExpand[Sqrt[x y]], PowerExpand[Log[x^2 y]]}
    {Sqrt[x] Sqrt[y], 2 Log[x] + Log[y]}
    """,
    lambda sp, e: sp.expand_log(sp.powdenest(sp.expand_power_base(e, force=True), force=True), force=True),
)
_trig(
    "FunctionExpand",
    """FunctionExpand[expr] writes special functions by simpler ones where it can.

    >>> FunctionExpand[Gamma[x + 1]]
    x Gamma[x]
    """,
    lambda sp, e: sp.expand_func(e),
)


@builtin("ComplexExpand")
def complex_expand(ev: Any, expr: Any, complex_ones: Any = None) -> Any:
    """ComplexExpand[expr] expands expr for real variables; ComplexExpand[expr, {x1, ...}] for variables of
    which the xi are complex.

    >>> {ComplexExpand[(x + I y)^2], ComplexExpand[Re[E^(I x)]]}
    {x^2 + 2 I x y - y^2, Cos[x]}
    """
    free = () if complex_ones is None else items(complex_ones) if is_list(complex_ones) else (complex_ones,)
    names = [v for v in _variables(expr) if not any(v is f for f in free)]
    bridge = Bridge({v: {"real": True} for v in names})

    def act(x: Any) -> Any:
        value = through(ev, lambda sp, e: sp.expand(sp.expand(e, complex=True)), x, bridge=bridge)
        return x if value is None else value

    return threaded(ev, "ComplexExpand", expr, act)


def _reduced(sp: Any, e: Any) -> Any:
    """Products and powers of sines and cosines by multiple angles, the numerical factor out."""
    from sympy.simplify.fu import TR8

    content, rest = sp.expand(TR8(sp.expand(e))).as_content_primitive()
    return rest if content == 1 else sp.Mul(content, rest, evaluate=False)


def _expanded_angles(sp: Any, e: Any) -> Any:
    """Sines and cosines of sums and of integer multiples by those of the single angles (de Moivre)."""

    def waves(arg: Any) -> tuple[Any, Any]:
        """The cosine and the sine of `arg`."""
        arg = sp.expand(arg)
        if arg.is_Add:
            first, rest = arg.as_two_terms()
            (c, s), (d, t) = waves(first), waves(rest)
            return c * d - s * t, s * d + c * t
        n, angle = arg.as_coeff_Mul()
        if not n.is_Integer or abs(n) < 2:
            return sp.cos(arg), sp.sin(arg)
        c, s = sp.cos(angle), sp.sin(angle)
        m = abs(int(n))
        even = sum(sp.binomial(m, k) * (-1) ** (k // 2) * c ** (m - k) * s**k for k in range(0, m + 1, 2))
        odd = sum(sp.binomial(m, k) * (-1) ** (k // 2) * c ** (m - k) * s**k for k in range(1, m + 1, 2))
        return even, odd * sp.sign(n)

    e = e.replace(sp.tan, lambda a: sp.expand_trig(sp.tan(a)))
    return sp.expand(e.replace(sp.cos, lambda a: waves(a)[0]).replace(sp.sin, lambda a: waves(a)[1]))
