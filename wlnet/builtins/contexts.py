"""Names and contexts: $Context, Begin, BeginPackage, Context, Names, Symbol, Remove, Needs."""

from __future__ import annotations

from typing import Any

from wlnet.expr import FALSE, NULL, SYSTEM, Expr, S, Symbol, is_list, items, make_list, system, truth
from wlnet.expr.attributes import HOLD_ALL, HOLD_FIRST, LOCKED, PROTECTED
from wlnet.kernel.control import RUN
from wlnet.kernel.definitions import clear, set_own
from wlnet.kernel.evaluate import Computed, evaluate
from wlnet.kernel.registry import builtin, load_all, symbol

from .attributes import symbols_in

CONTEXT = symbol(
    "$Context",
    usage="$Context is the current context: where new symbols are made.",
    value="Global`",
    assignable=True,
)
PATH = symbol(
    "$ContextPath",
    usage="$ContextPath is the list of contexts, after $Context, in which names are looked up.",
    value=make_list(["System`", "Global`"]),
    assignable=True,
)
CONTEXT_MESSAGES = {
    "cxt": "`1` is not a valid context name: letters and digits, ending in a backquote.",
    "noctx": "No previous context defined.",
}


def is_context(name: Any) -> bool:
    """Whether a string is a context name such as a`b`."""
    if type(name) is not str or not name.endswith("`"):
        return False
    return all(part.replace("$", "a").isidentifier() for part in name.removeprefix("`")[:-1].split("`"))


def full_context(ev: Any, name: str) -> str:
    """A context name with a leading backquote made absolute."""
    return str(ev.state.context + name[1:]) if name.startswith("`") else name


class _Line(Computed):
    """The value of $Line."""

    __slots__ = ()

    def apply(self) -> Any:
        return RUN.ev.state.line


symbol("$Line", usage="$Line is the number of the current input.", value=_Line(), assignable=True)


@builtin("Begin", messages=CONTEXT_MESSAGES)
def begin(ev: Any, context: Any) -> Any:
    """Begin["context`"] makes a context the current one.

    >>> Begin["a`"]; {Context[], End[]}
    {a`, a`}
    """
    if not is_context(context):
        ev.message("Begin", "cxt", context)
        return None
    ev.state.context_stack.append(("Begin", CONTEXT.own, PATH.own))
    set_own(CONTEXT, full_context(ev, context))
    return CONTEXT.own


@builtin("End", messages=CONTEXT_MESSAGES)
def end(ev: Any) -> Any:
    """End[] goes back to the context before the last Begin, and gives the one that ends.

    >>> Begin["a`"]; End[]
    a`
    """
    stack = ev.state.context_stack
    if not stack or stack[-1][0] != "Begin":
        ev.message("End", "noctx")
        return None
    ended = CONTEXT.own
    set_own(CONTEXT, stack.pop()[1])
    return ended


@builtin("BeginPackage", messages=CONTEXT_MESSAGES)
def begin_package(ev: Any, context: Any, needs: Any = None) -> Any:
    """BeginPackage["context`"] makes context` and System` the only ones that names are looked up in.
    BeginPackage["context`", {"need1`", ...}] loads what is needed as well.

    >>> BeginPackage["p`"]; EndPackage[]; MemberQ[$ContextPath, "p`"]
    True
    """
    if not is_context(context):
        ev.message("BeginPackage", "cxt", context)
        return None
    context = full_context(ev, context)
    ev.state.context_stack.append(("BeginPackage", CONTEXT.own, PATH.own))
    set_own(CONTEXT, context)
    set_own(PATH, make_list([context, "System`"]))
    for need in () if needs is None else items(needs) if is_list(needs) else (needs,):
        evaluate(Expr(S.Needs, (need,)))
    return context


@builtin("EndPackage", messages=CONTEXT_MESSAGES)
def end_package(ev: Any) -> Any:
    """EndPackage[] goes back to the contexts before BeginPackage, and puts the package's context
    first on $ContextPath.

    >>> BeginPackage["p`"]; EndPackage[]; Context[]
    Global`
    """
    stack = ev.state.context_stack
    if not stack or stack[-1][0] != "BeginPackage":
        ev.message("EndPackage", "noctx")
        return None
    package = CONTEXT.own
    opened = [c for c in items(PATH.own) if c not in ("System`", package)] if is_list(PATH.own) else []
    _, context, path = stack.pop()
    set_own(CONTEXT, context)
    before = list(items(path)) if is_list(path) else []
    new = list(dict.fromkeys([package, *opened, *before]))
    set_own(PATH, make_list(new))
    if package not in ev.state.packages:
        ev.state.packages.insert(0, package)
    return NULL


@builtin("Context", attributes=HOLD_FIRST, stateful=True, messages={"notfound": "Symbol `1` not found."})
def context(ev: Any, s: Any = None) -> Any:
    """Context[] gives the current context; Context[s] or Context["s"] the context of a symbol.

    >>> Context[Plus]
    System`
    """
    if s is None:
        return ev.state.context
    if type(s) is Expr and s.head is not S.Symbol:
        s = evaluate(s)
    if type(s) is str:
        found = ev.state.lookup(s) if "`" in s else ev.state.find(s)
        if found is None:
            ev.message("Context", "notfound", s)
            return None
        s = found
    return s.context if type(s) is Symbol else None


@builtin("Contexts", stateful=True)
def contexts(ev: Any, pattern: Any = None) -> Any:
    """Contexts[] gives the list of all contexts; Contexts["patt*"] those that match.

    >>> Contexts["System*"]
    {System`}
    """
    names = sorted({"System`", *(c for c, table in ev.state.contexts.items() if table)})
    if pattern is not None:
        if type(pattern) is not str:
            return None
        head, _, tail = pattern.partition("*")
        names = [
            n for n in names if (n.startswith(head) and n.endswith(tail) if "*" in pattern else n == pattern)
        ]
    return make_list(names)


