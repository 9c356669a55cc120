"""Images: values, types, shapes, filters, arithmetic, files, against NumPy, Pillow and SciPy."""

from __future__ import annotations

import colorsys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from scipy import ndimage

from wlnet.media.image import Image, from_pillow, to_space
from wlnet.media.spaces import SPACES, convert

from .conftest import Studio

PIXELS = np.random.default_rng(5).integers(0, 256, (6, 8, 3)).astype(np.uint8)


@pytest.fixture
def with_image(studio: Studio) -> Studio:
    """A session in which `i` is a coloured image of 8 x 6 bytes, `g` a grey one of reals."""
    studio.put("i", Image(PIXELS, "Byte"))
    studio.put("g", Image(PIXELS[..., 0] / 255, "Real64"))
    return studio


VALUES = [
    ('ImageType[Image[{{0, 1}}, "Bit"]]', "Bit"),
    ('ImageData[Image[{{0, 300}}, "Byte"], "Byte"]', "{{0, 255}}"),
    ('ImageData[Image[Image[{{0, 0.5}}], "Byte"], "Byte"]', "{{0, 128}}"),
    ('ImageData[Image[{{0, 65535}}, "Bit16"]]', "{{0., 1.}}"),
    ("ImageDimensions[Image[{{{1, 2}}, {{0, 1}}, {{0, 0}}}, Interleaving -> False]]", "{2, 1}"),
    ("ImageChannels[Image[{{{1, 2}}, {{0, 1}}, {{0, 0}}}, Interleaving -> False]]", "3"),
    ("ImageColorSpace /@ {Image[{{1}}], Image[{{{1, 0, 0, 1}}}]}", "{Grayscale, RGB}"),
    ('ImageColorSpace[Image[{{{1, 0, 0}}}, ColorSpace -> "HSB"]]', "HSB"),
    ('Image[{{0, 1}}] === Image[{{0, 1}}]', "True"),
    ('Image[{{0, 1}}, "Byte"] === Image[{{0, 1/255}}]', "False"),
    ('ToExpression[ToString[Image[{{0, 0.5}}, "Byte"], InputForm]] === Image[{{0, 0.5}}, "Byte"]', "True"),
    ("{Head[Image[{{0, 1}}]], AtomQ[Image[{{0, 1}}]], Image[{{0, 1}}]}", "{Image, True, -Image-}"),
    ("Replace[Image[{{0, 1}}], x_Image :> ImageDimensions[x]]", "{2, 1}"),
    ("PixelValue[Image[{{0, 0.5}, {1, 0.25}}], {{1, 1}, {2, 2}}]", "{1., 0.5}"),
    ("ImageDimensions /@ ImageResize[{Image[{{0, 1}}], Image[{{0}, {1}}]}, 4]", "{{4, 2}, {4, 8}}"),
    ("ImageDimensions /@ (ImageResize[Image[ConstantArray[0, {10, 20}]], #] & /@ "
     "{Scaled[1/2], {Automatic, 5}, {10}, {UpTo[100], All}})", "{{10, 5}, {10, 5}, {10, 5}, {20, 10}}"),
    ("ImageData[ImageTake[Image[{{0, 1}, {0.5, 0.25}}], {2, 2}, -1]]", "{{0.25}}"),
    ("ImageDimensions[ImageCrop[Image[ConstantArray[1, {4, 4}]], {6, 2}]]", "{6, 2}"),
    ("ImageData[ImageCrop[Image[{{0, 1, 0.5, 0.25}}], {2, 1}, Right]]", "{{0.5, 0.25}}"),
    ("ImageData[ImageCrop[Image[{{1, 1}}], {2, 3}, Padding -> 0.5]]", "{{0.5, 0.5}, {1., 1.}, {0.5, 0.5}}"),
    ("ImageData[ImagePad[Image[{{0, 1}}], 1, \"Fixed\"]][[2]]", "{0., 0., 1., 1.}"),
    ("ImageData[ImagePad[Image[{{0, 1, 0.5}}], {{-1, 0}, {0, 0}}]]", "{{1., 0.5}}"),
    ("ImageData[ImagePad[Image[{{{1, 0, 0}}}], {{1, 0}, {0, 0}}, Blue]]", "{{{0., 0., 1.}, {1., 0., 0.}}}"),
    ("ImageData[ImageRotate[Image[{{0, 1}, {0.5, 0.25}}], -Pi/2]]", "{{0.5, 0.}, {0.25, 1.}}"),
    ("ImageData[ImageReflect[Image[{{0}, {1}}]]]", "{{1.}, {0.}}"),
    ("ImageDimensions[ImageAssemble[ImagePartition[Image[ConstantArray[0, {6, 8}]], 2]]]", "{8, 6}"),
    ("With[{x = Image[RandomReal[1, {6, 8}]]}, ImageAssemble[ImagePartition[x, 2]] === x]", "True"),
    ('ImageDimensions[ImageCollage[{Image[{{0}}], Image[{{1}}]}, "Fit", 40]]', "{40, 25}"),
    ("ImageData[ColorNegate[Image[{{{0, 0, 1, 0.5}}}]]]", "{{{1., 1., 0., 0.5}}}"),
    ("ImageData[ImageAdjust[Image[{{0.2, 0.4}}], {0, 0, 2}]]", "{{0.04, 0.16}}"),
    ("ImageData[ImageAdjust[Image[{{0.2, 0.4}}], 1]]", "{{0., 0.3}}"),
    ("ImageData[ImageAdjust[Image[{{0.25, 0.375}}], {0, 0}, {0.25, 0.5}]]", "{{0., 0.5}}"),
    ('ImageData[Binarize[Image[{{0.2, 0.4, 0.9}}], {0.3, 0.5}], "Bit"]', "{{0, 1, 0}}"),
    ('ImageData[Binarize[Image[{{{1, 0, 0}, {0, 1, 0}}}], #[[1]] > #[[2]] &], "Bit"]', "{{1, 0}}"),
    ("ImageData[ImageApply[Reverse, Image[{{{1, 0.5, 0}}}]]]", "{{{0., 0.5, 1.}}}"),
    ("ImageData[ImageApply[Max, {Image[{{0, 1}}], Image[{{0.5, 0.25}}]}]]", "{{0.5, 1.}}"),
    ("ImageData /@ ColorSeparate[Image[{{{1, 0, 0}}}], \"HSB\"]", "{{{0.}}, {{1.}}, {{1.}}}"),
    ("ImageData[Image[{{0.5, 0.25}}] + Image[{{0.5, 0.5}}]]", "{{1., 0.75}}"),
    ("ImageData[(1 - Image[{{0.25}}])/2]", "{{0.375}}"),
    ("ImageData[Sqrt[Image[{{0.25}}]]]", "{{0.5}}"),
    ("ImageData[ImageSubtract[Image[{{{1, 1, 1}}}], Red]]", "{{{0., 1., 1.}}}"),
    ("ImageData[Image[{{{1, 1, 1, 0.5}}}]/2]", "{{{0.5, 0.5, 0.5, 0.5}}}"),  # opacity is no colour
    ("Dimensions[ImageData[Colorize[{{0, 1}, {2, 3}}]]]", "{2, 2, 3}"),
    ("ImageData[Colorize[{{0.}}], \"Byte\"]", "{{{71, 28, 135}}}"),
    ("ImageDimensions[ConstantImage[Red, {3, 2}]]", "{3, 2}"),
    ("ImageDimensions[Image[Graphics[Disk[], ImageSize -> 50]]]", "{50, 50}"),
    ("MatchQ[RemoveAlphaChannel[Image[{{{1, 0, 0, 0.5}}}]], x_ /; ImageChannels[x] == 3]", "True"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "wanted"), VALUES)
