"""The coders "Image" and "Image3D": images as arrays (C, H, W) and (C, H, D, W), and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from wlnet.expr import FALSE, TRUE, S, is_list, items, make_list, system, to_array
from wlnet.media import image3d, resizing
from wlnet.media.colors import number, rgba
from wlnet.media.image import Image, to_space
from wlnet.media.image3d import Image3D
from wlnet.media.image_files import load
from wlnet.media.image_shapes import alignment
from wlnet.media.spaces import SPACES, convert

from . import types
from .coders import Decoder, Encoder, Side, coder, fits, numeric, show, value_of
from .errors import NetError
from .file_values import is_file, opened
from .label_coders import read_truth
from .layer import Parameter
from .types import PortType

NONE = system("None")
DEFAULT_EXTENT = 128
SPACE_NAMES = {"Gray": "Grayscale"}
MODES = {"Linear": 1, "Cubic": 3, "Nearest": 0, "Bilinear": 1, "Bicubic": 3, "Constant": 0}


# ---- parameters


def read_size(rank: int) -> Any:
    """A size as a list of `rank` extents: n is {n, ...}, Automatic (None) the image's own."""

    def read(value: Any) -> Any:
        if value is S.Automatic or value is NONE:
            return S.Automatic
        parts = items(value) if is_list(value) else (value,) * rank
        good = len(parts) == rank and all(type(x) is int and x > 0 for x in parts)
        return make_list(parts) if good else None

    return read


def read_space(value: Any) -> Any:
    if value is S.Automatic:
        return value
    name = getattr(value, "name", value)
    name = SPACE_NAMES.get(name, name) if type(name) is str else None
    return name if name in SPACES else None


def read_statistics(value: Any) -> Any:
    """None, a number, one number a channel, or an image."""
    if value is NONE or type(value) in (Image, Image3D) or (not is_list(value) and number(value) is not None):
        return value
    array = to_array(value, exact=False) if is_list(value) else None
    return value if array is not None and array.ndim == 1 and array.dtype.kind in "if" else None


def read_padding(value: Any) -> Any:
    known = rgba(value) is not None or getattr(value, "name", value) in resizing.PADDINGS
    return value if known or number(value) is not None else None


SPACE = Parameter(
    "ColorSpace", read_space, "one of " + ", ".join(f'"{x}"' for x in SPACES), "RGB", symbol=True
)
DECODED_SPACE = SPACE._replace(default=S.Automatic, wanted="Automatic or " + SPACE.wanted)
INTERLEAVING = Parameter("Interleaving", read_truth, "True or False", FALSE, symbol=True)
MEAN = Parameter(
    "MeanImage", read_statistics, "None, a number, a list of one number a channel or an image", NONE
)
VARIANCE = MEAN._replace(name="VarianceImage")
RESAMPLING = Parameter(
    "Resampling",
    lambda x: x if x is S.Automatic or (type(x) is str and resizing.resampling(x)) else None,
    "Automatic or one of " + ", ".join(f'"{x}"' for x in resizing.RESAMPLINGS),
    S.Automatic,
    symbol=True,
)
RESAMPLING_3D = RESAMPLING._replace(
    read=lambda x: x if x is S.Automatic or x in MODES else None,
    wanted="Automatic or one of " + ", ".join(f'"{x}"' for x in MODES),
)
METHODS = ("Stretch", "Fit", "Fill")
METHOD = Parameter(
    "Method", lambda x: x if x in METHODS else None, '"Stretch", "Fit" or "Fill"', "Stretch", symbol=True
)
PLACING = (
    Parameter(
        "Alignment",
        lambda x: x if alignment(x) is not None else None,
        "Center, Left, {Left, Top}, ...",
        S.Center,
        symbol=True,
    ),
    Parameter(
        "Padding", read_padding, 'a colour, a number, "Fixed", "Periodic" or "Reflected"', 0, symbol=True
    ),
)


