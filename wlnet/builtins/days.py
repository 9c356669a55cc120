"""Counting days, comparing dates, Julian dates."""

from __future__ import annotations

import datetime as clock
from typing import Any

from wlnet.expr import Expr, S, make_list, truth
from wlnet.kernel.registry import builtin

from .dates import DATE, MAX_DATES, _like, _moment, _shifted, moment_of

# Noon of November 24, 4714 BC (proleptic Gregorian) in Python's ordinal days.
JULIAN_ZERO = -1721424.5


@builtin("DateObjectQ")
def date_object_q(ev: Any, x: Any) -> Any:
    """DateObjectQ[x] tells whether x is a valid DateObject.

    >>> {DateObjectQ[DateObject[{2024, 5, 6}]], DateObjectQ[{2024, 5, 6}]}
    {True, False}
    """
    return truth(type(x) is Expr and x.head is S.DateObject and moment_of(x) is not None)


@builtin("DayPlus", messages=DATE, stateful=True)
def day_plus(ev: Any, date: Any, n: Any) -> Any:
    """DayPlus[date, n] gives the date n days later.

    >>> DayPlus[{2024, 1, 31}, 2]
    {2024, 2, 2}
    """
    moment = _moment(ev, "DayPlus", date)
    if moment is None or type(n) is not int:
        return None
    try:
        return _like(date, moment + clock.timedelta(days=n))
    except OverflowError:
        return None


@builtin("DayCount", messages=DATE, stateful=True)
def day_count(ev: Any, first: Any, last: Any) -> Any:
    """DayCount[date1, date2] gives the number of days from date1 to date2.

    >>> DayCount[{2024, 1, 1}, {2024, 1, 31}]
    30
    """
    a, b = _moment(ev, "DayCount", first), _moment(ev, "DayCount", last)
    return None if a is None or b is None else (b - a).days


@builtin("JulianDate", messages=DATE, stateful=True)
def julian_date(ev: Any, date: Any = None) -> Any:
    """JulianDate[date] gives the number of days since noon of January 1, 4713 BC.

    >>> JulianDate[{2000, 1, 1, 12, 0, 0}] == 2451545
    True
    """
    moment = _moment(ev, "JulianDate", date)
    if moment is None:
        return None
    seconds = (moment - moment.replace(hour=0, minute=0, second=0, microsecond=0)).total_seconds()
    return moment.toordinal() - JULIAN_ZERO + seconds / 86400.0


@builtin("BusinessDayQ", messages=DATE, stateful=True)
def business_day_q(ev: Any, date: Any = None) -> Any:
    """BusinessDayQ[date] tells whether the date is a Monday to Friday; holidays are not known.

    >>> {BusinessDayQ[{2024, 7, 5}], BusinessDayQ[{2024, 7, 6}]}
    {True, False}
    """
    moment = _moment(ev, "BusinessDayQ", date)
    return None if moment is None else truth(moment.weekday() < 5)


@builtin("LeapYearQ", messages=DATE)
def leap_year_q(ev: Any, date: Any) -> Any:
    """LeapYearQ[date] gives True if the year of the date is a leap year.

    >>> {LeapYearQ[{2024}], LeapYearQ[{1900}]}
    {True, False}
    """
    import calendar

    moment = _moment(ev, "LeapYearQ", date)
    return None if moment is None else truth(calendar.isleap(moment.year))


@builtin("DateRange", messages=DATE, stateful=True)
def date_range(ev: Any, first: Any, last: Any, step: Any = 1) -> Any:
    """DateRange[date1, date2] gives the days from date1 to date2; DateRange[date1, date2, {n, "unit"}]
    other steps.

    >>> Length[DateRange[{2024, 2, 27}, {2024, 3, 1}]]
    4
    """
    a, b = _moment(ev, "DateRange", first), _moment(ev, "DateRange", last)
    if a is None or b is None:
        return None
    spec = make_list((1, step)) if type(step) is str else step
    found = []
    at: clock.datetime | None = a
    while at is not None and at <= b and len(found) <= MAX_DATES:
        found.append(_like(first, at))
        after = _shifted(at, spec)
        if after is None or after <= at:
            return None
        at = after
    return make_list(found)