def test_values(studio: Studio, code: str, wanted: str) -> None:
    assert studio.text(code) == wanted


ERRORS = [
    ("ImageDimensions[7]", "ImageDimensions::imginv: 7 is not an image"),
    ("ImageData[{1, 2}]", "ImageData::imginv"),
    ("Image[{1, 2}]", "Image::imginv"),
    ('Image["foo"]', "Image::imginv: foo is not an image"),
    ("Audio[3]", "Audio::audioinv"),
    ('Image[{{1}}, "Complex"]', "Image::type"),
    ('Image[{{1}}, ColorSpace -> "Foo"]', 'Image::space: Foo is not a colour space; known are "Grayscale"'),
    ('Image[{{1}}, ColorSpace -> "RGB"]', "Image::imginv"),
    ("ImageResize[Image[{{1}}], -3]", "ImageResize::size"),
    ('ImageResize[Image[{{1}}], 3, Resampling -> "Magic"]', "ImageResize::setting"),
    ("ImageTake[Image[{{1}}], 3]", "ImageTake::range"),
    ("ImagePad[Image[{{1}}], x]", "ImagePad::arg"),
    ("ImagePad[Image[{{1}}], 1, foo]", "ImagePad::setting"),
    ("PixelValue[Image[{{1}}], {2, 1}]", "PixelValue::outside"),
    ('ColorConvert[Image[{{1}}], "Infrared"]', "ColorConvert::space"),
    ("ImageApply[f, Image[{{1}}]]", "ImageApply::arg"),
    ("ImageAssemble[{{Image[{{1}}]}, {Image[{{1, 1}}]}}]", "ImageAssemble::arg"),
    ("ImageAdd[Image[{{1}}], x]", "ImageAdd::arg"),
    ("GaussianFilter[Image[{{1}}], -1]", "GaussianFilter::radius"),
]