def check_space(params: dict[str, Any]) -> str | None:
    return None if params["ColorSpace"] is not S.Automatic else "An encoder needs its ColorSpace."


def extents(params: dict[str, Any], rank: int) -> tuple[int | None, ...]:
    size = params["Size"]
    return (None,) * rank if size is S.Automatic else tuple(items(size))


def statistics(found: Encoder | Decoder, name: str, shape: tuple[int, ...]) -> np.ndarray | None:
    """The mean or variance as an array that fits pixels of `shape` (..., C); None where there is none."""
    value = found.params[name]
    if value is NONE:
        return None
    key = (name, shape)
    made = found.cache.get(key)
    if made is not None:
        return made  # type: ignore[no-any-return]
    channels = shape[-1]
    if type(value) is Image:
        space = next((x for x, n in SPACES.items() if n == channels), "RGB")
        planes = to_space(value, space).unit_planes()[..., :channels]
        made = resizing.resized(planes, (shape[1], shape[0])) if len(shape) == 3 else planes[None]
    elif type(value) is Image3D:
        made = image3d.resized(value.unit_planes(), shape[:3])  # type: ignore[arg-type]
    else:
        array = numeric(value)
        made = np.asarray(0.0 if array is None else array, np.float64)
        if made.ndim and len(made) not in (1, channels):
            text = f'The parameter "{name}" has {len(made)} numbers for {channels} channels.'
            raise NetError(found.symbol, "parameter", text)
    made = found.cache[key] = np.asarray(made, np.float32)
    return made  # type: ignore[no-any-return]


def normalized(found: Encoder, batch: np.ndarray) -> np.ndarray:
    """Pixels (N, ..., C) from 0 to 1, less their mean, over the root of their variance."""
    mean = statistics(found, "MeanImage", batch.shape[1:])
    variance = statistics(found, "VarianceImage", batch.shape[1:])
    if mean is not None:
        batch = batch - mean
    return batch if variance is None else batch / np.sqrt(variance)


def restored(found: Decoder, batch: np.ndarray) -> np.ndarray:
    """What `normalized` did undone."""
    mean = statistics(found, "MeanImage", batch.shape[1:])
    variance = statistics(found, "VarianceImage", batch.shape[1:])
    batch = batch if variance is None else batch * np.sqrt(variance)
    return batch if mean is None else batch + mean


# ---- images


def image_port(params: dict[str, Any]) -> PortType:
    width, height = extents(params, 2)
    rows = (width, height) if params["DataTransposed"] is TRUE else (height, width)
    channels = SPACES[params["ColorSpace"]]
    return PortType("real", (*rows, channels) if params["Interleaving"] is TRUE else (channels, *rows))


def image_of(value: Any) -> Image | None:
    """An image, or that of a file; None where `value` is neither."""
    if type(value) is Image:
        return value
    return opened(value, "image", load) if is_file(value) else None


def pixels(found: Encoder, image: Image) -> np.ndarray:
    """The image at the encoder's size and in its colour space: (H, W, C), uint8 or float from 0 to 1."""
    params = found.params
    space = params["ColorSpace"]
    image = to_space(image, space)
    planes = image.planes[..., : SPACES[space]]
    if image.kind not in ("Byte", "Real32", "Real64"):
        planes = image.unit_planes()[..., : SPACES[space]]
    width, height = extents(params, 2)
    if width is None or height is None or planes.shape[:2] == (height, width):
        return planes
    fill = padding_values(params["Padding"], space, planes.dtype)
    where = alignment(params["Alignment"]) or (0.0, 0.0)
    how = resizing.resampling(params["Resampling"]) or "BICUBIC"
    return resizing.fit(planes, (width, height), params["Method"], how, where, fill)


