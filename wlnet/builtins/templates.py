"""Templates: texts with slots to be filled in."""

from __future__ import annotations

import re
from typing import Any

from wlnet.expr import TRUE, Association, Expr, S, is_list, items, make_list, system
from wlnet.kernel.registry import applied, builtin, option_key, symbol

from .strings import STRING


@builtin("StringTemplate", messages=STRING)
def string_template(
    ev: Any, text: Any, bound: Any = None, *, insertion_function: Any = None, combiner_function: Any = None
) -> Any:
    """StringTemplate["text"] makes a template with slots `name` or `` `` and expressions <* expr *>.
    StringTemplate["text"][args] fills it; the options InsertionFunction and CombinerFunction say how values
    become text, and how the pieces are put together.

    >>> {StringTemplate["`a` and `b`"][<|"a" -> 1, "b" -> 2|>], StringTemplate["`` + ``"][1, 2]}
    {1 and 2, 1 + 2}
    """
    if type(text) is Expr and text.head is S.File and len(text.args) == 1:
        text = ev.evaluate(Expr(S.ReadString, text.args))
    if type(text) is not str:
        return None
    given = {"InsertionFunction": insertion_function, "CombinerFunction": combiner_function}
    options = tuple(Expr(S.Rule, (system(k), v)) for k, v in given.items() if v is not None)
    filled = () if bound is None else (bound,)
    return Expr(S.TemplateObject, (make_list(template_parts(text)), *filled, *options))


def template_parts(text: str) -> list[Any]:
    """The pieces of a template: strings, TemplateSlot[name or number] and TemplateExpression["code"]."""
    out: list[Any] = []
    at = count = 0
    for m in re.finditer(r"`([A-Za-z0-9$_ ]*)`|<\*(.*?)\*>", text, re.S):
        if m.start() > at:
            out.append(text[at : m.start()])
        if m.group(2) is not None:
            out.append(Expr(S.TemplateExpression, (m.group(2),)))
        elif not m.group(1):
            count += 1
            out.append(Expr(S.TemplateSlot, (count,)))
        else:
            name = m.group(1)
            out.append(Expr(S.TemplateSlot, (int(name) if name.isdigit() else name,)))
        at = m.end()
    if at < len(text):
        out.append(text[at:])
    return out


SLOT = {"slot": "The template has a slot `1`, for which there is no value in `2`."}


@builtin("TemplateApply", messages=SLOT)
def template_apply(ev: Any, template: Any, args: Any = None) -> Any:
    """TemplateApply[template, args] fills the slots of a template from a list or an association.

    >>> {TemplateApply["x = `1`", {5}], TemplateApply["Hi `who`!", <|"who" -> "Ann"|>]}
    {x = 5, Hi Ann!}
    """
    options: dict[str, Any] = {}
    if type(template) is str:
        parts: Any = template_parts(template)
    elif type(template) is Expr and template.head is S.TemplateObject and template.args:
        first, *rest = template.args
        parts = list(items(first)) if is_list(first) else [first]
        for r in rest:
            if type(r) is Expr and r.head is S.Rule:
                options[option_key(r.args[0])] = r.args[1]
            elif args is None:
                args = r
    else:
        return None
    given = args if args is not None else make_list(())
    if not is_list(given) and type(given) is not Association:
        given = make_list((given,))
    filling = _Filling(ev, given, options.get("InsertionFunction"))
    pieces = [x for p in parts for x in filling.pieces(p)]
    combine = options.get("CombinerFunction")
    return "".join(map(filling.text, pieces)) if combine is None else ev.call(combine, make_list(pieces))


