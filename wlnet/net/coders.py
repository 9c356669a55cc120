"""Encoders and decoders: between values of the language and arrays. One record a type (see `label_coders`).

An `Encoder` sits on an input port, a `Decoder` on an output port;
both are atoms that can be applied by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from wlnet.expr import (
    AtomType,
    Expr,
    NumericArray,
    S,
    is_list,
    items,
    key,
    make_list,
    packed,
    register,
    same,
    system,
    to_array,
)

from . import types
from .errors import NetError, nearest
from .layer import REQUIRED, Parameter
from .types import VARYING, Dims, PortType

NONE = system("None")
Params = dict[str, Any]


class CoderRecord:
    """One type of coder: an encoder's and its decoder's sides, either of which may be missing.

    name        as in NetEncoder[{name, ...}]
    encoder     Side of the encoder, or None; decoder likewise
    to_encoder  (params of the decoder, port type) -> params of the encoder, or an encoder of another type, or
                None where there is no partner; to_decoder likewise
    loss        name of the loss layer that NetTrain attaches to an output with the decoder; default: what its
                layer tells
    """

    __slots__ = ("decoder", "encoder", "loss", "name", "to_decoder", "to_encoder")

    def __init__(
        self,
        name: str,
        *,
        encoder: Side | None = None,
        decoder: Side | None = None,
        to_encoder: Callable[[Params, PortType], Params | Encoder | None] | None = None,
        to_decoder: Callable[[Params], Params | None] | None = None,
        loss: str | None = None,
    ) -> None:
        self.name = name
        self.loss = loss
        self.encoder = encoder
        self.decoder = decoder
        self.to_encoder = to_encoder
        self.to_decoder = to_decoder


class Side:
    """What an encoder or a decoder of one type is.

    arguments   positional parameters after the name; options: those given by name
    port        (params) -> the type of the port it sits on, as far as they fix it
    element     (params) -> (dims, rank): unused for decoders
    encode      (ev, coder, values) -> array (N, ...), or a list of arrays where the lengths of sequences
                differ; raises NetError naming the value that cannot be encoded
    accepts     (coder, value) -> whether the value is one input (and not a list of them)
    decode      (ev, coder, array (N, ...), property name, argument) -> list of N values
    properties  names of the decoder's properties, the default one first
    summary     (coder, port) -> text in the printed form of a net
    check       (params) -> what is wrong with their combination, or None
    shallow     whether a decoder, applied by itself, also takes one level less: a vector for a sequence
    """

    __slots__ = (
        "accepts", "arguments", "check", "decode", "encode", "options", "port", "properties", "shallow",
        "summary",
    )  # fmt: skip

    def __init__(
        self,
        *,
        port: Callable[[Params], PortType],
        summary: Callable[[Any, PortType], str],
        arguments: Sequence[Parameter] = (),
        options: Sequence[Parameter] = (),
        encode: Callable[..., Any] | None = None,
        accepts: Callable[..., bool] | None = None,
        decode: Callable[..., list[Any]] | None = None,
        properties: Sequence[str] = (),
        check: Callable[[Params], str | None] | None = None,
        shallow: bool = False,
    ) -> None:
        self.port = port
        self.summary = summary
        self.arguments = tuple(arguments)
        self.options = tuple(options)
        self.encode = encode
        self.accepts = accepts
        self.decode = decode
        self.properties = tuple(properties)
        self.check = check
        self.shallow = shallow


CODERS: dict[str, CoderRecord] = {}


def coder(name: str, **fields: Any) -> CoderRecord:
    """Declare a type of coder: the only way into the registry."""
    assert name not in CODERS, name
    record = CODERS[name] = CoderRecord(name, **fields)
    return record


class Coder:
    """What `Encoder` and `Decoder` share: a record, and parameters by name as WL values."""

    __slots__ = ("cache", "params", "record")
    symbol = ""

    def __init__(self, record: CoderRecord, params: Params) -> None:
        self.record = record
        self.params = params
        self.cache: dict[Any, Any] = {}

    @property
    def side(self) -> Side:
        raise NotImplementedError

    @property
    def name(self) -> str:
        return self.record.name

    @property
    def port_type(self) -> PortType:
        """The type of the port it sits on, with itself as coder."""
        return self.side.port(self.params)._replace(coder=self)

    def summary(self, port: PortType) -> str:
        return self.side.summary(self, port)

    def replace(self, params: Params) -> Any:
        """The same coder with some parameters changed."""
        return type(self)(self.record, {**self.params, **params})

    def full(self) -> Expr:
        """NetEncoder[{"name", arguments..., "option" -> value...}]; options at their default are left out."""
        values = [self.params[each.name] for each in self.side.arguments]
        while values and same(values[-1], self.side.arguments[len(values) - 1].default):
            values.pop()
        parts: list[Any] = [self.name, *values]
        for each in self.side.options:
            if not same(self.params[each.name], each.default):
                parts.append(Expr(S.Rule, (each.name, self.params[each.name])))
        return Expr(system(self.symbol), (make_list(parts),))

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self) or self.record is not other.record:
            return False
        return all(same(value, other.params[name]) for name, value in self.params.items())

    def __hash__(self) -> int:
        return hash((type(self), self.name, tuple(hash(key(value)) for value in self.params.values())))

    def __repr__(self) -> str:
        return f"<{self.symbol} {self.name}>"

    def __reduce__(self) -> Any:
        return (_unpickle, (type(self), self.name, self.params))


def _unpickle(kind: type, name: str, params: Params) -> Any:
    return kind(CODERS[name], params)


class Encoder(Coder):
    """`NetEncoder[...]`."""

    __slots__ = ()
    symbol = "NetEncoder"

    @property
    def side(self) -> Side:
        assert self.record.encoder is not None
        return self.record.encoder

    def encode_batch(self, ev: Any, values: Sequence[Any]) -> Any:
        """Arrays of N values as one array (N, ...), or as a list where lengths of sequences differ: int64 for
        integer ports, else float32.

        Values that have the encoded form already pass through. NetError names the value
        that cannot be encoded.
        """
        assert self.side.encode is not None
        return self.side.encode(ev, self, values)

    def accepts(self, value: Any) -> bool:
        """Whether `value` is one input, rather than a list of inputs."""
        assert self.side.accepts is not None
        return self.side.accepts(self, value)


class Decoder(Coder):
    """`NetDecoder[...]`."""

    __slots__ = ()
    symbol = "NetDecoder"

    @property
    def side(self) -> Side:
        assert self.record.decoder is not None
        return self.record.decoder

    def decode_batch(self, ev: Any, array: np.ndarray, prop: Any = None) -> list[Any]:
        """One value of the language for each of the N arrays in `array` (N, ...); `prop` None:
        the default property.

        NetError for a property that the decoder does not have.
        """
        side = self.side
        assert side.decode is not None
        if prop is None:
            return side.decode(ev, self, array, side.properties[0], None)
        if prop == "Properties":
            return [make_list(side.properties)] * len(array)
        name, argument = read_property(self, prop)
        if name is None:
            parts = [self.decode_batch(ev, array, each) for each in items(prop)]
            return [make_list(row) for row in zip(*parts, strict=True)]
        return side.decode(ev, self, array, name, argument)

    def decode(self, ev: Any, array: np.ndarray, prop: Any = None) -> Any:
        """The value that one array stands for."""
        return self.decode_batch(ev, array[None], prop)[0]

    def knows(self, prop: Any) -> bool:
        """Whether `prop` is a property of this decoder, or a list of such."""
        try:
            name, _ = read_property(self, prop)
        except NetError:
            return False
        return name is not None or all(self.knows(each) for each in items(prop))


def read_property(decoder: Decoder, prop: Any) -> tuple[str | None, Any]:
    """(name, argument) of a property as written: "name", "name" -> argument, {"name", argument}.

    (None, None) for a list of properties. NetError where there is no such property.
    """
    known = decoder.side.properties
    if type(prop) is str and prop in known:
        return prop, None
    if prop is NONE:
        return "None", None
    if type(prop) is Expr and prop.head is S.Rule and len(prop.args) == 2 and prop.args[0] in known:
        return prop.args[0], prop.args[1]
    if is_list(prop):
        parts = items(prop)
        if len(parts) == 2 and parts[0] in known and not (type(parts[1]) is str and parts[1] in known):
            if not (type(parts[1]) is Expr and parts[1].head is S.Rule and parts[1].args[0] in known):
                return parts[0], parts[1]
        if parts:
            return None, None
    name = prop if type(prop) is str else prop.args[0] if type(prop) is Expr and prop.args else prop
    hint = nearest(name, list(known)) if type(name) is str else ""
    text = f'The decoder "{decoder.name}" has no property {show(prop)}. {hint}'.strip()
    text += " Known are " + ", ".join(f'"{x}"' for x in known) + "." if not hint.startswith("Known") else ""
    raise NetError("NetDecoder", "prop", text)


def show(value: Any) -> str:
    """A value as messages quote it, short."""
    if type(value) is str:
        return f'"{value}"'
    if type(value) is np.ndarray:
        return f"an array of dimensions {types.dims_text(value.shape)}"
    if is_list(value):
        parts = items(value)
        inner = ", ".join(map(show, parts[:4]))
        return "{" + inner + (", ..." if len(parts) > 4 else "") + "}"
    if type(value) is Expr:
        if value.head is S.Rule and len(value.args) == 2:
            return f"{show(value.args[0])} -> {show(value.args[1])}"
        inner = ", ".join(map(show, value.args[:4]))
        return f"{show(value.head)}[{inner}{', ...' if len(value.args) > 4 else ''}]"
    return repr(value)


# ---- as written


def make_coder(kind: type[Coder], name: str, values: Sequence[Any]) -> Any:
    """NetEncoder[{name, values...}] or NetDecoder[...]; NetError where the parameters do not fit."""
    record = CODERS.get(name)
    side = None if record is None else getattr(record, kind.__name__.lower())
    if side is None:
        known = [each for each, found in CODERS.items() if getattr(found, kind.__name__.lower()) is not None]
        noun = kind.__name__.lower()
        raise NetError(
            kind.symbol, "type", f'There is no {noun} of type "{name}". {nearest(name, known)}'.strip()
        )
    params: Params = {each.name: each.default for each in (*side.arguments, *side.options)}
    positional, rules = [], []
    for value in values:
        (
            rules if type(value) is Expr and value.head is S.Rule and len(value.args) == 2 else positional
        ).append(value)
    if len(positional) > len(side.arguments):
        text = (
            f'"{name}" takes at most {len(side.arguments)} arguments besides its options; found '
            f"{len(positional)}."
        )
        raise NetError(kind.symbol, "arguments", text)
    for each, value in zip(side.arguments, positional, strict=False):
        params[each.name] = read_parameter(kind, name, each, value)
    named = {each.name: each for each in (*side.arguments, *side.options)}
    for rule in rules:
        option = getattr(rule.args[0], "name", rule.args[0])
        if option not in named:
            text = f'"{name}" has no parameter {show(option)}. {nearest(str(option), list(named))}'
            raise NetError(kind.symbol, "parameter", text.strip())
        params[option] = read_parameter(kind, name, named[option], rule.args[1])
    missing = [each for each, value in params.items() if value is REQUIRED]
    if missing:
        text = f'"{name}" needs its {missing[0].lower()}: {named[missing[0]].wanted}.'
        raise NetError(kind.symbol, "arguments", text)
    wrong = None if side.check is None else side.check(params)
    if wrong:
        raise NetError(kind.symbol, "parameter", wrong)
    return kind(record, params)  # type: ignore[arg-type]


def read_parameter(kind: type[Coder], name: str, parameter: Parameter, value: Any) -> Any:
    found = parameter.read(value)
    if found is None:
        text = f'The parameter "{parameter.name}" of "{name}" must be {parameter.wanted}, not {show(value)}.'
        raise NetError(kind.symbol, "parameter", text)
    return found


def read_coder(kind: type[Coder], spec: Any) -> Any:
    """A coder from what stands in NetEncoder[spec] or at a port: "name", {"name", ...},
    or a coder of either side.

    None where `spec` is none of these; NetError where it is one that cannot be.
    """
    if type(spec) is kind:
        return spec
    if type(spec) is Decoder:
        return encoder_for(spec, spec.port_type) or no_partner(kind, spec)
    if type(spec) is Encoder:
        return decoder_for(spec) or no_partner(kind, spec)
    if type(spec) is str and spec in CODERS:
        return make_coder(kind, spec, ())
    if is_list(spec) and len(items(spec)) and type(items(spec)[0]) is str:
        parts = items(spec)
        return make_coder(kind, parts[0], parts[1:]) if parts[0] in CODERS else None
    return None


def no_partner(kind: type[Coder], spec: Coder) -> Any:
    text = (
        f"There is no {kind.__name__.lower()} that belongs to the {type(spec).__name__.lower()} "
        f'"{spec.name}".'
    )
    raise NetError(kind.symbol, "partner", text)


def encoder_for(decoder: Decoder, port: PortType) -> Encoder | None:
    """The encoder of targets for a port of this type with this decoder; None where there is none."""
    record = decoder.record
    if record.to_encoder is None:
        return None
    params = record.to_encoder(decoder.params, port)
    if type(params) is Encoder:
        return params
    assert type(params) is dict or params is None
    if record.encoder is None:
        return None
    return None if params is None else Encoder(record, {**defaults(record.encoder), **params})


def decoder_for(encoder: Encoder) -> Decoder | None:
    """The decoder that undoes an encoder; None where there is none."""
    record = encoder.record
    if record.to_decoder is None or record.decoder is None:
        return None
    params = record.to_decoder(encoder.params)
    return None if params is None else Decoder(record, {**defaults(record.decoder), **params})


def defaults(side: Side) -> Params:
    return {each.name: each.default for each in (*side.arguments, *side.options)}


def read_port(spec: Any, output: bool) -> PortType:
    """What "port" -> spec states: a type, or a coder for it. NetError where it is neither."""
    kind: type[Coder] = Decoder if output else Encoder
    if type(spec) is PortType:
        return spec
    found = read_coder(kind, spec) if types.read_type(spec) is None else None
    if found is not None:
        return found.port_type  # type: ignore[no-any-return]
    port = types.read_type(spec)
    if port is None:
        text = (
            f'{show(spec)} is no port type. Write for example 5, {{3, 28, 28}}, "Real", "Integer", '
            '"Varying", '
            f'{{"Varying", 7}}, or a {kind.symbol} such as {kind.symbol}[{{"Class", {{"a", "b"}}}}].'
        )
        raise NetError(kind.symbol, "porttype", text)
    return port


# ---- numbers


def numeric(value: Any) -> np.ndarray | None:
    """A number or a full array of real numbers as an array; None for anything else."""
    if type(value) is NumericArray:
        return value.array
    if is_list(value):
        array = to_array(value, exact=False)
    else:
        array = to_array(make_list((value,)), exact=False)
        array = None if array is None else array[0]
    return None if array is None or np.asarray(array).dtype.kind == "c" else np.asarray(array)


def fits(shape: tuple[int, ...], dims: Dims) -> bool:
    """Whether an array's shape is one that `dims` allows."""
    return len(shape) == len(dims) and all(
        d is None or d is VARYING or d == n for n, d in zip(shape, dims, strict=True)
    )


def value_of(array: np.ndarray) -> Any:
    """A result as a value of the language: machine numbers, packed lists."""
    return packed(array)


register(
    Encoder,
    AtomType(head=lambda x: S.NetEncoder, full=Encoder.full, output=lambda x: output_text(x)),
)
register(
    Decoder,
    AtomType(head=lambda x: S.NetDecoder, full=Decoder.full, output=lambda x: output_text(x)),
)


def output_text(found: Coder) -> str:
    """The printed form: NetDecoder[<Class, vector of probabilities of 3 classes>]."""
    return f"{found.symbol}[<{found.name}, {found.summary(found.side.port(found.params))}>]"