def padding_values(value: Any, space: str, dtype: Any) -> Any:
    """Padding as values of the pixels, or as a mode of np.pad."""
    mode = (
        resizing.PADDINGS.get(getattr(value, "name", value))
        if rgba(value) is None and number(value) is None
        else None
    )
    if mode is not None:
        return mode
    color = rgba(value)
    unit = np.full(SPACES[space], number(value) or 0.0)
    if color is not None:
        unit = convert(np.array(color[:3]), "RGB", space)
    return np.rint(unit * 255) if dtype == np.uint8 else unit


def encode_images(ev: Any, found: Encoder, values: Sequence[Any]) -> Any:
    if not values:
        return np.zeros((0,), np.float32)
    images = [image_of(x) for x in values]
    shape = found.side.port(found.params).shape or ()
    made = [None if x is None else pixels(found, x) for x in images]
    alike = {x.shape for x in made if x is not None}
    if len(alike) == 1 and all(x is not None for x in made):
        return arranged(found, unit_batch(made))
    rows = []
    for value, each in zip(values, made, strict=True):
        array = arranged(found, unit_batch([each]))[0] if each is not None else numeric(value)
        if array is None or not fits(array.shape, shape):
            text = f'The encoder "Image" takes an image or the File[...] of one, not {show(value)}.'
            raise NetError("NetEncoder", "invalid", text)
        rows.append(array.astype(np.float32))
    if len({x.shape for x in rows}) > 1:
        text = "The images of one batch must be of one size here. State the size of the encoder, as in "
        raise NetError("NetEncoder", "size", text + 'NetEncoder[{"Image", {28, 28}}].')
    return np.stack(rows)


def unit_batch(made: Sequence[Any]) -> np.ndarray:
    """Pixels as float32 (N, H, W, C) from 0 to 1; those of one type all at once."""
    if len({x.dtype for x in made}) == 1:
        batch = np.stack(made)
        if batch.dtype == np.uint8:
            return np.multiply(batch, np.float32(1 / 255), dtype=np.float32)
        return batch.astype(np.float32)
    return np.stack([unit_batch([x])[0] for x in made])


def arranged(found: Encoder, batch: np.ndarray) -> np.ndarray:
    """(N, H, W, C) normalized, with channels and sides in the encoder's order."""
    batch = normalized(found, batch)
    if found.params["DataTransposed"] is TRUE:
        batch = np.swapaxes(batch, 1, 2)
    if found.params["Interleaving"] is not TRUE:
        batch = np.moveaxis(batch, -1, 1)
    return np.ascontiguousarray(batch, np.float32)


def accepts_array(kind: type, rank: int) -> Any:
    def accepts(found: Encoder, value: Any) -> bool:
        if not is_list(value):
            return True
        array = numeric(value)
        return array is not None and array.ndim == rank

    return accepts


def encoder_summary(found: Any, port: PortType) -> str:
    size = found.params["Size"]
    sides = "any size" if size is S.Automatic else "x".join(map(str, items(size)))
    return f"image ({sides}, {found.params['ColorSpace']})"


def decoder_port(rank: int) -> Any:
    def port(params: dict[str, Any]) -> PortType:
        space = params["ColorSpace"]
        channels = None if space is S.Automatic else SPACES[space]
        sides = (None,) * rank
        return PortType("real", (*sides, channels) if params["Interleaving"] is TRUE else (channels, *sides))

    return port


def decoded_pixels(found: Decoder, array: np.ndarray, rank: int) -> tuple[np.ndarray, str | None]:
    """(N, ..., C) from 0 to 1, and the colour space."""
    if array.ndim != rank + 2:
        text = f'The decoder "{found.name}" takes an array of depth {rank + 1}, not shape '
        raise NetError("NetDecoder", "invalid", text + f"{types.dims_text(array.shape[1:])}.")
    if found.params["Interleaving"] is not TRUE:
        array = np.moveaxis(array, 1, -1)
    space = found.params["ColorSpace"]
    if space is not S.Automatic and array.shape[-1] not in (SPACES[space], SPACES[space] + 1):
        text = (
            f'The decoder "{found.name}" takes {SPACES[space]} channels for {space}, not {array.shape[-1]}.'
        )
        raise NetError("NetDecoder", "invalid", text)
    return np.clip(restored(found, array), 0, 1), None if space is S.Automatic else space


