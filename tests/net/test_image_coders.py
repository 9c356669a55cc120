"""Encoders and decoders of images in the plane and in space, against Pillow and NumPy."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow

from wlnet.expr import NumericArray
from wlnet.media.image import Image
from wlnet.media.image3d import Image3D


@pytest.fixture
def pixels() -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (12, 20, 3)).astype(np.uint8)


@pytest.fixture
def wi(wl: Any, pixels: np.ndarray) -> Any:
    """A session in which `i` is a coloured image of 20 x 12 pixels."""
    wl.session.state.resolve("i").own = Image(pixels, "Byte")
    return wl


def encoded(wl: Any, code: str) -> np.ndarray:
    return np.asarray(wl.value(code))


def test_array_is_the_pixels_from_0_to_1(wi: Any, pixels: np.ndarray) -> None:
    found = encoded(wi, 'NetEncoder[{"Image", {20, 12}}][i]')
    assert found.shape == (3, 12, 20)
    assert np.allclose(found, np.moveaxis(pixels, -1, 0) / 255, atol=1e-7)


def test_resized_as_pillow_does(wi: Any, pixels: np.ndarray) -> None:
    for name, how in (
        (None, "BICUBIC"),
        ("Nearest", "NEAREST"),
        ("Linear", "BILINEAR"),
        ("Lanczos", "LANCZOS"),
    ):
        setting = "" if name is None else f', Resampling -> "{name}"'
        wanted = np.asarray(Pillow.fromarray(pixels).resize((7, 9), Pillow.Resampling[how])) / 255
        found = encoded(wi, f'NetEncoder[{{"Image", {{7, 9}}{setting}}}][i]')
        assert np.allclose(np.moveaxis(found, 0, -1), wanted, atol=1e-6), name


def test_grey_is_the_luma(wi: Any, pixels: np.ndarray) -> None:
    found = encoded(wi, 'NetEncoder[{"Image", {20, 12}, "Grayscale"}][i]')
    assert np.allclose(found[0], pixels @ [0.299, 0.587, 0.114] / 255, atol=2.1e-3)  # of one byte


def test_order_of_dimensions(wi: Any) -> None:
    assert wi('Dimensions[NetEncoder[{"Image", {8, 6}, Interleaving -> True}][i]]') == "{6, 8, 3}"
    assert wi('Dimensions[NetEncoder[{"Image", {8, 6}, "DataTransposed" -> True}][i]]') == "{3, 8, 6}"
    plain = encoded(wi, 'NetEncoder[{"Image", {8, 6}}][i]')
    turned = encoded(wi, 'NetEncoder[{"Image", {8, 6}, "DataTransposed" -> True}][i]')
    assert np.array_equal(turned, np.swapaxes(plain, 1, 2))
    assert wi('Dimensions[NetEncoder["Image"][i]]') == "{3, 128, 128}"
    assert wi('Dimensions[NetEncoder[{"Image", Automatic}][i]]') == "{3, 12, 20}"


def test_mean_and_variance(wi: Any) -> None:
    plain = encoded(wi, 'NetEncoder[{"Image", {20, 12}}][i]')
    one = encoded(wi, 'NetEncoder[{"Image", {20, 12}, "MeanImage" -> 0.5, "VarianceImage" -> 0.25}][i]')
    assert np.allclose(one, (plain - 0.5) / 0.5, atol=1e-6)
    three = encoded(wi, 'NetEncoder[{"Image", {20, 12}, "MeanImage" -> {0.1, 0.2, 0.3}}][i]')
    assert np.allclose(three, plain - np.array([0.1, 0.2, 0.3])[:, None, None], atol=1e-6)
    assert np.allclose(encoded(wi, 'NetEncoder[{"Image", {20, 12}, "MeanImage" -> i}][i]'), 0, atol=1e-6)
    back = (
        'With[{e = NetEncoder[{"Image", {20, 12}, "MeanImage" -> {0.1, 0.2, 0.3}, "VarianceImage" -> 0.5}]}, '
    )
    assert wi(back + "Max[Abs[ImageData[NetDecoder[e][e[i]]] - ImageData[i]]] < 10^-6]") == "True"


def test_methods_of_fitting(wl: Any) -> None:
    wl.value("j = Image[{{0.5, 0.5, 1, 1}, {0.5, 0.5, 1, 1}}]")
    code = 'NetEncoder[{{"Image", {{4, 4}}, "Grayscale", Resampling -> "Nearest", {}}}][j][[1]]'
    fit = encoded(wl, code.format('Method -> "Fit", Padding -> White'))
    assert np.allclose(fit, [[1, 1, 1, 1], [0.5, 0.5, 1, 1], [0.5, 0.5, 1, 1], [1, 1, 1, 1]])
    low = encoded(wl, code.format('Method -> "Fit", Alignment -> Bottom'))
    assert np.allclose(low, [[0] * 4, [0] * 4, [0.5, 0.5, 1, 1], [0.5, 0.5, 1, 1]])
    fill = encoded(wl, code.format('Method -> "Fill"'))
    assert np.allclose(fill, [[0.5, 0.5, 1, 1]] * 4)
    right = encoded(wl, code.format('Method -> "Fill", Alignment -> Right'))
    assert np.allclose(right, 1)


def test_batches_and_files(wi: Any, tmp_path: Path, pixels: np.ndarray) -> None:
    Pillow.fromarray(pixels).save(tmp_path / "a.png")
    wi.value('e = NetEncoder[{"Image", {20, 12}}]')
    assert wi(f'e[File["{tmp_path}/a.png"]] == e[i]') == "True"
    assert wi('Dimensions[e[{i, ImageResize[i, 5], ColorConvert[i, "Grayscale"]}]]') == "{3, 3, 12, 20}"
    assert wi("e[{i, e[i]}][[1]] == e[{i, e[i]}][[2]]") == "True"  # what is encoded already passes
    assert "cannot be read" in wi.error('e[File["/no/such.png"]]')
    (tmp_path / "b.png").write_text("no image")
    assert "NetEncoder::file" in wi.error(f'e[File["{tmp_path}/b.png"]]')
    assert 'not "x"' in wi.error('e["x"]')
    assert "one size" in wi.error('NetEncoder[{"Image", Automatic}][{i, ImageResize[i, 5]}]')


def test_opacity_is_left_out(wl: Any) -> None:
    code = 'Dimensions[NetEncoder[{"Image", {1, 1}}][Image[{{{1, 0, 0, 0.5}}}]]]'
    assert wl(code) == "{3, 1, 1}"


def test_decoder(wl: Any) -> None:
    assert wl('ImageData[NetDecoder["Image"][{{{0, 2}, {0.5, -1}}}]]') == "{{0., 1.}, {0.5, 0.}}"
    assert wl('ImageColorSpace[NetDecoder["Image"][ConstantArray[0.5, {3, 2, 2}]]]') == "RGB"
    assert (
        wl('ImageDimensions[NetDecoder[{"Image", Interleaving -> True}][ConstantArray[0.5, {4, 5, 3}]]]')
        == "{5, 4}"
    )
    assert wl('ImageColorSpace[NetDecoder[{"Image", "HSB"}][ConstantArray[0.5, {3, 2, 2}]]]') == "HSB"
    assert "3 channels for RGB" in wl.error('NetDecoder[{"Image", "RGB"}][ConstantArray[0.5, {2, 2, 2}]]')
    assert wl('NetDecoder["Image"][{{{0, 2}}}, "Properties"]') == "{Decision}"
    assert wl('Head /@ NetDecoder["Image"][{{{{0.}}}, {{{1.}}}}]') == "{Image, Image}"


def test_space(wl: Any) -> None:
    voxels = np.random.default_rng(1).random((4, 5, 6))
    wl.session.state.resolve("v").own = Image3D(voxels, "Real64")
    assert wl("ImageDimensions[v]") == "{6, 4, 5}"
    found = encoded(wl, 'NetEncoder[{"Image3D", {6, 4, 5}}][v]')
    assert found.shape == (1, 5, 4, 6)
    assert np.allclose(found[0], np.swapaxes(voxels, 0, 1), atol=1e-6)
    wl.value('e = NetEncoder[{"Image3D", {6, 4, 5}, "MeanImage" -> 0.25}]')
    assert wl("Max[Abs[ImageData[NetDecoder[e][e[v]]] - ImageData[v]]] < 10^-6") == "True"
    assert wl('Dimensions[NetEncoder[{"Image3D", {3, 8, 2}, "RGB"}][{v, v}]]') == "{2, 3, 2, 8, 3}"
    for method in ("Fit", "Fill"):
        assert wl(f'Dimensions[NetEncoder[{{"Image3D", 4, Method -> "{method}"}}][v]]') == "{1, 4, 4, 4}"


ERRORS = [
    ('NetEncoder[{"Image", {0, 2}}]', '"Size" of "Image" must be a number of pixels'),
    ('NetEncoder[{"Image", 3, "Foo"}]', '"ColorSpace" of "Image" must be one of "Grayscale"'),
    ('NetEncoder[{"Image", 3, Method -> "Bad"}]', 'must be "Stretch", "Fit" or "Fill"'),
    ('NetEncoder[{"Image", 3, "MeanImage" -> {1, 2}}][Image[{{1}}]]', "has 2 numbers for 3 channels"),
    ('NetEncoder[{"Image", 3, Resampling -> "Magic"}]', "must be Automatic or one of"),
    ('NetEncoder[{"Image", 3, "Sise" -> 3}]', 'has no parameter "Sise".'),
]


@pytest.mark.parametrize(("code", "text"), ERRORS)
def test_errors(wl: Any, code: str, text: str) -> None:
    assert text in wl.error(code)


def test_on_ports_and_in_files(wi: Any, tmp_path: Path) -> None:
    wi.value("layers = {ElementwiseLayer[1 - # &]}")
    wi.value('n = NetChain[layers, "Input" -> {"Image", {20, 12}, "MeanImage" -> i}, "Output" -> "Image"]')
    assert wi("ImageQ[n[i]]") == "True"
    wi.value(f'Export["{tmp_path}/n.wlnet", n]')
    assert wi(f'Import["{tmp_path}/n.wlnet"] === n') == "True"
    ports = '{"Input" -> NetEncoder[{"Image", {20, 12}, "Grayscale"}], "Output" -> NetDecoder["Image"]}'
    wi.value(f"g = NetReplacePart[NetChain[layers], {ports}]")
    assert (
        wi('Max[Abs[ImageData[g[i]] - ImageData[ColorNegate[ColorConvert[i, "Grayscale"]]]]] < 0.003')
        == "True"
    )
    assert wi("Head[g[i, None]]") == "List"
    assert wi("Length[g[{i, i}]]") == "2"


def test_training_attaches_them(wl: Any) -> None:
    wl.session.state.progress_stream = io.StringIO()
    data = "d = {Image[{{1, 0}, {0, 0}}] -> 0.5, Image[{{0, 0}, {0, 1}}] -> 0.25}"
    wl.value(data)
    net = wl.value("NetTrain[NetChain[{FlattenLayer[], LinearLayer[]}], d, MaxTrainingRounds -> 1]")
    assert str(net.inputs["Input"].coder) == "<NetEncoder Image>"
    assert net.inputs["Input"].shape == (1, 2, 2)
    fixed = wl.value(
        'NetTrain[NetChain[{FlattenLayer[], LinearLayer[]}, "Input" -> {3, 4, 5}], d, MaxTrainingRounds -> 1]'
    )
    assert fixed.inputs["Input"].coder.params["ColorSpace"] == "RGB"


def test_numeric_arrays_pass(wl: Any) -> None:
    found = wl.value('NetEncoder[{"Image", {2, 1}, "Grayscale"}][NumericArray[{{{0.5, 1}}}, "Real32"]]')
    assert np.allclose(found.array if isinstance(found, NumericArray) else found, [[[0.5, 1]]])


def test_alignment_of_images_in_space(wl: Any) -> None:
    """As of flat ones: where a picture that is fitted lies, which part of one that fills is kept."""
    ramp = np.arange(1, 5) / 8
    wl.session.state.resolve("r").own = Image3D(np.broadcast_to(ramp[:, None], (1, 1, 4, 1)).copy(), "Real64")
    code = 'NetEncoder[{{"Image3D", {{4, 1, 3}}, Method -> "Fit", Alignment -> {}}}][r][[1, All, 1, 1]]'
    assert [list(encoded(wl, code.format(x)) > 0) for x in ("Top", "Center", "Bottom")] == np.eye(3).tolist()
    code = 'NetEncoder[{{"Image3D", {{2, 1, 1}}, Method -> "Fill", Alignment -> {}}}][r][[1, 1, 1]]'
    for x, first in (("Left", 0), ("Center", 1), ("Right", 2)):
        np.testing.assert_allclose(encoded(wl, code.format(x)), ramp[first : first + 2])


@pytest.mark.parametrize(
    ("setting", "wanted"),
    [
        ("ColorSpace -> Automatic", "NetEncoder::parameter: An encoder needs its ColorSpace."),
        ('Resampling -> "Lanczos"', 'NetEncoder::parameter: The parameter "Resampling" of "Image3D" must be'),
    ],
)
def test_settings_that_space_does_not_have(wl: Any, setting: str, wanted: str) -> None:
    assert wl.error(f'NetEncoder[{{"Image3D", {{4, 4, 4}}, {setting}}}]').startswith(wanted)
