"""Time and memory of evaluations: Timing, AbsoluteTiming, RepeatedTiming, TimeConstrained,
MemoryConstrained, Pause.
"""

from __future__ import annotations

import math
import time
from fractions import Fraction
from typing import Any

from wlnet.expr import LIST, NULL, Expr, S, system
from wlnet.expr.attributes import HOLD_ALL, HOLD_FIRST
from wlnet.kernel.control import RUN, LimitReached
from wlnet.kernel.evaluate import evaluate
from wlnet.kernel.registry import builtin
from wlnet.kernel.threads import Watch, resident_bytes, watch_memory, watch_time

ABORTED = system("$Aborted")


@builtin("Timing", attributes=HOLD_ALL, evaluated=True)
def timing(ev: Any, expr: Any) -> Any:
    """Timing[expr] evaluates expr, and gives the processor time in seconds and the value.

    >>> Last[Timing[1 + 1]]
    2
    """
    start = time.process_time()
    value = evaluate(expr)
    return evaluate(Expr(LIST, (time.process_time() - start, value)))


@builtin("AbsoluteTiming", attributes=HOLD_ALL, evaluated=True)
def absolute_timing(ev: Any, expr: Any) -> Any:
    """AbsoluteTiming[expr] evaluates expr, and gives the time in seconds that passed and the value.

    >>> Last[AbsoluteTiming[1 + 1]]
    2
    """
    start = time.perf_counter()
    value = evaluate(expr)
    return evaluate(Expr(LIST, (time.perf_counter() - start, value)))


@builtin(
    "RepeatedTiming",
    attributes=HOLD_FIRST,
    evaluated=True,
    messages={"time": "Number of seconds `1` is not positive."},
)
def repeated_timing(ev: Any, expr: Any, seconds: Any = 1) -> Any:
    """RepeatedTiming[expr] evaluates expr repeatedly for about a second, and gives the average time of one
    evaluation (of the middle half) and the value. RepeatedTiming[expr, t] takes about t seconds.

    >>> Last[RepeatedTiming[1 + 1, 0.01]]
    2
    """
    limit = _seconds(seconds)
    if limit is None:
        ev.message("RepeatedTiming", "time", seconds)
        return None
    times: list[float] = []
    start = time.perf_counter()
    while True:
        began = time.perf_counter()
        value = evaluate(expr)
        times.append(time.perf_counter() - began)
        if len(times) >= 4 and time.perf_counter() - start > limit:
            break
    times.sort()
    middle = times[len(times) // 4 : len(times) - len(times) // 4]
    return evaluate(Expr(LIST, (sum(middle) / len(middle), value)))


def _seconds(x: Any) -> float | None:
    """A positive number of seconds; infinity for Infinity, None for anything else."""
    if type(x) is Expr and x.head is S.DirectedInfinity and x.args == (1,):
        return math.inf
    if x is S.Infinity:
        return math.inf
    return float(x) if (type(x) is int or type(x) is float or type(x) is Fraction) and x > 0 else None


def _limited(expr: Any, failexpr: Any, watch: Watch) -> Any:
    """Evaluate under a watch: failexpr when it fires, an outer watch's exception passes on."""
    depth = RUN.depth
    try:
        try:
            value = evaluate(expr)
        finally:
            watch.close()
        return value
    except LimitReached:
        if not watch.fired:
            raise
        RUN.depth = depth
        return evaluate(failexpr)


@builtin("TimeConstrained", attributes=HOLD_ALL, evaluated=True)
def time_constrained(ev: Any, expr: Any, seconds: Any, failexpr: Any = ABORTED) -> Any:
    """TimeConstrained[expr, t] evaluates expr, and gives $Aborted if that takes more than t seconds.
    TimeConstrained[expr, t, failexpr] gives failexpr then.

    >>> TimeConstrained[While[True], 0.05, "too long"]
    too long
    """
    given = evaluate(seconds)
    limit = _seconds(given)
    if limit is None:
        ev.message("TimeConstrained", "timc", given)
        return None
    return evaluate(expr) if limit == math.inf else _limited(expr, failexpr, watch_time(limit))


@builtin(
    "MemoryConstrained",
    attributes=HOLD_ALL,
    evaluated=True,
    messages={"memc": "Number of bytes `1` is not a positive integer or Infinity."},
)
def memory_constrained(ev: Any, expr: Any, limit: Any, failexpr: Any = ABORTED) -> Any:
    """MemoryConstrained[expr, b] evaluates expr, and gives $Aborted if that takes more
    than b bytes of memory.
    MemoryConstrained[expr, b, failexpr] gives failexpr then.

    >>> MemoryConstrained[1 + 1, 10^8]
    2
    """
    given = evaluate(limit)
    nbytes = _seconds(given)
    if nbytes is None:
        ev.message("MemoryConstrained", "memc", given)
        return None
    return evaluate(expr) if nbytes == math.inf else _limited(expr, failexpr, watch_memory(nbytes))


@builtin("Pause", messages={"numnm": "Non-negative number of seconds expected instead of `1`."})
def pause(ev: Any, seconds: Any) -> Any:
    """Pause[t] waits for t seconds.

    >>> Pause[0.01]
    """
    if type(seconds) not in (int, float, Fraction) or seconds < 0:
        ev.message("Pause", "numnm", seconds)
        return None
    end = time.monotonic() + float(seconds)
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(left, 0.05))  # in slices, so that an interrupt takes effect
    return NULL


@builtin("TimeUsed", stateful=True)
def time_used(ev: Any) -> Any:
    """TimeUsed[] gives the processor time in seconds used by this process."""
    return time.process_time()


@builtin("MemoryInUse", stateful=True)
def memory_in_use(ev: Any) -> Any:
    """MemoryInUse[] gives the memory in bytes used by this process."""
    return resident_bytes()


@builtin("MaxMemoryUsed", stateful=True)
def max_memory_used(ev: Any) -> Any:
    """MaxMemoryUsed[] gives the most memory in bytes that this process has used."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
