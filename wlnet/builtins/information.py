"""What is known of a symbol or object: Information, Definition, and the text that ?name shows."""

from __future__ import annotations

from typing import Any

from wlnet.expr import ATOMS, FALSE, NULL, TRUE, Association, Expr, S, Symbol, make_list, system
from wlnet.expr.attributes import HOLD_ALL, HOLD_FIRST, HOLD_REST, READ_PROTECTED
from wlnet.kernel.constructs import is_pattern
from wlnet.kernel.definitions import rules_expr, rules_of
from wlnet.kernel.evaluate import evaluate
from wlnet.kernel.messages import template
from wlnet.kernel.registry import builtin, load_all, options_of, symbol
from wlnet.kernel.shaping import attributes_of

from .attributes import shown_attributes, symbols_in
from .files import FILE, attempt, path_of

symbol("LongForm", usage="LongForm is an option of Information: whether definitions are shown in full.")
CONSTANT = (TRUE, FALSE, NULL)
VALUES = {
    "OwnValues": "own",
    "DownValues": "down",
    "SubValues": "sub",
    "UpValues": "up",
    "NValues": "n_values",
    "FormatValues": "format_values",
}
MISSING_UNKNOWN = Expr(S.Missing, ("UnknownSymbol",))


def usage_of(s: Symbol) -> str | None:
    """The usage text of a symbol."""
    return template(s, "usage")


# By slot: the operator of an immediate and of a delayed definition.
OPERATORS = {
    "own": ("=", ":="),
    "down": ("=", ":="),
    "sub": ("=", ":="),
    "up": ("^=", "^:="),
    "n_values": ("=", ":="),
    "format_values": ("=", ":="),
}


def is_fixed(lhs: Any, rhs: Any) -> bool:
    """Whether `lhs = rhs` is the same as `lhs := rhs`: no pattern, and a value without parts to evaluate."""
    return not is_pattern(lhs) and all(s is S.List or s in CONSTANT for s in symbols_of((rhs,)))


def definition_lines(ev: Any, s: Symbol) -> list[str]:
    """The definitions of a symbol as inputs that would make them."""
    lines: list[str] = []
    shown = shown_attributes(s)
    if shown.args:
        lines.append(f"Attributes[{ev.name(s)}] = {ev.text(shown, 'InputForm')}")
    if s.attributes & READ_PROTECTED:
        return lines
    for slot, operators in OPERATORS.items():
        for lhs, rhs in rules_of(s, slot):
            operator = operators[not (slot == "own" or is_fixed(lhs, rhs))]
            lines.append(f"{ev.text(lhs, 'InputForm')} {operator} {ev.text(rhs, 'InputForm')}")
    options = options_of(s)
    if options:
        rules = make_list(Expr(S.RuleDelayed if d else S.Rule, (n, v)) for n, v, d in options.values())
        lines.append(f"Options[{ev.name(s)}] = {ev.text(rules, 'InputForm')}")
    return lines


@builtin("Definition", attributes=HOLD_ALL, stateful=True)
def definition(ev: Any, s: Any) -> Any:
    """Definition[s] shows the definitions of the symbol s as inputs that would make them.

    >>> f[x_] := x + 1; Definition[f]
    f[x_] := x + 1
    """
    found = ev.state.resolve(s) if type(s) is str else s
    if type(found) is not Symbol:
        return None
    attributes_of(found)
    return "\n\n".join(definition_lines(ev, found)) or NULL


@builtin("FullDefinition", attributes=HOLD_ALL, stateful=True)
def full_definition(ev: Any, s: Any) -> Any:
    """FullDefinition[s] shows the definitions of the symbol s and of all symbols that these use.

    >>> g[x_] := x; f[x_] := g[x] + 1; StringLength[FullDefinition[f]]
    29
    """
    found = ev.state.resolve(s) if type(s) is str else s
    if type(found) is not Symbol:
        return None
    return "\n\n".join(full_lines(ev, [found])) or NULL


def full_lines(ev: Any, symbols: list[Symbol]) -> list[str]:
    """The definitions of symbols and of all that these use."""
    order = list(symbols)
    for t in order:
        for slot in OPERATORS:
            for lhs, rhs in rules_of(t, slot):
                order.extend(x for x in symbols_of((lhs, rhs)) if x.context != "System`" and x not in order)
    return [line for t in order for line in definition_lines(ev, t)]


