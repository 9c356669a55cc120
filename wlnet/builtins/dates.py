"""Dates and times: Now, DateObject, DateString, AbsoluteTime, DateList, DatePlus, DateDifference.

A date is DateObject[{year, month, day, ...}] in local time; AbsoluteTime counts seconds from 1 January 1900.
"""

from __future__ import annotations

import datetime as clock
import time
from fractions import Fraction
from typing import Any

from wlnet.expr import Expr, S, is_list, items, make_list, same, system, truth
from wlnet.kernel.operands import operand
from wlnet.kernel.registry import applied, builtin, symbol

from . import numbers
from .quantities import UNIT_SECONDS, unit_name

EPOCH = clock.datetime(1900, 1, 1)
FAILED = system("$Failed")
MAX_DATES = 1_000_000  # a longer DateRange is cut here


# ---------------------------------------------------------------------------------------------- reading dates


def moment_of(x: Any) -> clock.datetime | None:
    """The moment that a date specification names: DateObject, a date list, absolute seconds, or a string."""
    if type(x) is Expr and x.head is S.DateObject and x.args:
        return moment_of(x.args[0])
    if type(x) is int or type(x) is float or type(x) is Fraction:
        try:
            return EPOCH + clock.timedelta(seconds=float(x))
        except OverflowError:
            return None
    if is_list(x):
        return _from_list(items(x))
    if type(x) is str:
        return _from_text(x)
    return None