def decode_images(ev: Any, found: Any, array: np.ndarray, name: str, argument: Any) -> list[Any]:
    if name == "None":
        return [value_of(row) for row in array]
    made, space = decoded_pixels(found, array, 2)
    return [Image(x.copy(), "Real32", space) for x in made]


def decoder_summary(found: Any, port: PortType) -> str:
    space = found.params["ColorSpace"]
    return "image" if space is S.Automatic else f"image ({space})"


def channel_space(params: dict[str, Any], port: PortType) -> tuple[str, tuple[Any, ...]] | None:
    """The colour space and the sides of images at a port; None while they are not known."""
    shape = port.shape or ()
    if not shape or not all(type(x) is int for x in shape):
        return None
    channels, sides = (shape[-1], shape[:-1]) if params["Interleaving"] is TRUE else (shape[0], shape[1:])
    space = params["ColorSpace"]
    if space is S.Automatic:
        space = {1: "Grayscale", 3: "RGB", 4: "CMYK"}.get(channels)  # type: ignore[call-overload]
    return None if space is None else (space, sides)


def image_to_encoder(params: dict[str, Any], port: PortType) -> dict[str, Any] | None:
    found = channel_space(params, port)
    if found is None or len(found[1]) != 2:
        return None
    kept = {x: params[x] for x in ("Interleaving", "MeanImage", "VarianceImage")}
    return {"Size": make_list(reversed(found[1])), "ColorSpace": found[0], **kept}


def to_decoder(params: dict[str, Any]) -> dict[str, Any]:
    return {x: params[x] for x in ("ColorSpace", "Interleaving", "MeanImage", "VarianceImage")}


def size_parameter(rank: int, names: str) -> Parameter:
    return Parameter(
        "Size",
        read_size(rank),
        f"a number of pixels, {names} or Automatic",
        make_list([DEFAULT_EXTENT] * rank),
    )


coder(
    "Image",
    encoder=Side(
        arguments=(size_parameter(2, "{width, height}"), SPACE),
        options=(
            INTERLEAVING,
            Parameter("DataTransposed", read_truth, "True or False", FALSE),
            MEAN,
            VARIANCE,
            METHOD,
            RESAMPLING,
            *PLACING,
        ),
        port=image_port,
        encode=encode_images,
        accepts=accepts_array(Image, 3),
        summary=encoder_summary,
        check=check_space,
    ),
    decoder=Side(
        arguments=(DECODED_SPACE,),
        options=(INTERLEAVING, MEAN, VARIANCE),
        port=decoder_port(2),
        decode=decode_images,
        properties=("Decision",),
        summary=decoder_summary,
    ),
    to_encoder=image_to_encoder,
    to_decoder=to_decoder,
)


# ---- images in space: size {width, depth, height}, voxels (D, H, W, C), arrays (C, H, D, W)


def image_3d_port(params: dict[str, Any]) -> PortType:
    width, depth, height = extents(params, 3)
    channels = SPACES[params["ColorSpace"]]
    sides = (height, depth, width)
    return PortType("real", (*sides, channels) if params["Interleaving"] is TRUE else (channels, *sides))


