"""The LALR tables of `grammar/wolfram.lark`: made by Lark, in a form that a small driver runs.

Lark itself is imported only when the tables have to be made. Its own driver took 60 % of the reading time of
a 300 KB file (it finds out per token what a table can know); `run` takes half of that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .diagnose import unexpected
from .kept import kept_table

END = "$END"


def _make(grammar: str) -> tuple[Any, ...]:
    """(states, rules, start state, accepting state) from Lark's serialized parser.

    states: per state {symbol: action}; an action n >= 0 goes to state n, n < 0 reduces by rule -1 - n.
    rules: (name of the alias, number of children, symbol).
    """
    import lark
    from lark.grammar import Rule
    from lark.lexer import TerminalDef

    parser = lark.Lark(grammar, parser="lalr", lexer="basic", maybe_placeholders=False)
    data, memo = parser.memo_serialize([TerminalDef, Rule])
    table = data["parser"]["parser"]
    symbols = table["tokens"]
    numbers: dict[int, int] = {}
    rules: list[tuple[str, int, str]] = []
    for key, rule in memo.items():
        if rule["__type__"] == "Rule":
            numbers[key] = len(rules)
            symbol = str(rule["origin"]["name"])
            rules.append((str(rule["alias"] or symbol), len(rule["expansion"]), symbol))
    states: list[dict[str, int]] = [{} for _ in table["states"]]
    for state, actions in table["states"].items():
        for symbol, (reduces, target) in actions.items():
            states[state][str(symbols[symbol])] = -1 - numbers[target["@"]] if reduces else target
    return states, rules, table["start_states"]["start"], table["end_states"]["start"]


class Driver:
    """Runs the tables over tokens, calling for each rule the method of `builder` that has its name.

    A builder method takes the list of children and returns the value of the node.
    """

    def __init__(self, builder: Any) -> None:
        states, rules, self.start, self.accept = kept_table("wolfram.lark", _make)
        self.states: list[dict[str, int]] = states
        self.rules: list[tuple[Callable[[list[Any]], Any], int, str]] = [
            (getattr(builder, name), size, symbol) for name, size, symbol in rules
        ]

    def run(self, tokens: list[Any], end: Any) -> Any:
        """The value of the start symbol. `end` is the token of the end; raises ReadError where a token does
        not fit.
        """
        states, rules, accept = self.states, self.rules, self.accept
        stack = [self.start]
        values: list[Any] = []
        tokens.append(end)
        for token in tokens:
            kind = token.type
            while True:
                action = states[stack[-1]].get(kind)
                if action is None:
                    raise unexpected(kind, token.start, set(states[stack[-1]]))
                if action >= 0:
                    stack.append(action)
                    values.append(token)
                    break
                build, size, symbol = rules[-1 - action]
                children = values[-size:]
                del values[-size:], stack[-size:]
                state = states[stack[-1]][symbol]
                value = build(children)
                if state == accept:
                    return value
                stack.append(state)
                values.append(value)
        raise AssertionError("the end token is always accepted or refused")
