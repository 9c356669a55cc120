"""Values over a plane and surfaces: densities, contours, regions, Plot3D, arrays."""

from __future__ import annotations

import numpy as np
import pytest

from wlnet.expr import S

from .conftest import Studio, lines, listed, parts, share


def test_density_is_a_raster_of_the_values(studio: Studio) -> None:
    [raster] = parts(studio.expr("DensityPlot[x + 10 y, {x, 0, 1}, {y, 0, 2}, PlotPoints -> 11]"), S.Raster)
    cells, box, span = (np.asarray(a) for a in raster.args[:3])
    assert cells.shape == (11, 11) and cells[0, 0] == 0 and cells[0, 10] == 1 and cells[10, 0] == 20
    assert box.tolist() == [[0, 0], [1, 2]] and span.tolist() == [0, 21]


def test_density_colours(studio: Studio) -> None:
    pixels = studio.pixels(
        "DensityPlot[x, {x, 0, 1}, {y, 0, 1}, ColorFunction -> (RGBColor[#, 0, 1 - #] &), Frame -> False]"
    )
    middle = pixels[len(pixels) // 2]
    assert middle[20][2] > 200 and middle[-20][0] > 200
    assert studio.expr("DensityPlot[x, {x, 0, 1}, {y, 0, 1}, PlotLegends -> Automatic]").head is S.Legended


def test_contours_lie_where_the_function_has_their_height(studio: Studio) -> None:
    found = lines(studio.expr("ContourPlot[x^2 + y^2, {x, -2, 2}, {y, -2, 2}, Contours -> {1}]"))
    assert len(found) == 1
    np.testing.assert_allclose(np.hypot(*found[0].T), 1, atol=0.01)
    assert len(lines(studio.expr("ContourPlot[x, {x, 0, 1}, {y, 0, 1}, Contours -> 3]"))) == 3
    plain = studio.expr("ContourPlot[x, {x, 0, 1}, {y, 0, 1}, ContourShading -> None]")
    assert parts(plain, S.Polygon) == []
    assert lines(studio.expr("ContourPlot[x, {x, 0, 1}, {y, 0, 1}, ContourStyle -> None]")) == []


def test_equations(studio: Studio) -> None:
    [circle] = lines(studio.expr("ContourPlot[x^2 + y^2 == 1, {x, -2, 2}, {y, -2, 2}]"))
    np.testing.assert_allclose(np.hypot(*circle.T), 1, atol=0.005)


def test_bands_leave_no_gaps(studio: Studio) -> None:
    pixels = studio.pixels(
        "ContourPlot[Sin[x y], {x, -3, 3}, {y, -3, 3}, ContourStyle -> None, Frame -> False]"
    )
    inner = pixels[10:-10, 10:-10]
    assert share(inner, (255, 255, 255), 2) < 1e-3


@pytest.mark.parametrize(
    "condition, part", [("x^2 + y^2 < 1", np.pi / 4), ("x > 0 && y > 0", 0.25), ("x > 0 || y > 0", 0.75)]
)
def test_regions(studio: Studio, condition: str, part: float) -> None:
    look = "PlotStyle -> Black, Frame -> False, BoundaryStyle -> None"
    pixels = studio.pixels(f"RegionPlot[{condition}, {{x, -1, 1}}, {{y, -1, 1}}, {look}]")[4:-4, 4:-4]
    assert abs((pixels[..., 0] < 250).mean() - part) < 0.02


def test_data_over_a_plane(studio: Studio) -> None:
    [raster] = parts(studio.expr("ListDensityPlot[{{1, 2, 3}, {4, 5, 6}}]"), S.Raster)
    assert np.asarray(raster.args[0]).tolist() == [[1, 2, 3], [4, 5, 6]]
    assert np.asarray(raster.args[1]).tolist() == [[1, 1], [3, 2]]
    scattered = studio.expr("SeedRandom[1]; ListDensityPlot[RandomReal[1, {50, 3}]]")
    assert np.asarray(parts(scattered, S.Raster)[0].args[0]).shape == (80, 80)
    gridded = studio.expr("ListDensityPlot[Flatten[Table[{x, y, x y}, {x, 0, 3}, {y, 0, 2}], 1]]")
    assert np.asarray(parts(gridded, S.Raster)[0].args[0]).tolist() == [
        [0, 0, 0, 0],
        [0, 1, 2, 3],
        [0, 2, 4, 6],
    ]
    assert lines(studio.expr("ListContourPlot[{{1, 2}, {3, 4}}, Contours -> {2.5}]"))


@pytest.mark.parametrize("name", ["ListDensityPlot", "ListContourPlot", "ListPlot3D"])
def test_what_is_no_matrix(studio: Studio, name: str) -> None:
    studio.expr(f"{name}[{{1, 2, 3}}]")
    assert studio.messages[0].startswith(f"{name}::matrix")


def test_surface_points(studio: Studio) -> None:
    [mesh] = parts(studio.expr("Plot3D[x + y, {x, 0, 1}, {y, 0, 1}, PlotPoints -> 5]"), S.GraphicsComplex)
    points = np.asarray(mesh.args[0])
    np.testing.assert_allclose(points[:, 2], points[:, 0] + points[:, 1])
    [faces] = parts(mesh, S.Polygon)
    assert np.asarray(faces.args[0]).shape == (16, 4)


def test_surface_leaves_out_what_has_no_value(studio: Studio) -> None:
    [mesh] = parts(studio.expr("Plot3D[Sqrt[x], {x, -1, 1}, {y, 0, 1}, PlotPoints -> 5]"), S.GraphicsComplex)
    assert len(np.asarray(parts(mesh, S.Polygon)[0].args[0])) == 8


def test_surfaces_are_drawn(studio: Studio) -> None:
    pixels = studio.pixels("Plot3D[x, {x, 0, 1}, {y, 0, 1}, PlotStyle -> Red, Mesh -> None, Axes -> False]")
    assert pixels.shape[1] == 480
    assert ((pixels[..., 0] > 100) & (pixels[..., 1] < 80)).mean() > 0.1
    for text in (
        "ListPlot3D[{{1, 2, 3}, {2, 3, 1}}]",
        "ListPointPlot3D[{{0, 0, 0}, {1, 2, 3}}]",
        "ParametricPlot3D[{t, t, t}, {t, 0, 1}]",
    ):
        assert studio.pixels(text).shape[1] == 480


def test_a_viewpoint_changes_the_picture(studio: Studio) -> None:
    one = studio.pixels("Plot3D[x y, {x, 0, 1}, {y, 0, 1}]")
    other = studio.pixels("Plot3D[x y, {x, 0, 1}, {y, 0, 1}, ViewPoint -> {0, 0, 5}]")
    assert (one != other).any()


def test_colour_functions_are_checked(studio: Studio) -> None:
    studio.expr('DensityPlot[x, {x, 0, 1}, {y, 0, 1}, ColorFunction -> "Raibow"]')
    studio.expr('Plot3D[x, {x, 0, 1}, {y, 0, 1}, ColorFunction -> "Raibow"]')
    assert [m.split(" ")[0] for m in studio.messages] == ["DensityPlot::cfun:", "Plot3D::cfun:"]


def test_arrays_have_their_first_row_on_top(studio: Studio) -> None:
    pixels = studio.pixels("ArrayPlot[{{1, 0}, {0, 0}}, Frame -> False, ImageSize -> 100]")
    assert pixels[20, 20].max() < 60 and pixels[80, 20].min() > 240 and pixels[20, 80].min() > 240


def test_cells_may_be_colours(studio: Studio) -> None:
    pixels = studio.pixels("ArrayPlot[{{Red, Blue}}, Frame -> False, ImageSize -> 100]")
    assert pixels[20, 20].tolist() == [255, 0, 0] and pixels[20, 80].tolist() == [0, 0, 255]
    rules = studio.pixels(
        "ArrayPlot[{{a, b}}, ColorRules -> {a -> Green, _ -> Black}, Frame -> False, ImageSize -> 100]"
    )
    assert rules[20, 20].tolist() == [0, 255, 0] and rules[20, 80].tolist() == [0, 0, 0]


def test_matrix_plot_tells_signs(studio: Studio) -> None:
    pixels = studio.pixels(
        "MatrixPlot[{{1, -1}}, FrameTicks -> None, Frame -> False, ImageSize -> 100]"
    ).astype(int)
    assert pixels[20, 20][0] > pixels[20, 20][2] and pixels[20, 80][2] > pixels[20, 80][0]
    ticks = listed(studio.option("MatrixPlot[IdentityMatrix[3]]", "FrameTicks"))
    assert [[a, b] for a, b in map(listed, listed(ticks[1]))] == [[2.5, 1], [1.5, 2], [0.5, 3]]


@pytest.mark.parametrize("data", ["7", "{1, 2}", "{{a, b}, 3}"])
def test_what_is_no_array(studio: Studio, data: str) -> None:
    studio.expr(f"ArrayPlot[{data}]")
    assert studio.messages[0].startswith("ArrayPlot::array")
