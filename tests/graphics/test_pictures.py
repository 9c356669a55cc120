"""Graphics itself: primitives, options, combining, sizes, files."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from wlnet.expr import S
from wlnet.graphics import is_graphics, render

from .conftest import Studio, lines, parts, rules, share


@pytest.mark.parametrize(
    "primitive, least, most",
    [
        ("Disk[]", 0.6, 0.8),
        ("Rectangle[]", 0.8, 1.0),
        ("Polygon[{{0, 0}, {1, 0}, {0, 1}}]", 0.4, 0.5),
        (
            "Polygon[{{0, 0}, {4, 0}, {4, 4}, {0, 4}} -> {{{1, 1}, {3, 1}, {3, 3}, {1, 3}}}]",
            0.55,
            0.75,
        ),
        ("Disk[{0, 0}, 1, {0, Pi/2}]", 0.6, 0.8),
        ("Disk[{0, 0}, {2, 1}]", 0.6, 0.8),
        ("Line[{{0, 0}, {1, 1}}]", 0.001, 0.02),
        ("Circle[]", 0.002, 0.03),
        ("{PointSize[0.5], Point[{{0, 0}, {1, 1}}]}", 0.2, 0.7),
        ("Arrow[{{0, 0}, {1, 1}}]", 0.001, 0.03),
        ('Text[Style["HELLO", 60]]', 0.001, 0.3),
        ("GraphicsComplex[{{0, 0}, {1, 0}, {0, 1}}, Polygon[{1, 2, 3}]]", 0.4, 0.5),
        ("{Thickness[0.2], Line[{{0, 0}, {1, 0}}], Line[{{0, 1}, {1, 1}}]}", 0.15, 0.45),
    ],
)
def test_primitives_are_drawn(studio: Studio, primitive: str, least: float, most: float) -> None:
    pixels = studio.pixels(f"Graphics[{{Red, {primitive}}}, ImageSize -> 200]")
    red = (pixels[..., 0].astype(int) - pixels[..., 2] > 100).mean()
    assert least < red < most
    assert studio.messages == []


def test_exact_coordinates(studio: Studio) -> None:
    pixels = studio.pixels("Graphics[{Red, Rectangle[{0, 0}, {Pi, Sqrt[2]}], Line[{{0, 1/3}, {E, 1}}]}]")
    assert share(pixels, (255, 0, 0)) > 0.8 and studio.messages == []


def test_directives_end_with_their_list(studio: Studio) -> None:
    pixels = studio.pixels("Graphics[{{Red}, Disk[{0, 0}], {Blue, Disk[{3, 0}]}}]")
    assert (
        share(pixels, (0, 0, 0)) > 0.1
        and share(pixels, (0, 0, 255)) > 0.1
        and share(pixels, (255, 0, 0)) == 0
    )


def test_opacity_faces_and_edges(studio: Studio) -> None:
    pixels = studio.pixels("Graphics[{Opacity[0.5], Red, Disk[]}]")
    assert share(pixels, (255, 127, 127)) > 0.5
    pixels = studio.pixels(
        "Graphics[{FaceForm[Yellow], EdgeForm[Directive[Blue, AbsoluteThickness[20]]], Disk[]}]"
    )
    assert share(pixels, (255, 255, 0)) > 0.4 and share(pixels, (0, 0, 255)) > 0.05


def test_rasters(studio: Studio) -> None:
    pixels = studio.pixels("Graphics[Raster[{{0, 1}, {1, 0}}], ImageSize -> 100]")
    assert pixels[75, 25].max() < 10 and pixels[25, 25].min() > 245
    colored = studio.pixels("Graphics[Raster[{{{1, 0, 0}, {0, 0, 1}}}], ImageSize -> 100]")
    assert colored[25, 25].tolist() == [255, 0, 0] and colored[25, 75].tolist() == [0, 0, 255]


def test_insets(studio: Studio) -> None:
    pixels = studio.pixels(
        "Graphics[{LightGray, Rectangle[{0, 0}, {4, 4}], Inset[Graphics[{Red, Disk[]}], {2, 2}]}]"
    )
    middle = pixels[pixels.shape[0] // 2, pixels.shape[1] // 2]
    assert middle.tolist() == [255, 0, 0]


def test_what_is_not_understood_is_named_once(studio: Studio) -> None:
    studio.pixels("Graphics[{Disk[], BezierThing[1], BezierThing[2], Line[7]}]")
    assert len(studio.messages) == 1
    assert "BezierThing" in studio.messages[0] and "Line" in studio.messages[0]


@pytest.mark.parametrize(
    "size, wanted",
    [("300", (300, None)), ("{300, 150}", (300, 150)), ("Small", (240, None)), ("UpTo[120]", (120, None))],
)
def test_image_size(studio: Studio, size: str, wanted: tuple[int, int | None]) -> None:
    height, width = studio.pixels(f"Plot[x, {{x, 0, 1}}, ImageSize -> {size}]").shape[:2]
    assert width == wanted[0] and (wanted[1] is None or height == wanted[1])


def test_resolution(studio: Studio) -> None:
    assert studio.pixels("Plot[x, {x, 0, 1}, ImageSize -> 200]", 144.0).shape[1] == 400


def test_aspect_ratio(studio: Studio) -> None:
    tall = studio.pixels("Graphics[Rectangle[{0, 0}, {1, 2}], ImageSize -> 100]")
    assert 1.8 < tall.shape[0] / tall.shape[1] < 2.1
    flat = studio.pixels("Graphics[Rectangle[{0, 0}, {1, 2}], ImageSize -> 100, AspectRatio -> 1/4]")
    assert flat.shape[0] < 40


def test_plot_range(studio: Studio) -> None:
    pixels = studio.pixels(
        "Graphics[{Red, Disk[]}, PlotRange -> {{0, 0.5}, {0, 0.5}}, PlotRangeClipping -> True, "
        "ImageSize -> 100]"
    )
    assert share(pixels, (255, 0, 0)) > 0.8
    half = studio.pixels("Graphics[{Red, Disk[]}, PlotRange -> {{-1, 3}, {-1, 1}}, ImageSize -> 100]")
    assert share(half[:, 60:], (255, 0, 0)) == 0 and share(half[:, :40], (255, 0, 0)) > 0.5


def test_texts_around(studio: Studio) -> None:
    plain = studio.svg("Plot[x, {x, 0, 1}]")
    full = studio.svg('Plot[x, {x, 0, 1}, PlotLabel -> "Title", AxesLabel -> {"u", Style["v", Red]}]')
    framed = studio.svg('Plot[x, {x, 0, 1}, Frame -> True, FrameLabel -> {"time", "height"}]')
    for svg, texts in ((full, ("Title", "u", "v")), (framed, ("time", "height"))):
        for text in texts:
            assert f"<!-- {text} -->" in svg and f"<!-- {text} -->" not in plain


def test_axes_frames_grids(studio: Studio) -> None:
    bare = studio.pixels("Plot[5, {x, 0, 1}, Axes -> False, PlotStyle -> White]")
    assert share(bare, (255, 255, 255), 0) == 1
    for setting in ("Axes -> True", "Frame -> True, Axes -> False", "GridLines -> Automatic, Frame -> True"):
        assert (
            share(studio.pixels(f"Plot[5, {{x, 0, 1}}, {setting}, PlotStyle -> White]"), (255, 255, 255), 0)
            < 1
        )
    one = studio.svg("Plot[x, {x, 0, 1}, Ticks -> {{0.5}, None}]")
    assert "<!-- 0.5 -->" in one and "<!-- 0.2 -->" not in one
    named = studio.svg('Plot[x, {x, 0, 1}, Ticks -> {{{0.5, "half"}}, None}]')
    assert "<!-- half -->" in named
    themed = rules(studio.expr('Plot[x, {x, 0, 1}, PlotTheme -> "Scientific"]'))
    assert themed["Frame"] is S.True_ or str(themed["Frame"]) == "True"


def test_background_prolog_epilog(studio: Studio) -> None:
    pixels = studio.pixels("Graphics[{Red, Disk[]}, Background -> Blue]")
    assert share(pixels, (0, 0, 255)) > 0.1
    covered = studio.pixels("Graphics[{Red, Disk[]}, Epilog -> {Green, Disk[]}]")
    assert share(covered, (255, 0, 0)) < 0.01 and share(covered, (0, 255, 0)) > 0.5
    behind = studio.pixels("Graphics[{Red, Disk[]}, Prolog -> {Green, Disk[]}]")
    assert share(behind, (255, 0, 0)) > 0.5


def test_show_joins_pictures(studio: Studio) -> None:
    shown = studio.expr(
        'Show[Plot[x, {x, 0, 1}], ListPlot[{{0, 1}, {1, 0}}], PlotLabel -> "both", ImageSize -> 200]'
    )
    assert len(lines(shown)) == 1 and len(parts(shown, S.Point)) == 1
    assert rules(shown)["PlotLabel"] == "both" and rules(shown)["ImageSize"] == 200
    assert rules(studio.expr("Show[Plot[x, {x, 0, 1}], Axes -> False]"))["Axes"] is studio.expr("False")
    assert studio.expr('Show[Plot[x, {x, 0, 1}, PlotLegends -> {"a"}], Graphics[Disk[]]]').head is S.Legended


def test_show_names_what_cannot_be_shown(studio: Studio) -> None:
    studio.expr("Show[7]; Show[Graphics[Disk[]], Graphics3D[Cuboid[]]]")
    assert [m.split(" ")[0] for m in studio.messages] == ["Show::gtype:", "Show::gcomb:"]


def test_grids_of_pictures(studio: Studio) -> None:
    row = studio.pixels("GraphicsRow[{Graphics[{Red, Disk[]}], Graphics[{Blue, Disk[]}]}, ImageSize -> 200]")
    assert row.shape[1] == 200
    left, right = row[:, :100], row[:, 100:]
    assert (
        share(left, (255, 0, 0)) > 0.5 and share(right, (0, 0, 255)) > 0.5 and share(left, (0, 0, 255)) == 0
    )
    column = studio.pixels(
        "GraphicsColumn[{Graphics[{Red, Disk[]}], Graphics[{Blue, Disk[]}]}, ImageSize -> 100]"
    )
    assert 200 <= column.shape[0] < 220 and share(column[:100], (255, 0, 0)) > 0.5
    grid = studio.pixels(
        "GraphicsGrid[{{Graphics[Disk[]], Graphics[Disk[]]}, {Graphics[Disk[]]}}, ImageSize -> 200]"
    )
    assert 200 <= grid.shape[0] < 220


def test_graphics_3d(studio: Studio) -> None:
    pixels = studio.pixels("Graphics3D[{Red, Sphere[]}, Boxed -> False]").astype(int)
    assert ((pixels[..., 0] > 90) & (pixels[..., 1] < 90)).mean() > 0.1
    boxed = studio.pixels("Graphics3D[{Red, Cuboid[]}]")
    assert (boxed != studio.pixels("Graphics3D[{Red, Cuboid[]}, Boxed -> False]")).any()
    assert (boxed != studio.pixels("Graphics3D[{Red, Cuboid[]}, Lighting -> None]")).any()


def test_charts(studio: Studio) -> None:
    bars = studio.expr("BarChart[{1, -2, 3}]")
    corners = [np.array([np.asarray(c) for c in r.args]) for r in parts(bars, S.Rectangle)]
    assert [[c[0, 1], c[1, 1]] for c in corners] == [[0, 1], [-2, 0], [0, 3]]
    grouped = studio.svg(
        'BarChart[{{1, 2}, {3, 4}}, ChartLabels -> {"one", "two"}, ChartLegends -> {"a", "b"}]'
    )
    assert all(f"<!-- {text} -->" in grouped for text in ("one", "two", "a", "b"))
    assert "<!-- apples -->" in studio.svg('BarChart[<|"apples" -> 3|>]')
    pie = studio.expr("PieChart[{1, 3}]")
    spans = [np.ptp(np.asarray(d.args[2])) for d in parts(pie, S.Disk)]
    np.testing.assert_allclose(spans, [np.pi / 2, 3 * np.pi / 2])
    studio.expr('BarChart["x"]; PieChart[{-1, 2}]; Histogram[{a, b}]')
    assert [m.split(" ")[0] for m in studio.messages] == [
        "BarChart::numbers:",
        "PieChart::numbers:",
        "Histogram::numbers:",
    ]


@pytest.mark.parametrize(
    "spec, heights",
    [
        ("{1, 2, 2, 3, 3, 3}, {1}", [1, 2, 3]),
        ("{1, 2, 2, 3, 3, 3}, {0, 4, 2}", [1, 5]),
        ("{1, 2, 2, 3, 3, 3}, {{0, 2.5, 4}}", [3, 3]),
        ('{1, 2, 2, 3, 3, 3}, {1}, "Probability"', [1 / 6, 1 / 3, 1 / 2]),
        ('{1, 2, 2, 3, 3, 3}, {2}, "PDF"', [1 / 12, 5 / 12]),
        ('{1, 2, 2, 3, 3, 3}, {1}, "CumulativeCount"', [1, 3, 6]),
    ],
)
def test_histograms(studio: Studio, spec: str, heights: list[float]) -> None:
    bars = parts(studio.expr(f"Histogram[{spec}]"), S.Rectangle)
    np.testing.assert_allclose([np.asarray(bar.args[1])[1] for bar in bars], heights)


# ---- files


def size(path: Path) -> tuple[int, int]:
    with Image.open(path) as opened:
        return opened.size


def test_export(studio: Studio, tmp_path: Path) -> None:
    png, svg, pdf = (tmp_path / f"x.{kind}" for kind in ("png", "svg", "pdf"))
    for path in (png, svg, pdf):
        assert studio.expr(f'Export["{path}", Plot[Sin[x], {{x, 0, 6}}, ImageSize -> 300]]') == str(path)
    assert size(png)[0] == 300
    text = svg.read_text()
    assert re.search(r'<svg[^>]*width="300pt"', text) and "<path" in text
    assert pdf.read_bytes().startswith(b"%PDF")


def test_export_options(studio: Studio, tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    studio.expr(f'Export["{path}", Graphics[Disk[]], ImageSize -> 200, ImageResolution -> 144]')
    assert size(path) == (400, 400)
    studio.expr(f'Export["{path}", Graphics[Disk[]], ImageResolution -> "high"]')
    assert "number of dots an inch" in studio.messages[-1]


def test_the_same_picture_gives_the_same_file(studio: Studio, tmp_path: Path) -> None:
    text = "Plot[Sin[x], {x, 0, 6}, PlotLegends -> Automatic]"
    assert studio.svg(text) == studio.svg(text)


def test_any_expression_can_be_exported(studio: Studio, tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    studio.expr(f'Export["{path}", a + b^2]')
    assert size(path)[0] == 360


def test_for_frontends(studio: Studio, tmp_path: Path) -> None:
    assert is_graphics(studio.expr("Graphics[Disk[]]")) and is_graphics(studio.expr("Image[{{0, 1}}]"))
    assert not is_graphics(studio.expr("f[x]")) and not is_graphics(7)
    assert render(studio.ev, studio.expr("Graphics[Disk[]]"), tmp_path / "y.png")
    assert not render(studio.ev, studio.expr("f[x]"), tmp_path / "z.png")


def test_matplotlib_stays_untouched(studio: Studio) -> None:
    import matplotlib

    before = dict(matplotlib.rcParams)
    studio.pixels("Plot[x, {x, 0, 1}]")
    assert dict(matplotlib.rcParams) == before


# ---- images


def test_images(studio: Studio, tmp_path: Path) -> None:
    assert studio.text("ImageData[Image[{{0, 0.5}, {1, 0.25}}]]") == "{{0., 0.5}, {1., 0.25}}"
    assert studio.text('ImageData[Image[{{0, 255}}, "Byte"]]') == "{{0., 1.}}"
    assert studio.text('ImageData[Image[{{0, 0.5}}], "Byte"]') == "{{0, 128}}"
    assert studio.text("ImageChannels[Image[{{{1, 0, 0}, {0, 1, 0}}}]]") == "3"
    assert studio.text("Head[Image[{{0, 1}}]]") == "Image"
    assert studio.text("Image[{{0, 1}}] === Image[{{0, 1}}]") == "True"


@pytest.mark.parametrize("kind", ["png", "bmp", "tiff", "gif"])
def test_images_survive_files(studio: Studio, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"x.{kind}"
    studio.expr(
        f'i = Image[{{{{0, 128, 255}}, {{10, 20, 30}}}}, "Byte"]; Export["{path}", i]; j = Import["{path}"]'
    )
    assert studio.text("ImageDimensions[j]") == "{3, 2}"
    assert studio.text('ImageData[j, "Byte"][[1, 3]]') in ("255", "{255, 255, 255}")


def test_jpeg_is_close(studio: Studio, tmp_path: Path) -> None:
    path = tmp_path / "x.jpg"
    studio.expr(f'Export["{path}", Image[ConstantArray[{{1., 0.5, 0.}}, {{16, 16}}]]]')
    assert studio.text(f'ImageDimensions[Import["{path}"]]') == "{16, 16}"
    assert studio.expr(f'Max[Abs[ImageData[Import["{path}"]][[8, 8]] - {{1., 0.5, 0.}}]]') < 0.03


def test_image_mistakes(studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "bad.png").write_bytes(b"no image")
    studio.expr(f'Image[{{1, 2}}]; ImageDimensions[7]; Import["{tmp_path / "bad.png"}"]')
    assert [m.split(" ")[0] for m in studio.messages] == [
        "Image::imginv:",
        "ImageDimensions::imginv:",
        "Import::err:",
    ]


def test_image_operations(studio: Studio) -> None:
    assert studio.text("ImageDimensions[ImageResize[Image[ConstantArray[0.5, {10, 20}]], 10]]") == "{10, 5}"
    assert (
        studio.text("ImageDimensions[ImageResize[Image[ConstantArray[0.5, {10, 20}]], {4, 4}]]") == "{4, 4}"
    )
    assert studio.text("ImageDimensions[Rasterize[Plot[x, {x, 0, 1}, ImageSize -> 150]]][[1]]") == "150"
