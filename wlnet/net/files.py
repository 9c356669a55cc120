"""The file format "WLNet" (.wlnet): a zip archive of `net.json` and one .npy file for each array.

    net.json   {"format": 1, "net": node, "shared": {name: array}}
    training/  in a checkpoint: how far its training is (`checkpoint`)
    node       {"type", "params", "inputs", "outputs", "arrays", "nodes", "edges", "numbered",
                "states"}
    array      null (not set), "None" (absent), {"npy": file}, {"shared": name}
Values of the language are written as tagged lists (see `encode`), so that they come back exactly.
"""

from __future__ import annotations

import base64
import io
import json
import os
import zipfile
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from wlnet import __version__
from wlnet.expr import (
    Association,
    BigReal,
    ByteArray,
    Complex,
    Expr,
    NumericArray,
    S,
    Symbol,
    big_real,
    complex_number,
    make_list,
    packed,
)
from wlnet.kernel.formats import FormatError, register, source_bytes
from wlnet.media.image import Image
from wlnet.media.image3d import Image3D

from .array_values import array_value
from .coders import CODERS, Coder, Decoder, Encoder
from .layer import LAYERS
from .net import ABSENT, Edge, Net, SharedArray, frozen
from .requests import array_key
from .show import output
from .types import VARYING, PortType

FORMAT = 1
IMAGES = (Image, Image3D)
ELEMENTS = (
    "Net",
    "UninitializedNet",
    "ArrayList",
    "ArrayAssociation",
    "WLVersion",
    "Elements",
    "Summary",
    "Rules",
)


# ---- values of the language


def encode(value: Any) -> Any:
    """A value as JSON: strings stand for themselves, everything else is a list that begins with a tag."""
    kind = type(value)
    if kind is str:
        return value
    if kind is int:
        return ["integer", str(value)]
    if kind is float:
        return ["real", value.hex()]
    if kind is Fraction:
        return ["rational", str(value)]
    if kind is Symbol:
        return ["symbol", value.full_name]
    if kind is Expr:
        return ["expr", encode(value.head), *map(encode, value.args)]
    if kind is Association:
        return ["association", *([encode(k), encode(v)] for k, v in value.pairs())]
    if kind is np.ndarray or kind is NumericArray:
        array = value.array if kind is NumericArray else value
        return [
            "packed" if kind is np.ndarray else "numeric",
            array.dtype.name,
            array.shape,
            array.ravel().tolist(),
        ]
    if kind is Complex:
        return ["complex", encode(value.re), encode(value.im)]
    if kind is BigReal:
        return ["bigreal", str(value.value), value.digits]
    if kind is ByteArray:
        return ["bytes", base64.b64encode(value.data).decode("ascii")]
    if kind in IMAGES:
        return [kind.__name__, value.kind, value.space, encode(NumericArray(value.array))]
    if kind in (Encoder, Decoder):
        return [value.symbol, value.name, {name: encode(x) for name, x in value.params.items()}]
    raise FormatError(f"A value of the net cannot be written to a file: {value!r}.")


def decode(ev: Any, data: Any) -> Any:
    """The value that `encode` wrote."""
    if type(data) is str:
        return data
    tag, *rest = data
    if tag == "integer":
        return int(rest[0])
    if tag == "real":
        return float.fromhex(rest[0])
    if tag == "rational":
        return Fraction(rest[0])
    if tag == "symbol":
        return ev.state.resolve(rest[0])
    if tag == "expr":
        return Expr(decode(ev, rest[0]), tuple(decode(ev, x) for x in rest[1:]))
    if tag == "association":
        return Association.of((decode(ev, k), decode(ev, v)) for k, v in rest)
    if tag in ("packed", "numeric"):
        array = np.array(rest[2], rest[0]).reshape(rest[1])
        return packed(array) if tag == "packed" else NumericArray(array)
    if tag == "complex":
        return complex_number(decode(ev, rest[0]), decode(ev, rest[1]))
    if tag == "bigreal":
        return big_real(rest[0], rest[1])
    if tag == "bytes":
        return ByteArray(base64.b64decode(rest[0]))
    if tag in ("Image", "Image3D"):
        made = Image if tag == "Image" else Image3D
        return made(decode(ev, rest[2]).array, rest[0], rest[1])
    kind: type[Coder] = {"NetEncoder": Encoder, "NetDecoder": Decoder}[tag]
    return kind(CODERS[rest[0]], {name: decode(ev, x) for name, x in rest[1].items()})


def encode_port(port: PortType) -> dict[str, Any]:
    shape = None if port.shape is None else ["Varying" if x is VARYING else x for x in port.shape]
    coder = None if port.coder is None else encode(port.coder)
    return {"kind": port.kind, "shape": shape, "range": port.range, "coder": coder}


def decode_port(ev: Any, data: dict[str, Any]) -> PortType:
    shape = None if data["shape"] is None else tuple(VARYING if x == "Varying" else x for x in data["shape"])
    range_ = None if data["range"] is None else tuple(data["range"])
    return PortType(data["kind"], shape, range_, None if data["coder"] is None else decode(ev, data["coder"]))


# ---- nets


