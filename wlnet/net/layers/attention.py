"""AttentionLayer: each query gets the mean of the values, weighted by how their keys score with it.

nets-layers.md, section 8.  Below, keys have K positions and queries M, each all positions of possibly several
dimensions, and there are H heads (1 without "MultiHead").
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from wlnet.expr import FALSE, TRUE, Expr, S
from wlnet.net.errors import ConflictError, NetError, nearest
from wlnet.net.graph import make_graph
from wlnet.net.infer import make_layer
from wlnet.net.layer import REQUIRED, Example, Parameter, layer
from wlnet.net.lower import Wire, array_path, one_length, variable_name
from wlnet.net.net import Net
from wlnet.net.types import REAL, SCALAR, VARYING, Dims, PortType, dims_text, found_text, real

from .arguments import NONE, choice, none_or, real_between, truth_value

if TYPE_CHECKING:
    from wlnet.net.infer import Typing
    from wlnet.net.lower import Lowering
    from wlnet.runtime import ir

SCORING, WEIGHTS = "ScoringNet", "AttentionWeights"
NAMED = ["Bilinear", "Dot"]

# ---- parameters


def scoring_net(name: str) -> Net:
    """The graph that gives key . query ("Dot") or key . weights . query ("Bilinear")."""
    nodes = {"Dot": make_layer("DotLayer")}
    edges: list[Any] = [((None, "Input"), ("Dot", None)), ((None, "Query"), ("Dot", None))]
    if name == "Bilinear":
        nodes["Weights"] = make_layer("NetArrayLayer", ports={"Output": PortType("real", (None, None))})
        edges.insert(1, (("Weights", None), ("Dot", None)))
    return make_graph(nodes, edges)


def scoring_name(net: Net) -> str | None:
    """Which of the named scoring nets `net` is; None for any other."""
    nodes = {name: node.record.name for name, node in net.nodes.items()}
    if not net.is_container or list(net.inputs) != ["Input", "Query"] or nodes.get("Dot") != "DotLayer":
        return None
    ends = {edge.target: edge.source for edge in net.edges}
    fed = [ends.get(("Dot", f"Input{i + 1}")) for i in range(len(net.nodes) + 1)]
    ask, key = (None, "Query"), (None, "Input")
    if nodes == {"Dot": "DotLayer"} and fed == [key, ask]:
        return "Dot"
    bilinear = nodes == {"Dot": "DotLayer", "Weights": "NetArrayLayer"}
    return "Bilinear" if bilinear and fed == [key, ("Weights", "Output"), ask] else None


def unpack(args: list[Any]) -> list[Any]:
    """The scoring net, which may be named or left out."""
    if not args:
        return [scoring_net(NAMED[0])]
    if type(args[0]) is str and args[0] not in NAMED:
        text = (
            f'There is no scoring net "{args[0]}". {nearest(args[0], NAMED)} Or give a net with the inputs '
        )
        raise NetError("AttentionLayer", "scoring", text + '"Input" (a key) and "Query".')
    return [scoring_net(args[0]), *args[1:]] if args[0] in NAMED else args


def pack(values: list[Any]) -> list[Any]:
    """The named scoring nets by name as long as they hold no arrays."""
    name = scoring_name(values[0])
    if name is None or any(x is not None for x in values[0].all_arrays().values()):
        return values
    return [name] if name != NAMED[0] else []


def read_mask(value: Any) -> Any:
    """None, "Causal", or "Causal" -> n."""
    if value is NONE or value == "Causal":
        return value
    if type(value) is Expr and value.head is S.Rule and len(value.args) == 2:
        name, count = value.args
        return value if name == "Causal" and type(count) is int and count > 0 else None
    return None


def causal(mask: Any) -> tuple[bool, int | None]:
    """Whether queries see only keys up to their own position, and how many of those at most."""
    return mask is not NONE, mask.args[1] if type(mask) is Expr else None


# ---- types


def attention_types(t: Typing) -> None:
    """Key (d1, ..., k), Value (d1, ..., v), Query (q1, ..., q), Output (q1, ..., v); with "MultiHead" a
    dimension h, of heads, in front of each last one.
    """
    t.real("Key", "Value", "Query", "Output")
    lead = 2 if t.params["MultiHead"] is TRUE else 1
    for first, second in (("Key", "Value"), ("Value", "Key"), ("Query", "Output"), ("Output", "Query")):
        shape = t[first].shape
        if shape is not None:
            if len(shape) < lead + (first in ("Key", "Value")):
                raise t.fail(first, sequence_text(first, lead))
            t.shape(second, (*shape[:-1], None))
    if causal(t.params["Mask"])[0]:
        causal_types(t, lead)
    if WEIGHTS in t.outputs:
        weights = t.meet(WEIGHTS, weight_type(t.net.replace(inputs=t.inputs))).shape
        if weights is not None and VARYING in weights[1:]:
            raise t.fail("Query", f'a fixed number of queries where "{WEIGHTS}" is connected')
    for first, second, place in (("Key", "Query", -2), ("Value", "Output", -1)):
        if place == -2 and lead == 1:
            continue
        for one, other in ((first, second), (second, first)):
            extents, dims = t[one].shape, t[other].shape
            if extents is not None and dims is not None:
                t.shape(other, with_extent(dims, place, extents[place]))
    scoring_types(t)


def sequence_text(port: str, lead: int) -> str:
    heads = ", heads" if lead == 2 else ""
    return (
        f"arrays (positions, ...{heads}, size)" if port in ("Key", "Value") else f"arrays (...{heads}, size)"
    )


def with_extent(dims: Dims, place: int, extent: Any) -> Dims:
    found = list(dims)
    found[place] = extent
    return tuple(found)


def causal_types(t: Typing, lead: int) -> None:
    """As many queries as keys, in one dimension."""
    for first, second in (("Key", "Query"), ("Query", "Key")):
        shape = t[first].shape
        if shape is None:
            continue
        if len(shape) != lead + 1:
            raise t.fail(first, f"sequences of {'matrices' if lead == 2 else 'vectors'} for a causal mask")
        t.shape(second, (shape[0], *(None,) * lead))


def scoring_types(t: Typing) -> None:
    """The scoring net takes one key, "Input", and one query, "Query", and gives a number."""
    net = t.node(SCORING)
    if set(net.inputs) != {"Input", "Query"} or len(net.outputs) != 1:
        found = f"a net with inputs {', '.join(net.inputs)} and outputs {', '.join(net.outputs)}"
        raise ConflictError(SCORING, 'a net with the inputs "Input" and "Query" and one output', found)
    (output,) = net.outputs
    if net.outputs[output].shape not in (None, ()):
        raise ConflictError(
            SCORING, "a net that gives a single number", f"one that gives {found_text(net.outputs[output])}"
        )
    t.tell(SCORING, output, SCALAR)
    for port, name in (("Key", "Input"), ("Query", "Query")):
        inner, shape = net.inputs[name].shape, t[port].shape
        if inner is not None and len(inner) != 1:
            raise ConflictError(SCORING, f'a net that takes a vector at "{name}"', dims_text(inner))
        if inner is not None and shape is not None:
            shape = t.shape(port, with_extent(shape, -1, inner[0] if shape[-1] is None else shape[-1]))
        t.tell(SCORING, name, real(None if shape is None else shape[-1]))


def weight_type(net: Net) -> PortType:
    """Type of the weights: keys first, then queries, then heads."""
    key, query = net.inputs["Key"].shape, net.inputs["Query"].shape
    if key is None or query is None:
        return REAL
    lead = 2 if net.params["MultiHead"] is TRUE else 1
    return real(*key[:-lead], *query[:-lead], *query[-lead:-1])


# ---- lowering


def attention_lower(at: Lowering, ins: dict[str, ir.Value]) -> dict[str, Wire]:
    b = at.b
    wires = {port: Wire(x, at.lengths.get(port)) for port, x in ins.items()}
    alike = ("Key", "Value", "Query") if causal(at.params["Mask"])[0] else ("Key", "Value")
    if at.net.inputs["Key"].varies:
        wires = dict(one_length(at, wires, alike))
    heads = 2 if at.params["MultiHead"] is TRUE else 1
    key, value, query = (by_head(b, wires[port].value, heads) for port in ("Key", "Value", "Query"))
    scores = score(at, key, query)
    weights = weighed(at, scores, wires["Key"])
    if at.training and at.params["Dropout"] > 0:
        p = at.params["Dropout"]
        kept = b.mul(weights, 1 / (1 - p)) if p < 1 else weights
        weights = b.keep(kept, b.dropout_mask(weights.shape, p))
    found = b.transpose(b.dot(weights, value), (0, 2, 1, 3))
    asked = wires["Query"].value.shape
    output = b.reshape(found, (*asked[:-1], found.shape[-1]))
    at.taps[(at.path, WEIGHTS)] = shown = shown_weights(at, weights, wires)
    results = {"Output": Wire(output, wires["Query"].lengths), WEIGHTS: shown}
    return {port: results[port] for port in at.net.outputs}


def by_head(b: ir.Builder, x: ir.Value, heads: int) -> ir.Value:
    """(N, positions..., [h,] size) as (N, H, positions, size)."""
    h = x.shape[-2] if heads == 2 else 1
    flat = b.reshape(x, (x.shape[0], -1, h, x.shape[-1]))
    found: ir.Value = b.transpose(flat, (0, 2, 1, 3))
    return found


def score(at: Lowering, key: ir.Value, query: ir.Value) -> ir.Value:
    """Keys (N, H, K, k) and queries (N, H, M, q): scores (N, H, M, K)."""
    b = at.b
    factor = 1 / math.sqrt(key.shape[-1]) if at.params["ScoreRescaling"] == "DimensionSqrt" else 1.0
    net = at.net.nodes[SCORING]
    name = scoring_name(net)
    if name is not None:
        if name == "Bilinear":
            inner = net.nodes["Weights"]
            path = array_path((*at.path, SCORING, "Weights"), "Array", inner.arrays["Array"])
            query = b.dot(query, at.b.values[variable_name(path)], transpose_b=True)
        if factor != 1:
            query = b.mul(query, factor)
        found: ir.Value = b.dot(query, key, transpose_b=True)
        return found
    (n, h, m, q), k = query.shape, key.shape[2]
    pairs = n * h * m * k
    keys = b.broadcast_to(b.expand_dims(key, 2), (n, h, m, k, key.shape[-1]))
    queries = b.broadcast_to(b.expand_dims(query, 3), (n, h, m, k, q))
    inputs = {
        "Input": Wire(b.reshape(keys, (pairs, key.shape[-1]))),
        "Query": Wire(b.reshape(queries, (pairs, q))),
    }
    (wire,) = at.inside(SCORING, inputs, pairs, pair_rows(at, (n, h, m, k))).values()
    scores = b.reshape(wire.value, (n, h, m, k))
    return scores if factor == 1 else b.mul(scores, factor)


def pair_rows(at: Lowering, shape: tuple[int, ...]) -> ir.Value | None:
    """Which pairs of a query and a key are no padding (N H M K); None where all are."""
    b, found = at.b, at.rows
    n, _, m, k = shape
    if found is not None:
        found = b.broadcast_to(b.reshape(found, (n, 1, 1, 1)), shape)
    for port, extent, place in (("Query", m, (n, 1, m, 1)), ("Key", k, (n, 1, 1, k))):
        inside = position_mask(at, port, extent)
        if inside is not None:
            wide = b.broadcast_to(b.reshape(inside, place), shape)
            found = wide if found is None else b.logical_and(found, wide)
    return None if found is None else b.reshape(found, (math.prod(shape),))


def position_mask(at: Lowering, port: str, positions: int) -> ir.Value | None:
    """Which positions, of all dimensions but the last, hold elements (N, positions); None where all do."""
    shape = at.net.inputs[port].shape
    lead = 2 if at.params["MultiHead"] is TRUE else 1
    assert shape is not None
    each = math.prod(x for x in shape[1:-lead] if type(x) is int)
    extent = positions // each
    inside = at.mask(port, extent)
    if inside is None or each == 1:
        return inside
    b, n = at.b, inside.shape[0]
    wide: ir.Value = b.broadcast_to(b.expand_dims(inside, 2), (n, extent, each))
    return b.reshape(wide, (n, positions))  # type: ignore[no-any-return]


def weighed(at: Lowering, scores: ir.Value, key: Wire) -> ir.Value:
    """Softmax over the keys that each query may see."""
    b, (n, _, m, k) = at.b, scores.shape
    only_before, most = causal(at.params["Mask"])
    if only_before:
        places = b.iota(shape=(1, 1, m), axis=2, dtype="i32")
        start = 0 if most is None else b.maximum(b.add(places, 1 - most), 0)
        found: ir.Value = b.softmax_within(scores, start, b.add(places, 1))
        return found
    if key.lengths is None:
        found = b.softmax(scores)
        return found
    each = k // key.value.shape[1]
    stop = key.lengths if each == 1 else b.mul(key.lengths, each)
    found = b.softmax_within(scores, 0, b.reshape(stop, (n, 1, 1)))
    return found


def shown_weights(at: Lowering, weights: ir.Value, wires: dict[str, Wire]) -> Wire:
    """Weights (N, H, M, K) as users read them: (keys..., queries..., [h])."""
    b, lead = at.b, 2 if at.params["MultiHead"] is TRUE else 1
    moved = b.transpose(weights, (0, 3, 2, 1))
    key, query = wires["Key"], wires["Query"]
    shape = (*key.value.shape[:-lead], *query.value.shape[1:-lead], *query.value.shape[-lead:-1])
    across = query.lengths if len(key.value.shape) == lead + 2 else None
    return Wire(b.reshape(moved, shape), key.lengths, across)


def short(net: Net) -> str:
    name = scoring_name(net.nodes[SCORING])
    return f'AttentionLayer["{name}"]' if name else f"AttentionLayer[{net.nodes[SCORING].record.name}[...]]"


layer(
    "AttentionLayer",
    usage='AttentionLayer[] is a layer that gives for each query at "Query" the mean of the values at '
    '"Value", weighted by the\nsoftmax of the scores of the keys at "Key": key.weights.query, with trainable '
    "weights.\n"
    'AttentionLayer["Dot"] scores by key.query; AttentionLayer[net] by a net with the inputs "Input" (a key) '
    'and "Query".\n"Mask" -> "Causal" hides later positions, "Mask" -> ("Causal" -> n) all but the last n.\n'
    '"MultiHead" -> True takes the dimension before the last one as that of heads, which are independent.\n'
    '"ScoreRescaling" -> "DimensionSqrt" divides scores by the square root of the size of a key.',
    arguments=(
        Parameter(
            SCORING,
            lambda value: value,
            '"Bilinear", "Dot", or a net with the inputs "Input" and "Query"',
            REQUIRED,
            net=True,
        ),
    ),
    options=(
        Parameter("Dropout", real_between(0, 1), "a number between 0 and 1", 0.0),
        Parameter("Mask", read_mask, 'None, "Causal" or "Causal" -> n', NONE),
        Parameter("MultiHead", truth_value, "True or False", FALSE),
        Parameter("ScoreRescaling", none_or(choice("DimensionSqrt")), 'None or "DimensionSqrt"', NONE),
    ),
    inputs={"Key": REAL, "Value": REAL, "Query": REAL},
    outputs={"Output": REAL},
    infer=attention_types,
    lower=attention_lower,
    aligned=False,
    padded=True,
    random=True,
    extra={WEIGHTS: weight_type},
    unpack=unpack,
    pack=pack,
    short=short,
    examples=(
        Example(
            'AttentionLayer["Dot"][<|"Key" -> {{1, 0}, {0, 1}}, "Value" -> {{1}, {3}}, "Query" -> {1, 0}|>]',
            "{1.53788}",
        ),
        Example(
            'AttentionLayer["Dot"][<|"Key" -> {{1, 0}, {0, 1}}, "Value" -> {{1}, {3}}, "Query" -> {1, 0}|>, '
            'NetPort["AttentionWeights"]]',
            "{0.731059, 0.268941}",
        ),
    ),
)
