"""Picture files: PNG, SVG and PDF of pictures; PNG, JPEG, GIF, BMP and TIFF of images, both ways."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np

from wlnet.expr import Expr, S, make_list, packed
from wlnet.kernel.formats import FormatError, register, source_bytes

from .colors import number
from .figure import RESOLUTION, is_drawable, picture_array, picture_bytes
from .image import Image, shown_array
from .options import image_size

DRAWN = {"PNG": "png", "SVG": "svg", "PDF": "pdf"}
PIXELS = {"PNG": ("png",), "JPEG": ("jpg", "jpeg"), "GIF": ("gif",), "BMP": ("bmp",), "TIFF": ("tif", "tiff")}
ELEMENTS = ("Image", "Data", "ImageSize", "Graphics")


def resolution_of(options: dict[str, Any]) -> float:
    setting = options.get("ImageResolution")
    value = number(setting)
    if setting is None or setting is S.Automatic:
        return RESOLUTION
    if value is None or not 1 <= value <= 10_000:
        raise FormatError("ImageResolution is a number of dots an inch, such as 72, 144 or 300.")
    return value


def picture_file(name: str) -> Any:
    """(ev, value, options) -> the bytes of a picture file."""

    def text(ev: Any, value: Any, options: dict[str, Any]) -> bytes:
        e = picture_of(value)
        resolution = resolution_of(options)
        width = None
        if "ImageSize" in options:
            width = image_size(options["ImageSize"])[0]
        if type(e) is Image and name in PIXELS:
            return encoded(shown_array(e), name)
        if name in DRAWN:
            made = picture_bytes(ev, e, DRAWN[name], resolution, width)
            if made is None:
                raise FormatError("it holds nothing that can be drawn.")
            return made
        return encoded(picture_array(ev, e, width, resolution)[..., :3] / 255.0, name)

    return text


def picture_of(value: Any) -> Any:
    """What is drawn: a picture itself, or any other expression as a text."""
    if is_drawable(value):
        return value
    if type(value) is Expr and value.head in (S.Graphics, S.Graphics3D):
        raise FormatError("a picture without contents.")
    shown = Expr(S.Text, (Expr(S.Style, (value, 14)),))
    return Expr(S.Graphics, (shown, Expr(S.Rule, (S.ImageSize, 360))))


def encoded(array: np.ndarray, name: str) -> bytes:
    """An image file of float pixels 0 ... 1."""
    from PIL import Image as Pillow

    if name in ("JPEG", "BMP") and array.ndim == 3:
        array = array[..., :3]
    stream = io.BytesIO()
    pixels = np.rint(np.clip(array, 0, 1) * 255).astype(np.uint8)
    quality = {"quality": 92} if name == "JPEG" else {}
    Pillow.fromarray(pixels).save(stream, format=name, **quality)
    return stream.getvalue()


def read_image(ev: Any, source: Path | bytes, element: str | None, options: dict[str, Any]) -> Any:
    """An image file as an Image; element "Data" gives the array, "ImageSize" {width, height}."""
    from PIL import Image as Pillow
    from PIL import UnidentifiedImageError

    try:
        with Pillow.open(io.BytesIO(source_bytes(source))) as opened:
            opened.load()
            found = from_pillow(opened)
    except (UnidentifiedImageError, OSError, ValueError) as fault:
        raise FormatError(f"the file holds no image that can be read ({fault}).") from None
    if element == "ImageSize":
        return make_list(found.dimensions)
    return packed(found.unit()) if element == "Data" else found


def from_pillow(opened: Any) -> Image:
    """Grey, coloured and 16-bit images as they are; palettes become colours."""
    if opened.mode in ("I;16", "I"):
        return Image(np.asarray(opened), "Bit16")
    if opened.mode == "1":
        return Image(np.asarray(opened).astype(np.uint8), "Bit")
    if opened.mode not in ("L", "LA", "RGB", "RGBA"):
        opened = opened.convert("RGBA" if "transparency" in opened.info else "RGB")
    return Image(np.asarray(opened), "Byte")


for _name, _extensions in PIXELS.items():
    register(_name, _extensions, read=read_image, text=picture_file(_name), elements=ELEMENTS)
for _name in ("SVG", "PDF"):
    register(_name, (_name.lower(),), text=picture_file(_name))