@builtin("Names", stateful=True)
def names(ev: Any, pattern: Any = "*") -> Any:
    """Names["patt"] gives the names of the symbols that match: * stands for any characters,
    @ for lower-case letters.

    >>> Names["System`NestWhile*"]
    {NestWhile, NestWhileList}
    """
    found: dict[str, str] = {}
    for p in items(pattern) if is_list(pattern) else (pattern,):
        if type(p) is not str:
            return None
        if "`" not in p or p.startswith(("System", "*")):
            load_all()
        for full, s in ev.state.matching(p).items():
            found[full] = ev.name(s)
    return make_list(sorted(found.values(), key=lambda n: (n.casefold(), n)))


@builtin("NameQ", stateful=True)
def name_q(ev: Any, name: Any) -> Any:
    """NameQ["name"] gives True if there is a symbol of that name.

    >>> {NameQ["Plus"], NameQ["noSuchName"]}
    {True, False}
    """
    if type(name) is not str:
        return FALSE
    if "*" in name or "@" in name:
        return truth(ev.state.matching(name))
    found = ev.state.lookup(name) if "`" in name else ev.state.find(name)
    return truth(found is not None and (found.context != "System`" or found.builtin is not None))


@builtin("Symbol", messages={"symname": "The string `1` cannot be used for a symbol name."})
def symbol_(ev: Any, name: Any) -> Any:
    """Symbol["name"] is the symbol of that name.

    >>> Symbol["x"] + 1
    1 + x
    """
    if type(name) is not str:
        ev.message("Symbol", "string", 1, Expr(S.Symbol, (name,)))
        return None
    if not all(part.replace("$", "a").isidentifier() for part in name.removeprefix("`").split("`")):
        ev.message("Symbol", "symname", name)
        return None
    return ev.state.resolve(name)


@builtin("SymbolName", messages={"sym": "Argument `1` at position `2` is expected to be a symbol."})
def symbol_name(ev: Any, s: Any) -> Any:
    """SymbolName[s] is the name of the symbol s, without its context.

    >>> SymbolName[x]
    x
    """
    if type(s) is not Symbol:
        ev.message("SymbolName", "sym", s, 1)
        return None
    return s.name


@builtin("Clear", attributes=HOLD_ALL)
def clear_(ev: Any, *symbols: Any) -> Any:
    """Clear[s1, s2, ...] removes the values and definitions of symbols, given as such, by name,
    or as "patt*".

    >>> x = 5; Clear[x]; x
    x
    """
    return _clear(ev, "Clear", symbols, False)


@builtin("ClearAll", attributes=HOLD_ALL)
def clear_all(ev: Any, *symbols: Any) -> Any:
    """ClearAll[s1, s2, ...] removes values, definitions, attributes, messages and options of symbols.

    >>> SetAttributes[f, HoldAll]; ClearAll[f]; Attributes[f]
    {}
    """
    return _clear(ev, "ClearAll", symbols, True)


def _clear(ev: Any, command: str, specs: tuple[Any, ...], everything: bool) -> Any:
    for spec in specs:
        found = symbols_in(ev, command, spec)
        if found is None:
            return None
        for s in found:
            if s.attributes & (PROTECTED | LOCKED):
                ev.message(command, "wrsym", s)
            else:
                clear(s, everything)
    return NULL


@builtin("Remove", attributes=HOLD_ALL, messages={"rmnsm": "There are no symbols matching `1`."})
def remove(ev: Any, *symbols: Any) -> Any:
    """Remove[s1, s2, ...] removes symbols completely: their names are no longer known.

    >>> x = 5; Remove[x]; x
    x
    """
    for spec in symbols:
        found = symbols_in(ev, "Remove", spec)
        if found is None:
            return None
        if not found:
            ev.message("Remove", "rmnsm", spec)
        for s in found:
            if s.attributes & (PROTECTED | LOCKED):
                ev.message("Remove", "wrsym", s)
            else:
                clear(s, True)
                ev.state.remove(s)
    return NULL


class _Packages(Computed):
    """The value of $Packages."""

    __slots__ = ()

    def apply(self) -> Any:
        return make_list([*RUN.ev.state.packages, "Global`", "System`"])


symbol(
    "$Packages", usage="$Packages is the list of contexts of the packages that are loaded.", value=_Packages()
)


@builtin(
    "Needs", messages=CONTEXT_MESSAGES | {"nocont": "Context `1` was not created when Needs was evaluated."}
)
def needs(ev: Any, context: Any, file: Any = None) -> Any:
    """Needs["context`"] loads the package for a context unless it is there already; Needs["context`", "file"]
    from a file.
    """
    if not is_context(context):
        ev.message("Needs", "cxt", context)
        return None
    if context not in ev.state.packages:
        evaluate(Expr(S.Get, (context if file is None else file,)))
        if context not in ev.state.packages:
            ev.message("Needs", "nocont", context)
            return system("$Failed")
    if context not in ev.state.path:
        set_own(PATH, make_list([context, *items(PATH.own)]))
    return NULL


symbol("$ModuleNumber", usage="$ModuleNumber counts the local symbols that Module made.", assignable=True)


class _ModuleNumber(Computed):
    """The value of $ModuleNumber: the number the next Module will use."""

    __slots__ = ()

    def apply(self) -> Any:
        return RUN.ev.state.module_number + 1


set_own(SYSTEM["$ModuleNumber"], _ModuleNumber())