class Archive:
    """The arrays of a net on their way into a file, and what shared ones were met."""

    def __init__(self) -> None:
        self.arrays: list[np.ndarray] = []
        self.shared: dict[str, Any] = {}

    def put(self, value: Any) -> Any:
        """An array as JSON that refers to its file."""
        if value is None:
            return None
        if value is ABSENT:
            return "None"
        if type(value) is SharedArray:
            if value.name not in self.shared:
                dims = None if value.dims is None else ["Varying" if x is VARYING else x for x in value.dims]
                self.shared[value.name] = {"dims": dims, "array": self.put(value.value)}
            return {"shared": value.name}
        self.arrays.append(value)
        return {"npy": f"arrays/{len(self.arrays)}.npy"}

    def node(self, net: Net) -> dict[str, Any]:
        """A net as JSON."""
        return {
            "type": net.record.name,
            "params": {name: encode(value) for name, value in net.params.items()},
            "inputs": [[name, encode_port(port)] for name, port in net.inputs.items()],
            "outputs": [[name, encode_port(port)] for name, port in net.outputs.items()],
            "arrays": {name: self.put(value) for name, value in net.arrays.items()},
            "nodes": [[name, self.node(inner)] for name, inner in net.nodes.items()],
            "edges": net.edges,
            "numbered": net.numbered,
            "states": [[name, encode_port(port)] for name, port in net.states.items()],
        }


def save(net: Net, path: Path | str, further: Mapping[str, bytes] | None = None) -> None:
    """Write `net` with everything in it: arrays set or not, coders, names; and `further` files beside it.

    The file is whole or not there: it is written under another name, and takes its own when it is on the
    disk. OSError where it cannot be written; what stood there before then stays.
    """
    archive = Archive()
    node = archive.node(net)
    text = json.dumps(
        {"format": FORMAT, "version": __version__, "net": node, "shared": archive.shared}, indent=1
    )
    whole = {"net.json": text.encode()}
    whole |= {f"arrays/{i}.npy": array_bytes(array) for i, array in enumerate(archive.arrays, 1)}
    write_whole(Path(path), {**whole, **(further or {})})


def write_whole(path: Path, parts: Mapping[str, bytes]) -> None:
    """Write a zip archive of `parts`, all of it or nothing."""
    unfinished = path.with_name(path.name + ".part")
    try:
        with open(unfinished, "wb") as out:
            with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as file:
                for name, content in parts.items():
                    file.writestr(name, content)
            out.flush()
            os.fsync(out.fileno())
        os.replace(unfinished, path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def array_bytes(array: np.ndarray) -> bytes:
    """An array as the content of a .npy file."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def load(ev: Any, source: Path | bytes) -> tuple[Net, str]:
    """The net in a file, and the version that wrote it. FormatError where the file is none of ours."""
    try:
        with zipfile.ZipFile(io.BytesIO(source_bytes(source))) as file:
            data = json.loads(file.read("net.json"))
            arrays = {name: file.read(name) for name in file.namelist() if name.startswith("arrays/")}
    except (zipfile.BadZipFile, KeyError, json.JSONDecodeError):
        raise FormatError("The file holds no net in the format WLNet of wlnet.") from None
    if data.get("format") != FORMAT:
        raise FormatError(
            f"The file has format {data.get('format')}; this version of wlnet reads format {FORMAT}."
        )
    try:
        return Reader(ev, data, arrays).node(data["net"]), data["version"]
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise FormatError(
            f"The net in the file is damaged, or needs a newer version of wlnet ({error})."
        ) from None


class Reader:
    """A net on its way out of a file."""

    def __init__(self, ev: Any, data: dict[str, Any], arrays: dict[str, bytes]) -> None:
        self.ev = ev
        self.arrays = arrays
        self.shared = data["shared"]

    def array(self, data: Any) -> Any:
        if data is None:
            return None
        if data == "None":
            return ABSENT
        if "shared" in data:
            held = self.shared[data["shared"]]
            dims = (
                None
                if held["dims"] is None
                else tuple(VARYING if x == "Varying" else x for x in held["dims"])
            )
            return SharedArray(data["shared"], dims, self.array(held["array"]))
        return frozen(np.load(io.BytesIO(self.arrays[data["npy"]]), allow_pickle=False))

    def node(self, data: dict[str, Any]) -> Net:
        edges = [Edge((a[0], a[1]), (b[0], b[1])) for a, b in data["edges"]]
        return Net(
            LAYERS[data["type"]],
            {name: decode(self.ev, value) for name, value in data["params"].items()},
            {name: decode_port(self.ev, port) for name, port in data["inputs"]},
            {name: decode_port(self.ev, port) for name, port in data["outputs"]},
            {name: self.array(value) for name, value in data["arrays"].items()},
            {name: self.node(inner) for name, inner in data["nodes"]},
            tuple(edges),
            data["numbered"],
            {name: decode_port(self.ev, port) for name, port in data.get("states", ())},
        )


# ---- Import and Export


def read(ev: Any, source: Path | bytes, element: str | None, options: dict[str, Any]) -> Any:
    """Import[file, "WLNet"] and its elements."""
    if element == "Elements":
        return make_list(ELEMENTS)
    net, version = load(ev, source)
    arrays = net.all_arrays()
    if element in (None, "Net", "Data"):
        return net
    if element == "UninitializedNet":
        return net.with_arrays(dict.fromkeys(arrays))
    if element == "ArrayList":
        return make_list(array_value(x) for x in arrays.values())
    if element == "ArrayAssociation":
        return Association.of((array_key(net, path), array_value(x)) for path, x in arrays.items())
    if element == "WLVersion":
        return version
    if element == "Summary":
        return output(net)
    if element == "Rules":
        return make_list(Expr(S.Rule, (name, read(ev, source, name, options))) for name in ELEMENTS[:5])
    raise FormatError(f"The format WLNet has the elements {', '.join(ELEMENTS)}; there is no {element}.")


def write(ev: Any, target: Path, value: Any, options: dict[str, Any]) -> None:
    """Export[file, net]."""
    if type(value) is not Net:
        raise FormatError("The format WLNet holds a net, and nothing else.")
    save(value, target)


register("WLNet", ("wlnet",), read=read, write=write, elements=ELEMENTS)