class _Filling:
    """One filling of a template: the values given, and how they are put in."""

    def __init__(self, ev: Any, given: Any, insert: Any) -> None:
        self.ev = ev
        self.given = given
        self.insert = insert

    def text(self, value: Any) -> str:
        return value if type(value) is str else self.ev.text(value, "OutputForm")

    def pieces(self, part: Any) -> list[Any]:
        """What one part of the template becomes."""
        if type(part) is not Expr:
            return [part]
        args = part.args
        if part.head is S.TemplateIf and len(args) in (2, 3):
            chosen = self.ev.evaluate(self.value(args[0]))
            return (
                self.several(args[1]) if chosen is TRUE else self.several(args[2]) if len(args) == 3 else []
            )
        if part.head is S.TemplateSequence and len(args) in (2, 3):
            return self.sequence(*args)
        if part.head is S.TemplateVerbatim and len(args) == 1:
            return [args[0]]
        value = self.value(part)
        if value is None:
            return []
        if self.insert is not None:
            return [self.ev.call(self.insert, value)]
        return [value]

    def several(self, part: Any) -> list[Any]:
        if type(part) is Expr and part.head is S.TemplateObject and part.args and is_list(part.args[0]):
            part = part.args[0]
        return [x for p in (items(part) if is_list(part) else (part,)) for x in self.pieces(p)]

    def sequence(self, body: Any, values: Any, separator: Any = "") -> list[Any]:
        """The body for each value; the value is slot 1, or its keys are the slots."""
        listed = self.ev.evaluate(self.value(values))
        if type(listed) is Association:
            listed = make_list(listed.values())
        out: list[Any] = []
        for i, v in enumerate(items(listed) if is_list(listed) else ()):
            given = v if type(v) is Association else make_list((v,))
            out += [separator] if i and separator != "" else []
            out += _Filling(self.ev, given, self.insert).several(body)
        return out

    def value(self, part: Any) -> Any:
        """The value of a slot or an expression of the template; anything else stands for itself."""
        if type(part) is not Expr:
            return part
        if part.head is S.TemplateExpression and part.args:
            return self.expression(part.args[0])
        if part.head is not S.TemplateSlot or not part.args:
            return part
        what, *options = part.args
        found = _slot_value(self.ev, what, self.given)
        settings = {option_key(o.args[0]): o.args[1] for o in options}
        if found is None:
            if "DefaultValue" in settings:
                return settings["DefaultValue"]
            self.ev.message("TemplateApply", "slot", what, self.given)
            return None
        if "InsertionFunction" in settings:
            return self.ev.call(settings["InsertionFunction"], found)
        return found

    def expression(self, code: Any) -> Any:
        body = self.ev.read(code) if type(code) is str else code
        given = self.given
        slots = (given,) if type(given) is Association else tuple(items(given))
        return self.ev.evaluate(Expr(Expr(S.Function, (body,)), slots))


def _slot_value(ev: Any, slot: Any, given: Any) -> Any:
    if type(given) is Association:
        value = given.get(slot)
        return value if value is not None or type(slot) is not str else given.get(ev.read(slot))
    values = items(given)
    if type(slot) is int:
        return values[slot - 1] if 0 < slot <= len(values) else None
    if len(values) == 1 and type(values[0]) is Association:
        return _slot_value(ev, slot, values[0])
    return None


@builtin("TemplateObject")
def template_object(ev: Any, *args: Any) -> Any:
    """TemplateObject[{part1, part2, ...}] is a template; calling it with values, or TemplateApply, fills
    its slots.

    >>> TemplateObject[{"x = ", TemplateSlot[1]}][5]
    x = 5
    """
    return None


@applied("TemplateObject")
def _filled(ev: Any, head: Any, args: tuple[Any, ...]) -> Any:
    """The template called with values: positional ones, or one association."""
    given = args[0] if len(args) == 1 and type(args[0]) is Association else make_list(args)
    return template_apply(ev, head, given)


symbol("TemplateSlot", usage='TemplateSlot["name"] or TemplateSlot[n] is a slot of a template.')
symbol(
    "TemplateExpression",
    usage='TemplateExpression["code"] is a part of a template that is evaluated when filled.',
)


symbol(
    "TemplateIf", usage="TemplateIf[condition, yes, no] is a part of a template that depends on a condition."
)
symbol(
    "TemplateSequence",
    usage="TemplateSequence[body, list] is a part of a template that is repeated for each element of a list; "
    "TemplateSequence[body, list, sep] puts sep between.",
)
symbol("TemplateVerbatim", usage="TemplateVerbatim[expr] is a part of a template that is put in as it is.")
symbol(
    "InsertionFunction", usage="InsertionFunction is an option of templates: what is done to values put in."
)
symbol(
    "CombinerFunction", usage="CombinerFunction is an option of templates: how the pieces are put together."
)
symbol("DefaultValue", usage="DefaultValue is an option of TemplateSlot: the value where none is given.")