def voxels(found: Encoder, image: Image3D) -> np.ndarray:
    """The image at the encoder's size and in its colour space, (D, H, W, C) from 0 to 1."""
    space = found.params["ColorSpace"]
    count = SPACES.get(image.space, image.channels)
    unit = convert(image.unit_planes()[..., :count], image.space, space).astype(np.float32)
    width, depth, height = extents(found.params, 3)
    if width is None or depth is None or height is None:
        return unit
    order = MODES.get(found.params["Resampling"], MODES["Linear"])
    size = (depth, height, width)
    if found.params["Method"] == "Stretch":
        return image3d.resized(unit, size, order)
    factors = [new / old for new, old in zip(size, unit.shape[:3], strict=True)]
    fill = found.params["Method"] == "Fill"
    factor = max(factors) if fill else min(factors)
    first, second, third = (max(1, round(factor * x)) for x in unit.shape[:3])
    unit = image3d.resized(unit, (first, second, third), order)
    first, second, third = unit.shape[:3]
    where = alignment(found.params["Alignment"]) or (0.0, 0.0)
    if fill:
        left, top = resizing.offsets((width, height), (third, second), where)
        front = (first - depth) // 2
        return unit[front : front + depth, top : top + height, left : left + width]
    left, top = resizing.offsets((third, second), (width, height), where)
    value = padding_values(found.params["Padding"], space, unit.dtype)
    before = ((depth - first) // 2, top, left)
    around = [(a, want - have - a) for a, want, have in zip(before, size, unit.shape, strict=False)]
    if isinstance(value, str):
        return np.pad(unit, (*around, (0, 0)), value)  # type: ignore[call-overload,no-any-return]
    made = np.empty((*size, unit.shape[3]), np.float32)
    made[...] = value
    made[tuple(slice(a, a + n) for (a, _), n in zip(around, unit.shape, strict=False))] = unit
    return made


def encode_3d(ev: Any, found: Encoder, values: Sequence[Any]) -> Any:
    shape = found.side.port(found.params).shape or ()
    rows = []
    for value in values:
        array = None
        if type(value) is Image3D:
            array = np.swapaxes(normalized(found, voxels(found, value)[None])[0], 0, 1)  # (H, D, W, C)
            if found.params["Interleaving"] is not TRUE:
                array = np.moveaxis(array, -1, 0)
        else:
            array = numeric(value)
        if array is None or not fits(array.shape, shape):
            text = f'The encoder "Image3D" takes an Image3D, not {show(value)}.'
            raise NetError("NetEncoder", "invalid", text)
        rows.append(np.ascontiguousarray(array, np.float32))
    if len({x.shape for x in rows}) > 1:
        raise NetError("NetEncoder", "size", "The images of one batch must be of one size here.")
    return np.stack(rows) if rows else np.zeros((0,), np.float32)


def decode_3d(ev: Any, found: Any, array: np.ndarray, name: str, argument: Any) -> list[Any]:
    if name == "None":
        return [value_of(row) for row in array]
    sides = (2, 3) if found.params["Interleaving"] is not TRUE else (1, 2)
    made, space = decoded_pixels(found, np.swapaxes(array, *sides), 3)
    return [Image3D(x, "Real32", space) for x in made]


def image_3d_to_encoder(params: dict[str, Any], port: PortType) -> dict[str, Any] | None:
    found = channel_space(params, port)
    if found is None or len(found[1]) != 3:
        return None
    height, depth, width = found[1]
    kept = {x: params[x] for x in ("Interleaving", "MeanImage", "VarianceImage")}
    return {"Size": make_list((width, depth, height)), "ColorSpace": found[0], **kept}


coder(
    "Image3D",
    encoder=Side(
        arguments=(size_parameter(3, "{width, depth, height}"), SPACE._replace(default="Grayscale")),
        options=(INTERLEAVING, MEAN, VARIANCE, METHOD, RESAMPLING_3D, *PLACING),
        port=image_3d_port,
        encode=encode_3d,
        accepts=accepts_array(Image3D, 4),
        summary=encoder_summary,
        check=check_space,
    ),
    decoder=Side(
        arguments=(DECODED_SPACE,),
        options=(INTERLEAVING, MEAN, VARIANCE),
        port=decoder_port(3),
        decode=decode_3d,
        properties=("Decision",),
        summary=decoder_summary,
    ),
    to_encoder=image_3d_to_encoder,
    to_decoder=to_decoder,
)
