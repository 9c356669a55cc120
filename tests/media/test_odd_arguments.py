"""No argument, however odd, makes a coder or a function of images and sounds end in a Python error."""

from __future__ import annotations

import pytest

import wlnet.net  # noqa: F401  (declares all coders)
from wlnet.net.coders import CODERS

from .conftest import Studio

ODD = (
    "x", "-1", "1.5", '"abc"', "{}", "{{1, 2}, {3}}", "None", "Automatic", "True", '{"a" -> 1}', "Infinity",
    "3 + I", 'File["/no"]', "10^30", 'Quantity[1, "Seconds"]', "_", "1 ;; 2", '{_, "a"}', "Image[{{1}}]",
)  # fmt: skip
FUNCTIONS = """ImageResize ImageCrop ImagePad ImageTake ImageRotate ImageReflect ColorConvert ImageAdjust
    Binarize Blur GaussianFilter ImagePartition PixelValue Thumbnail ImageAdd ImageSubtract ImageApply
    Colorize ImageConvolve ConstantImage DominantColors SetAlphaChannel RemoveAlphaChannel
    ColorSeparate ColorCombine ImageCollage ImageAssemble MedianFilter GradientFilter Audio
    AudioTrim AudioJoin Image3D Image ImageData Plus Times Power"""


def internal(studio: Studio, code: str) -> list[str]:
    studio.value(code)
    return [text for text in studio.messages if "::internal" in text]


@pytest.mark.parametrize("name", sorted(CODERS))
def test_coders(studio: Studio, name: str) -> None:
    for kind, side in (("NetEncoder", CODERS[name].encoder), ("NetDecoder", CODERS[name].decoder)):
        if side is None:
            continue
        for odd in ODD:
            for option in (*side.arguments, *side.options):
                assert not internal(studio, f'{kind}[{{"{name}", "{option.name}" -> {odd}}}]')
            for given in ("", ', {"a", "b"}', ', {_, "a"}'):
                code = f'e = {kind}[{{"{name}"{given}}}]; '
                code += f'If[Head[e] === {kind}, {{e[{odd}], e[{{{odd}}}, "Decision"]}}]'
                assert not internal(studio, code), code


@pytest.mark.parametrize("name", FUNCTIONS.split())
def test_functions(studio: Studio, name: str) -> None:
    for odd in ODD:
        for first in ("Image[{{0, 0.5}, {1, 0.2}}]", 'Image[{{{1, 0, 0, 0.5}}}, "Byte"]', "Audio[{0, 1}]"):
            code = f"{{{name}[{first}, {odd}], {name}[{odd}, {first}], {name}[{odd}]}}"
            assert not internal(studio, code), code