@pytest.mark.parametrize(("code", "wanted"), ERRORS)
def test_errors(studio: Studio, code: str, wanted: str) -> None:
    assert studio.message(code).startswith(wanted)


def test_resized_as_pillow_does(with_image: Studio) -> None:
    wanted = np.asarray(Pillow.fromarray(PIXELS).resize((5, 9), Pillow.Resampling.BICUBIC)) / 255
    assert np.allclose(with_image.array("ImageResize[i, {5, 9}]"), wanted)
    plane = Pillow.fromarray((PIXELS[..., 0] / 255).astype(np.float32))
    wanted = np.asarray(plane.resize((5, 9), Pillow.Resampling.LANCZOS)).clip(0, 1)
    found = with_image.array('ImageResize[g, {5, 9}, Resampling -> "Lanczos"]')
    assert np.allclose(found, wanted.clip(PIXELS[..., 0].min() / 255, PIXELS[..., 0].max() / 255), atol=1e-6)


def test_rotated_as_pillow_does(with_image: Studio) -> None:
    found = with_image.array("ImageRotate[g, Pi/6]")
    plane = Pillow.fromarray((PIXELS[..., 0] / 255).astype(np.float32))
    wanted = np.asarray(plane.rotate(30, Pillow.Resampling.BILINEAR, expand=True))
    assert np.allclose(found, wanted, atol=1e-6)


def test_filters_as_scipy(with_image: Studio) -> None:
    plane = PIXELS[..., 0] / 255
    blurred = ndimage.gaussian_filter(plane, 1.5, mode="nearest", radius=3)
    assert np.allclose(with_image.array("GaussianFilter[g, 3]"), blurred)
    assert np.allclose(with_image.array("Blur[g, 3]"), blurred)
    assert np.allclose(
        with_image.array("MedianFilter[g, 1]"), ndimage.median_filter(plane, 3, mode="nearest")
    )
    assert np.allclose(
        with_image.array("MaxFilter[g, {1, 0}]"), ndimage.maximum_filter(plane, (3, 1), mode="nearest")
    )
    coloured = with_image.array('MeanFilter[Image[i, "Real64"], 1]')
    assert np.allclose(coloured[..., 2], ndimage.uniform_filter(PIXELS[..., 2] / 255, 3, mode="nearest"))


