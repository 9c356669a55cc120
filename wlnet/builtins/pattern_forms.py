"""The constructs of patterns as symbols: Blank, Pattern, Condition, Alternatives, Repeated and kin."""

from __future__ import annotations

from wlnet.expr.attributes import HOLD_ALL, HOLD_FIRST, HOLD_REST
from wlnet.kernel.registry import symbol

symbol("Blank", usage="_, or Blank[], matches any expression; _h, or Blank[h], any with head h.")
symbol("BlankSequence", usage="__ matches one or more expressions; __h one or more with head h.")
symbol("BlankNullSequence", usage="___ matches any number of expressions; ___h any number with head h.")
symbol(
    "Pattern",
    attributes=HOLD_FIRST,
    usage="x:patt, or Pattern[x, patt], matches what patt does and calls it x; x_ is x:_.",
)
symbol(
    "PatternTest",
    attributes=HOLD_REST,
    usage="patt?test matches an expression that patt matches and for which test[expr] is True.",
)
symbol(
    "Condition",
    attributes=HOLD_ALL,
    usage="patt /; test matches only if test is True; rhs /; test makes a definition apply only then.",
)
symbol("Alternatives", usage="p1 | p2 | ... matches what any of the patterns does.")
symbol("Except", usage="Except[c] matches anything but c; Except[c, p] what p does, but not c.")
symbol(
    "Optional",
    usage="patt:v matches patt, or stands for v where it is left out; x_. takes the default of the function.",
)
symbol("Repeated", usage="p.. matches p one or more times; Repeated[p, {min, max}] min to max times.")
symbol("RepeatedNull", usage="p... matches p any number of times, zero included.")
symbol("Verbatim", usage="Verbatim[expr] matches expr itself, patterns in it taken literally.")
symbol("Longest", usage="Longest[p] matches the longest sequence that p can.")
symbol("Shortest", usage="Shortest[p] matches the shortest sequence that p can.")
symbol(
    "PatternSequence",
    usage="PatternSequence[p1, p2, ...] matches a sequence of arguments that match p1, p2, ....",
)
symbol(
    "OrderlessPatternSequence",
    usage=(
        "OrderlessPatternSequence[p1, p2, ...] matches a sequence of arguments that match p1, p2, "
        "... in any order."
    ),
)
symbol(
    "KeyValuePattern",
    usage="KeyValuePattern[{k1 -> p1, ...}] matches an association or list of rules that has such entries.",
)

symbol("Integer", usage="Integer is the head of integers, such as 3.")
symbol("Real", usage="Real is the head of real numbers, such as 2.5.")
symbol("String", usage='String is the head of strings, such as "text".')