@builtin("Save", attributes=HOLD_REST, messages=FILE, stateful=True, outside=True)
def save(ev: Any, file: Any, *symbols: Any) -> Any:
    """Save["file", s] appends the definitions of the symbol s, and of all symbols that these use, to a file,
    as inputs that make them; so does Save["file", {s1, s2, ...}], and Save["file", "patt"] for all names
    that match.

    >>> f[x_] := x + 1; Save["z.wl", f]; Clear[f]; Get["z.wl"]; {f[1], DeleteFile["z.wl"]}
    {2, Null}
    """
    path = path_of(ev, "Save", file)
    found = [symbols_in(ev, "Save", spec) for spec in symbols]
    if path is None or any(one is None for one in found):
        return None if path is not None else system("$Failed")
    text = "\n\n".join(full_lines(ev, [s for one in found for s in one or ()]))

    def write() -> Any:
        with path.open("a", encoding="utf-8") as out:
            out.write(text + "\n")
        return NULL

    return attempt(ev, "Save", write, file)


def symbols_of(roots: tuple[Any, ...]) -> list[Symbol]:
    """The symbols in some expressions, each once, in order of appearance. Iterative."""
    found: dict[Symbol, None] = {}
    stack = list(reversed(roots))
    while stack:
        e = stack.pop()
        if type(e) is Symbol:
            found[e] = None
        elif type(e) is Expr:
            stack.extend(reversed(e.args))
            stack.append(e.head)
        elif type(e) is Association:
            stack.extend(reversed(e.rules()))
    return list(found)


@builtin("Information", attributes=HOLD_FIRST, stateful=True, messages={"notfound": "Symbol `1` not found."})
def information(ev: Any, subject: Any, prop: Any = None, *, long_form: Any = TRUE) -> Any:
    """Information[symbol], or ?symbol, gives what is known of a symbol: usage,
    attributes, options, definitions.
    Information[object] gives a report of a net or other object; Information[object, "prop"] one property.

    >>> Information["EvenQ", "Attributes"]
    {Listable, Protected}
    """
    if type(subject) is Expr or type(subject) is Symbol and subject.own is not None:
        value = evaluate(subject)
        atom = ATOMS.get(type(value))
        if atom is not None and atom.information is not None:
            return atom.information(ev, value, prop)
        subject = value if type(subject) is Expr else subject
    atom = ATOMS.get(type(subject))
    if atom is not None and atom.information is not None:
        return atom.information(ev, subject, prop)
    if type(subject) is str:
        return _named(ev, subject, prop, long_form)
    return _report(ev, subject, prop, long_form) if type(subject) is Symbol else None


def _named(ev: Any, name: str, prop: Any, long_form: Any) -> Any:
    if "*" in name or "@" in name:
        load_all()
        names = sorted((ev.name(s) for s in ev.state.matching(name).values()), key=str.casefold)
        return columns(names) if names else MISSING_UNKNOWN
    found = ev.state.lookup(name) if "`" in name else ev.state.find(name)
    if found is None or (found.context == "System`" and found.builtin is None):
        ev.message("Information", "notfound", name)
        return MISSING_UNKNOWN
    return _report(ev, found, prop, long_form)


def columns(names: list[str], width: int = 78) -> str:
    """Names in as many columns as fit into `width` characters, read downwards."""
    each = max(map(len, names)) + 2
    height = -(-len(names) // max(1, width // each))
    rows = ("".join(name.ljust(each) for name in names[i::height]).rstrip() for i in range(height))
    return "\n".join(rows)


def _report(ev: Any, s: Symbol, prop: Any, long_form: Any) -> Any:
    attributes_of(s)
    facts = _facts(ev, s)
    if prop is None:
        return _text(ev, s, long_form is not FALSE)
    if prop == "Properties":
        return make_list(facts)
    found = facts.get(prop) if type(prop) is str else None
    return Expr(S.Missing, ("UnknownProperty", prop)) if found is None else found


def _facts(ev: Any, s: Symbol) -> dict[str, Any]:
    usage = usage_of(s)
    options = options_of(s)
    return {
        "ObjectType": "Symbol",
        "Usage": usage if usage is not None else Expr(S.Missing, ("NotAvailable",)),
        "Attributes": shown_attributes(s),
        "Options": make_list(Expr(S.RuleDelayed if d else S.Rule, (n, v)) for n, v, d in options.values()),
        "Name": s.name,
        "Context": s.context,
        "FullName": s.full_name,
        **{name: rules_expr(s, slot) for name, slot in VALUES.items()},
        "Definitions": "\n\n".join(definition_lines(ev, s)),
    }


def _text(ev: Any, s: Symbol, long_form: bool) -> str:
    """What ?name (short) and ??name (long) show."""
    lines = [usage_of(s) or s.full_name]
    if s.context == "System`":
        if long_form:
            lines += [
                line for line in definition_lines(ev, s) if line.startswith(("Attributes[", "Options["))
            ]
    else:
        lines += definition_lines(ev, s)
    return "\n\n".join(lines)