def test_threshold_by_all_of_them(with_image: Studio) -> None:
    gray = (PIXELS[..., 0] / 255).ravel()

    def between(t: float) -> float:
        low, high = gray[gray <= t], gray[gray > t]
        return len(low) * len(high) * (low.mean() - high.mean()) ** 2 if len(low) and len(high) else 0.0

    found = with_image.array("Binarize[g]").ravel() > 0
    best = max(between(t) for t in gray)
    assert np.isclose(between(gray[~found].max()), best, rtol=1e-3)


def test_colour_spaces() -> None:
    colours = np.random.default_rng(2).random((50, 3))
    hsb = np.array([colorsys.rgb_to_hsv(*c) for c in colours])
    assert np.allclose(convert(colours, "RGB", "HSB"), hsb)
    for space in SPACES:
        if space != "Grayscale":
            assert np.allclose(convert(convert(colours, "RGB", space), space, "RGB"), colours, atol=1e-6), (
                space
            )
    # White and red in CIE L*a*b* (D65), from the definition's published values.
    assert np.allclose(convert(np.array([1.0, 1, 1]), "RGB", "LAB"), [1, 0, 0], atol=1e-4)
    assert np.allclose(convert(np.array([1.0, 0, 0]), "RGB", "LAB") * 100, [53.24, 80.09, 67.20], atol=0.02)
    assert to_space(Image(colours[None], "Real64"), "LAB").kind == "Real64"


@pytest.mark.parametrize("extension", ["png", "tif", "bmp", "gif", "webp"])
def test_files(with_image: Studio, tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"a.{extension}"
    with_image.value(f'Export["{path}", ImageResize[ConstantImage[Red, {{4, 3}}], 8]]')
    found = with_image.array(f'Import["{path}"]')
    assert found.shape[:2] == (6, 8)
    assert np.allclose(found[2, 2], (1, 0, 0), atol=0.05)
    assert with_image.text(f'Import["{path}", "ImageSize"]') == "{8, 6}"


def test_files_keep_bytes_and_16_bits(with_image: Studio, tmp_path: Path) -> None:
    assert with_image.text(f'Import[Export["{tmp_path}/i.png", i]] === i') == "True"
    deep = 'd = Image[{{0, 1000, 65535}}, "Bit16"]; '
    assert with_image.text(deep + f'Import[Export["{tmp_path}/d.png", d]] === d') == "True"
    clear = f'Import[Export["{tmp_path}/c.png", Image[{{{{{{255, 0, 0, 128}}}}}}, "Byte"]]]'
    assert with_image.text(f'ImageData[{clear}, "Byte"]') == "{{{255, 0, 0, 128}}}"
    assert with_image.text(f'ImageChannels[Import[Export["{tmp_path}/c.jpg", {clear}]]]') == "3"
    frames = [Pillow.fromarray(np.full((2, 2), k, np.uint8)) for k in (10, 200)]
    frames[0].save(tmp_path / "f.gif", save_all=True, append_images=frames[1:])
    assert with_image.text(f'Length[Import["{tmp_path}/f.gif", "ImageList"]]') == "2"
    small = [
        with_image.value(
            f'FileByteCount[Export["{tmp_path}/q.jpg", ImageResize[i, 100], "CompressionLevel" -> {c}]]'
        )
        for c in (0.1, 0.9)
    ]
    assert small[1] < small[0]
    (tmp_path / "bad.png").write_text("no image")
    assert "Import::err" in with_image.message(f'Import["{tmp_path}/bad.png"]')


def test_python_reads_and_gives_images(with_image: Studio) -> None:
    session = with_image.session
    found = session.evaluate("i")
    assert np.array_equal(np.asarray(found), PIXELS)
    assert np.array_equal(np.asarray(found.pillow()), PIXELS)
    session["p"] = Pillow.fromarray(PIXELS)
    assert session.evaluate("p === i") is True
    assert found._repr_png_().startswith(b"\x89PNG")
    assert from_pillow(Pillow.fromarray(PIXELS).convert("P")).space == "RGB"
