"""Picture files of pictures that are drawn: PNG, SVG, PDF and what `wlnet.media` writes of images."""

from __future__ import annotations

from typing import Any

import numpy as np

from wlnet.expr import Expr, S
from wlnet.kernel.formats import FormatError, register
from wlnet.media.colors import number
from wlnet.media.image import Image
from wlnet.media.image_files import EXTENSIONS, encoded

from .figure import RESOLUTION, is_drawable, picture_array, picture_bytes
from .options import image_size

DRAWN = {"PNG": "png", "SVG": "svg", "PDF": "pdf"}


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
        if type(e) is Image and name in EXTENSIONS:
            return encoded(e, name, options)
        if name in DRAWN:
            made = picture_bytes(ev, e, DRAWN[name], resolution, width)
            if made is None:
                raise FormatError("it holds nothing that can be drawn.")
            return made
        pixels = np.ascontiguousarray(picture_array(ev, e, width, resolution)[..., :3])
        return encoded(Image(pixels, "Byte", "RGB"), name, options)

    return text


def picture_of(value: Any) -> Any:
    """What is drawn: a picture itself, or any other expression as a text."""
    if is_drawable(value):
        return value
    if type(value) is Expr and value.head in (S.Graphics, S.Graphics3D):
        raise FormatError("a picture without contents.")
    shown = Expr(S.Text, (Expr(S.Style, (value, 14)),))
    return Expr(S.Graphics, (shown, Expr(S.Rule, (S.ImageSize, 360))))


for _name, _extensions in EXTENSIONS.items():
    register(_name, _extensions, text=picture_file(_name))
for _name in ("SVG", "PDF"):
    register(_name, (_name.lower(),), text=picture_file(_name))
