"""Numbers given to the arrays of a net by part: LearningRateMultipliers, regularization, clipping.

A setting is a number for all arrays, or rules `part -> number`, first match wins. A part is a layer's or an
array's name, its number, a span `m;;n`, a nested path `{part1, part2, ...}`, alternatives `a|b`, or `_` for
everything; what names a subnet covers every array inside it (nettrain.md, section 4).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from wlnet.expr import Expr, S, is_list, items, system
from wlnet.syntax.printer import to_text

from .errors import NetError
from .quantities import real_number

if TYPE_CHECKING:
    from .net import Net

NONE, AUTOMATIC = system("None"), S.Automatic
Path = tuple[str, ...]


def covers(net: Net, part: Any, path: Path) -> bool:
    """Whether `part` names the array at `path` of `net`, or a subnet that holds it."""
    if type(part) is Expr and part.head is S.Alternatives:
        return any(covers(net, each, path) for each in part.args)
    steps = items(part) if is_list(part) else (part,)
    inside: Net | None = net
    for depth, step in enumerate(steps):
        if depth >= len(path) or not _step(step, path[depth], inside):
            return False
        inside = inside.nodes.get(path[depth]) if inside is not None else None
    return True


def _step(step: Any, name: str, net: Net | None) -> bool:
    """Whether one element of a path names the child or the array `name` of `net`."""
    kind = type(step)
    if kind is str:
        return step == name
    if step is S.All:
        return True
    names = list(net.nodes) if net is not None else []
    if kind is int:
        return name in names and names.index(name) == (step - 1 if step > 0 else len(names) + step)
    if kind is Expr:
        if step.head is S.Blank and not step.args:
            return True
        if step.head is S.Alternatives:
            return any(_step(each, name, net) for each in step.args)
        if step.head is S.Span and name in names:
            return names.index(name) in _span(step.args, len(names))
    return False


def _span(args: tuple[Any, ...], length: int) -> range:
    """The places, from 0, that a span m;;n or m;;n;;k names among `length`; none where it is no such span."""
    first, last, by = (*args, 1)[:3] if len(args) == 2 else (args if len(args) == 3 else (1, 0, 1))
    first = 1 if first is S.All else first
    last = length if last is S.All else last
    if type(first) is not int or type(last) is not int or type(by) is not int or by < 1:
        return range(0)
    first = first if first > 0 else length + 1 + first
    last = last if last > 0 else length + 1 + last
    return range(first - 1, last, by)


def lookup(net: Net, setting: Any, path: Path, read: Callable[[Any], float | None]) -> float | None:
    """The number that `setting`, a number or rules, gives to the array at `path`; None where no rule matches.

    `read` turns the value of a rule into its number and raises NetError for one that is none.
    """
    if setting is AUTOMATIC:
        return None
    if is_list(setting):
        rules = items(setting)
    elif type(setting) is Expr and setting.head is S.Rule:
        rules = (setting,)
    else:
        return read(setting)
    for rule in rules:
        if type(rule) is not Expr or rule.head is not S.Rule or len(rule.args) != 2:
            read(rule)  # raises: neither a rule nor a number
            continue
        if covers(net, rule.args[0], path):
            return read(rule.args[1])
    return None


def multiplier(value: Any) -> float:
    """A learning-rate multiplier: any real number; None freezes."""
    number = 0.0 if value is NONE else real_number(value)
    if number is None:
        text = (
            "LearningRateMultipliers takes Automatic, a number, or rules part -> number (None or 0 freezes)."
        )
        raise NetError("NetTrain", "multipliers", text)
    return number


def multipliers(net: Net, setting: Any, places: Mapping[Path, Sequence[Path]]) -> dict[Path, float]:
    """The multiplier of the learning rate of each array of `net`; `places` tells where each stands
    (`array_places`).

    NetTrain's `setting` decides first; where none of its rules matches, the settings stored in the net do,
    from the outermost inwards; else 1 (decisions.md). A shared array takes the number of the first place
    that has one.
    """
    paths = [place for several in places.values() for place in several]
    unmatched(net, setting, paths, "LearningRateMultipliers", multiplier)
    found = {}
    for path, several in places.items():
        candidates = [lookup(net, setting, place, multiplier) for place in several]
        candidates += [_own(net, place) for place in several]
        found[path] = next((x for x in candidates if x is not None), 1.0)
    return found


def _own(net: Net, path: Path) -> float | None:
    """The multiplier that the nets around the array at `path` state themselves."""
    inside: Net | None = net
    for depth in range(len(path)):
        if inside is None:
            break
        value = lookup(
            inside, inside.params.get("LearningRateMultipliers", AUTOMATIC), path[depth:], multiplier
        )
        if value is not None:
            return value
        inside = inside.nodes.get(path[depth])
    return None


def unmatched(
    net: Net, setting: Any, paths: Sequence[Path], name: str, read: Callable[[Any], float | None]
) -> None:
    """Raise NetError for a rule of NetTrain's own setting `name` that names no array of the net, or whose
    value `read` refuses.
    """
    rules = items(setting) if is_list(setting) else (setting,)
    for rule in rules:
        if type(rule) is not Expr or rule.head is not S.Rule or len(rule.args) != 2:
            continue
        read(rule.args[1])
        if not any(covers(net, rule.args[0], p) for p in paths):
            places = ", ".join("{" + ", ".join(f'"{step}"' for step in path) + "}" for path in paths)
            text = f"{name}: no array of the net belongs to {to_text(rule.args[0])}. Its arrays are {places}."
            raise NetError("NetTrain", "multipliers", text)
