"""URLs: their parts, and queries."""

from __future__ import annotations

from typing import Any

from wlnet.expr import NULL, Association, Expr, S, is_list, items, make_list
from wlnet.kernel.registry import builtin


def _pairs(ev: Any, x: Any) -> list[tuple[str, str]] | None:
    """Rules or an association as pairs of strings."""
    if type(x) is Association:
        listed = list(x.pairs())
    elif is_list(x) and all(type(r) is Expr and r.head in (S.Rule, S.RuleDelayed) for r in items(x)):
        listed = [r.args for r in items(x)]
    else:
        return None
    return [tuple(v if type(v) is str else ev.text(v, "OutputForm") for v in p) for p in listed]  # type: ignore[misc]


@builtin("URLQueryEncode")
def url_query_encode(ev: Any, rules: Any) -> Any:
    """URLQueryEncode[{"key" -> value, ...}] gives the query of a URL.

    >>> URLQueryEncode[{"a" -> 1, "b" -> "x y"}]
    a=1&b=x%20y
    """
    from urllib.parse import quote

    pairs = _pairs(ev, rules)
    return None if pairs is None else "&".join([f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in pairs])


@builtin("URLQueryDecode")
def url_query_decode(ev: Any, text: Any) -> Any:
    """URLQueryDecode["query"] gives the rules that URLQueryEncode made the query of.

    >>> URLQueryDecode["a=1&b=x%20y"]
    {a -> 1, b -> x y}
    """
    from urllib.parse import parse_qsl

    if type(text) is not str:
        return None
    return make_list(Expr(S.Rule, p) for p in parse_qsl(text, keep_blank_values=True))


@builtin("URLParse", messages={"part": "`1` is not a part of a URL; the parts are `2`."})
def url_parse(ev: Any, text: Any, part: Any = None) -> Any:
    """URLParse["url"] gives the parts of a URL as an association; URLParse["url", "part"] one of "Scheme",
    "User", "Domain", "Port", "Path", "Query", "Fragment".

    >>> URLParse["http://x.org:80/p/q?a=1", "Path"]
    {, p, q}
    """
    from urllib.parse import parse_qsl, unquote, urlsplit

    if type(text) is not str:
        return None
    found = urlsplit(text)
    query = make_list(Expr(S.Rule, p) for p in parse_qsl(found.query, keep_blank_values=True))
    parts: dict[str, Any] = {
        "Scheme": found.scheme or NULL,
        "User": found.username or NULL,
        "Domain": found.hostname or NULL,
        "Port": found.port if found.port is not None else NULL,
        "Path": make_list(map(unquote, found.path.split("/"))) if found.path else make_list(()),
        "Query": query,
        "Fragment": found.fragment or NULL,
    }
    if part is None:
        return Association.of(parts.items())
    if part not in parts:
        ev.message("URLParse", "part", part, make_list(parts))
        return None
    return parts[part]


@builtin("URLBuild")
def url_build(ev: Any, base: Any, query: Any = None) -> Any:
    """URLBuild["base", {"key" -> value, ...}] gives a URL with a query; URLBuild[{"base", "p1", "p2", ...}]
    joins the parts of a path.

    >>> {URLBuild["http://x.org/p", {"a" -> 1}], URLBuild[{"http://x.org", "p", "q"}]}
    {http://x.org/p?a=1, http://x.org/p/q}
    """
    if is_list(base):
        parts = items(base)
        if not all(type(p) is str for p in parts):
            return None
        base = "/".join([p.strip("/") if i else p.rstrip("/") for i, p in enumerate(parts)])
    if type(base) is not str:
        return None
    if query is None:
        return base
    encoded = url_query_encode(ev, query)
    return None if encoded is None else f"{base}?{encoded}"