def _from_list(parts: tuple[Any, ...]) -> clock.datetime | None:
    """{y, m, d, h, min, s} with parts that may overflow: {2024, 14, 1} is February 2025."""
    if not 1 <= len(parts) <= 6 or not all(type(p) in (int, float, Fraction) for p in parts):
        return None
    y, m, d, *rest = (*parts, *(1, 1, 0, 0, 0)[len(parts) - 1 :])
    try:
        month = int(m) - 1
        start = clock.datetime(int(y) + month // 12, month % 12 + 1, 1)
        h, minute, s = rest
        return start + clock.timedelta(
            days=float(d) - 1, hours=float(h), minutes=float(minute), seconds=float(s)
        )
    except (ValueError, OverflowError):
        return None


_TEXT_FORMS = (
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%d %b %Y",
    "%d %B %Y",
    "%B %d, %Y",
    "%b %d, %Y",
    "%a %d %b %Y %H:%M:%S",
    "%a %d %b %Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%B %Y",
    "%b %Y",
    "%Y",
)


def _from_text(text: str) -> clock.datetime | None:
    text = text.strip()
    try:
        return clock.datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        pass
    for form in _TEXT_FORMS:
        try:
            return clock.datetime.strptime(text, form)
        except ValueError:
            continue
    return None


def date_list(moment: clock.datetime) -> Any:
    """A moment as {y, m, d, h, m, s} with real seconds."""
    seconds = moment.second + moment.microsecond / 1e6
    return make_list((moment.year, moment.month, moment.day, moment.hour, moment.minute, seconds))


def date_object(moment: clock.datetime, granularity: int = 6) -> Expr:
    """A moment as DateObject[{...}]; `granularity` parts are kept (3: a day)."""
    return Expr(S.DateObject, (make_list(items(date_list(moment))[:granularity]),))


def _granularity(x: Any) -> int:
    """How many parts a date specification gives."""
    if type(x) is Expr and x.head is S.DateObject and x.args:
        return _granularity(x.args[0])
    if is_list(x):
        return len(items(x))
    if type(x) is str and ":" not in x:
        return 3
    return 6


DATE = {"str": "`1` cannot be read as a date.", "arg": "`1` is not a date specification."}


def _moment(ev: Any, name: str, x: Any) -> clock.datetime | None:
    if x is None:
        return clock.datetime.now()
    found = moment_of(x)
    if found is None:
        ev.message(name, "str" if type(x) is str else "arg", x)
    return found


@builtin("DateObject", messages=DATE, stateful=True)
def date_object_(ev: Any, *args: Any) -> Any:
    """DateObject[{y, m, d, ...}] is a date; DateObject["text"] reads one; DateObject[] is the present moment.

    >>> {DateObject["2024-02-29"], DateObject[{2024, 13, 1}]}
    {DateObject[{2024, 2, 29}], DateObject[{2025, 1, 1}]}
    """
    if len(args) > 1:
        return None
    given = args[0] if args else None
    moment = _moment(ev, "DateObject", given)
    if moment is None:
        return None
    value = date_object(moment, 6 if given is None else _granularity(given))
    return None if args and is_list(args[0]) and same(value, Expr(S.DateObject, args)) else value


@builtin("DateList", messages=DATE, stateful=True)
def date_list_(ev: Any, date: Any = None) -> Any:
    """DateList[date] gives {year, month, day, hour, minute, second}; DateList[] the present moment.

    >>> DateList["2024-03-01"]
    {2024, 3, 1, 0, 0, 0.}
    """
    moment = _moment(ev, "DateList", date)
    return None if moment is None else date_list(moment)


@builtin("AbsoluteTime", messages=DATE, stateful=True)
def absolute_time(ev: Any, date: Any = None) -> Any:
    """AbsoluteTime[] gives the seconds since 1 January 1900; AbsoluteTime[date] those at a date.

    >>> AbsoluteTime[{1900, 1, 2}]
    86400
    """
    moment = _moment(ev, "AbsoluteTime", date)
    if moment is None:
        return None
    seconds = (moment - EPOCH).total_seconds()
    return int(seconds) if date is not None and seconds == int(seconds) else seconds


def _unix(moment: clock.datetime) -> int | None:
    """Seconds since 1970 of a moment in local time; None outside the years that the system knows."""
    try:
        return int(moment.timestamp())
    except (ValueError, OverflowError):
        return None


@builtin("UnixTime", messages=DATE, stateful=True)
def unix_time(ev: Any, date: Any = None) -> Any:
    """UnixTime[] gives the whole seconds since 1 January 1970, 0:00 GMT; UnixTime[date] those at a date.

    >>> UnixTime[] > 1700000000
    True
    """
    if date is None:
        return int(time.time())
    moment = _moment(ev, "UnixTime", date)
    return None if moment is None else _unix(moment)


@builtin("FromUnixTime")
def from_unix_time(ev: Any, seconds: Any) -> Any:
    """FromUnixTime[s] gives the date s seconds after 1 January 1970, 0:00 GMT.

    >>> UnixTime[FromUnixTime[1700000000]]
    1700000000
    """
    if type(seconds) not in (int, float) or abs(seconds) > 2e11:  # beyond the year 8000
        return None
    return date_object(clock.datetime.fromtimestamp(float(seconds)))


@builtin("FromAbsoluteTime")
def from_absolute_time(ev: Any, seconds: Any) -> Any:
    """FromAbsoluteTime[s] gives the date s seconds after 1 January 1900.

    >>> DateString[FromAbsoluteTime[86400], "ISODate"]
    1900-01-02
    """
    moment = moment_of(seconds) if type(seconds) in (int, float, Fraction) else None
    return None if moment is None else date_object(moment)


for _name, _usage in (
    ("Now", "Now is the present moment, a DateObject."),
    ("Today", "Today is the present day."),
    ("Tomorrow", "Tomorrow is the day after today."),
    ("Yesterday", "Yesterday is the day before today."),
):
    symbol(_name, usage=_usage)


def _install_moments() -> None:
    """Now, Today and their kin are worked out at each use."""
    from wlnet.kernel.definitions import set_own
    from wlnet.kernel.evaluate import Computed

    class Moment(Computed):
        __slots__ = ("days", "parts")

        def __init__(self, days: int, parts: int) -> None:
            self.days = days
            self.parts = parts

        def apply(self) -> Any:
            return date_object(clock.datetime.now() + clock.timedelta(days=self.days), self.parts)

    for name, days, parts in (("Now", 0, 6), ("Today", 0, 3), ("Tomorrow", 1, 3), ("Yesterday", -1, 3)):
        set_own(system(name), Moment(days, parts))


_install_moments()


# --------------------------------------------------------------------------------------------- printing dates

_ELEMENTS: dict[str, str] = {
    "Year": "%Y",
    "YearShort": "%y",
    "Month": "%m",
    "MonthName": "%B",
    "MonthNameShort": "%b",
    "Day": "%d",
    "DayName": "%A",
    "DayNameShort": "%a",
    "Hour": "%H",
    "Hour24": "%H",
    "Hour12": "%I",
    "AMPM": "%p",
    "Minute": "%M",
    "Second": "%S",
    "ISODate": "%Y-%m-%d",
    "ISODateTime": "%Y-%m-%dT%H:%M:%S",
    "ISOWeek": "%G-W%V",
    "Time": "%H:%M:%S",
}
_SENTENCES: dict[str, str] = {
    "Date": "{:%a} {} {:%b %Y}",
    "DateShort": "{:%a} {} {:%b %Y}",
    "DateTime": "{:%a} {} {:%b %Y %H:%M:%S}",
    "DateTimeShort": "{:%a} {} {:%b %Y %H:%M}",
}
_SHORT = {"DayShort": "day", "MonthShort": "month", "HourShort": "hour", "MinuteShort": "minute"}


def _element(moment: clock.datetime, name: str) -> str:
    if name in _ELEMENTS:
        return moment.strftime(_ELEMENTS[name])
    if name in _SENTENCES:
        return _SENTENCES[name].format(moment, moment.day, moment)
    if name in _SHORT:
        return str(getattr(moment, _SHORT[name]))
    if name == "Millisecond":
        return f"{moment.microsecond // 1000:03d}"
    if name == "SecondExact":
        return f"{moment.second + moment.microsecond / 1e6:09.6f}"
    if name == "Quarter":
        return str((moment.month + 2) // 3)
    return name


def _is_element(x: Any) -> bool:
    return type(x) is str and (x in _ELEMENTS or x in _SENTENCES or x in _SHORT)


@builtin("DateString", messages=DATE, stateful=True)
def date_string(ev: Any, *args: Any) -> Any:
    """DateString[] gives the present date and time as text; DateString[date] that of a date.
    DateString[date, {"Year", "-", "Month", ...}] joins elements; DateString[date, "ISODate"] is one of them.

    >>> DateString[{2024, 3, 5}, "ISODate"]
    2024-03-05
    >>> DateString[{2024, 3, 5, 14, 7, 0}, {"Day", ".", "MonthShort", " ", "Hour"}]
    05.3 14
    """
    date, form = None, None
    if len(args) == 1:
        is_form = (is_list(args[0]) and all(type(p) is str for p in items(args[0]))) or _is_element(args[0])
        date, form = (None, args[0]) if is_form else (args[0], None)
    elif len(args) == 2:
        date, form = args
    elif args:
        return None
    moment = _moment(ev, "DateString", date)
    if moment is None:
        return None
    if form is None:
        day_only = date is not None and _granularity(date) == 3
        return _element(moment, "Date" if day_only else "DateTime")
    parts = items(form) if is_list(form) else (form,)
    if not all(type(p) is str for p in parts):
        return None
    return "".join(_element(moment, p) for p in parts)


@builtin("DayName", messages=DATE, stateful=True)
def day_name(ev: Any, date: Any = None) -> Any:
    """DayName[date] gives the day of the week as a symbol.

    >>> DayName[{2024, 3, 5}]
    Tuesday
    """
    moment = _moment(ev, "DayName", date)
    return None if moment is None else system(moment.strftime("%A"))


@builtin("DateValue", messages=DATE, stateful=True)
def date_value(ev: Any, date: Any, element: Any) -> Any:
    """DateValue[date, "Year"] gives one part of a date as a number: "Year", "Month", "Day", "Hour",
    "Minute", "Second".

    >>> DateValue[{2024, 3, 5}, {"Year", "Day"}]
    {2024, 5}
    """
    moment = _moment(ev, "DateValue", date)
    if moment is None:
        return None
    if is_list(element):
        values = [date_value(ev, date, e) for e in items(element)]
        return None if any(v is None for v in values) else make_list(values)
    if type(element) is not str:
        return None
    names = {"Year": "year", "Month": "month", "Day": "day", "Hour": "hour", "Minute": "minute"}
    if element in names:
        return getattr(moment, names[element])
    if element == "Second":
        return moment.second + moment.microsecond / 1e6
    return _element(moment, element)


# ------------------------------------------------------------------------------------------------- arithmetic


def _shifted(moment: clock.datetime, step: Any) -> clock.datetime | None:
    """A moment moved by n days, {n, "unit"} or Quantity[n, "unit"]; None beyond the calendar."""
    try:
        return _moved(moment, step)
    except (OverflowError, ValueError):
        return None


def _moved(moment: clock.datetime, step: Any) -> clock.datetime | None:
    if type(step) in (int, float, Fraction):
        return moment + clock.timedelta(days=float(step))
    pair = (
        items(step) if is_list(step) else step.args if type(step) is Expr and step.head is S.Quantity else ()
    )
    if len(pair) != 2:
        return None
    n, unit = pair
    name = unit_name(unit)
    if name is None or type(n) not in (int, float, Fraction):
        return None
    if name in UNIT_SECONDS:
        return moment + clock.timedelta(seconds=float(n * UNIT_SECONDS[name]))
    months = {"Months": 1, "Quarters": 3, "Years": 12}[name] * int(n)
    total = moment.year * 12 + moment.month - 1 + months
    day = moment.day
    while True:
        try:
            return moment.replace(year=total // 12, month=total % 12 + 1, day=day)
        except ValueError:
            day -= 1
            if day < 28:
                return None


@builtin("DatePlus", messages=DATE, stateful=True)
def date_plus(ev: Any, date: Any, step: Any = None) -> Any:
    """DatePlus[date, n] gives the date n days later; DatePlus[date, {n, "unit"}] or Quantity[n, "unit"]
    other steps.

    >>> DateString[DatePlus[{2024, 1, 31}, {1, "Month"}], "ISODate"]
    2024-02-29
    """
    if step is None:
        date, step = None, date
    moment = _moment(ev, "DatePlus", date)
    found = None if moment is None else _shifted(moment, step)
    if found is None:
        return None
    return _like(date, found)


def _like(date: Any, moment: clock.datetime) -> Any:
    """`moment` in the form of `date`: a list of as many elements, or a DateObject."""
    if is_list(date):
        return Expr(S.Take, (date_list(moment), len(items(date))))
    return date_object(moment, _granularity(date))


@builtin("DateDifference", messages=DATE, stateful=True)
def date_difference(ev: Any, first: Any, second: Any, unit: Any = "Days") -> Any:
    """DateDifference[date1, date2] gives the days from date1 to date2 as a Quantity; a third argument names
    the unit.

    >>> {DateDifference[{2024, 1, 1}, {2024, 3, 1}], DateDifference[{2024, 1, 1}, {2024, 1, 2}, "Hour"]}
    {Quantity[60, Days], Quantity[24, Hours]}
    """
    a, b = _moment(ev, "DateDifference", first), _moment(ev, "DateDifference", second)
    name = unit_name(unit)
    if a is None or b is None or name is None or name not in UNIT_SECONDS:
        return None
    n = Fraction((b - a) // clock.timedelta(microseconds=1), 10**6) / UNIT_SECONDS[name]
    value = numbers.rational(n) if n.denominator == 1 else float(n)
    return Expr(S.Quantity, (value, name))


# ------------------------------------------------------------------------------------- dates as operands

COMPARISONS = {
    S.Less: lambda a, b: a < b,
    S.LessEqual: lambda a, b: a <= b,
    S.Greater: lambda a, b: a > b,
    S.GreaterEqual: lambda a, b: a >= b,
    S.Equal: lambda a, b: a == b,
    S.Unequal: lambda a, b: a != b,
}


@operand("DateObject")
def _with_date(ev: Any, call: Expr) -> Any:
    """Relations of dates, and differences and sums with quantities of time."""
    head, args = call.head, call.args
    if head in COMPARISONS and len(args) >= 2:
        moments = [moment_of(a) for a in args]
        if any(m is None for m in moments):
            return None
        test = COMPARISONS[head]
        return truth(all(test(a, b) for a, b in zip(moments, moments[1:], strict=False)))
    if head is S.Plus and len(args) == 2:
        date, other = args if _is_date(args[0]) else args[::-1]
        if type(other) is Expr and other.head is S.Quantity:
            return Expr(S.DatePlus, (date, other))
    return None


def _is_date(x: Any) -> bool:
    return type(x) is Expr and x.head is S.DateObject


@applied("DateObject")
def _element_of(ev: Any, head: Any, args: tuple[Any, ...]) -> Any:
    """date["element"] is DateValue[date, "element"]."""
    if len(args) != 1 or type(args[0]) is not str:
        return None
    return ev.evaluate(Expr(S.DateValue, (head, args[0])))
