"""ListPlot and its kin: forms of data, joined lines, markers, filling."""

from __future__ import annotations

import numpy as np
import pytest

from wlnet.expr import S

from .conftest import Studio, lines, listed, parts


def points(studio: Studio, text: str) -> list[list[list[float]]]:
    return [np.asarray(p.args[0]).tolist() for p in parts(studio.expr(text), S.Point)]


@pytest.mark.parametrize(
    "data, wanted",
    [
        ("{1, 4, 9}", [[[1, 1], [2, 4], [3, 9]]]),
        ("{{0, 1}, {2, 3}}", [[[0, 1], [2, 3]]]),
        ("{{1, 2, 3}, {4, 5, 6}}", [[[1, 1], [2, 2], [3, 3]], [[1, 4], [2, 5], [3, 6]]]),
        ("{{{0, 1}, {1, 2}}, {{5, 6}}}", [[[0, 1], [1, 2]], [[5, 6]]]),
        ("{1/2, Pi, x, 4}", [[[1, 0.5], [2, np.pi], [4, 4]]]),
        ("<|1 -> 5, 3 -> 7|>", [[[1, 5], [3, 7]]]),
        ('<|"a" -> 5, "b" -> 7|>', [[[1, 5], [2, 7]]]),
        ('<|"a" -> {1, 2}, "b" -> {3, 4}|>', [[[1, 1], [2, 2]], [[1, 3], [2, 4]]]),
        ("{{1, 2, 3}, {4, 5}}", [[[1, 1], [2, 2], [3, 3]], [[1, 4], [2, 5]]]),
        ("{Style[{1, 2, 3}, Red], {4, 5, 6}}", [[[1, 1], [2, 2], [3, 3]], [[1, 4], [2, 5], [3, 6]]]),
        ('NumericArray[{1, 2}, "Real32"]', [[[1, 1], [2, 2]]]),
        ("Range[3]^2", [[[1, 1], [2, 4], [3, 9]]]),
    ],
)
def test_forms_of_data(studio: Studio, data: str, wanted: list[list[list[float]]]) -> None:
    assert points(studio, f"ListPlot[{data}]") == wanted
    assert studio.messages == []


def test_data_range(studio: Studio) -> None:
    assert points(studio, "ListPlot[{1, 2, 3}, DataRange -> {0, 1}]") == [[[0, 1], [0.5, 2], [1, 3]]]


def test_joined(studio: Studio) -> None:
    assert len(lines(studio.expr("ListLinePlot[{1, 2, 3}]"))) == 1
    assert len(lines(studio.expr("ListPlot[{1, 2, 3}, Joined -> True]"))) == 1
    mixed = studio.expr("ListPlot[{{1, 2, 3}, {3, 2, 1}}, Joined -> {True, False}]")
    assert len(lines(mixed)) == 1 and len(parts(mixed, S.Point)) == 1
    gap = lines(studio.expr("ListLinePlot[{1, 2, Missing[], 4, 5}]"))
    assert [line[:, 0].tolist() for line in gap] == [[1, 2], [4, 5]]


def test_steps(studio: Studio) -> None:
    [line] = lines(studio.expr("ListStepPlot[{1, 3}]"))
    assert line.tolist() == [[1, 1], [2, 1], [2, 3], [3, 3]]


def test_markers_and_stems(studio: Studio) -> None:
    marked = studio.expr("ListPlot[{1, 2, 3}, PlotMarkers -> Automatic]")
    assert len(parts(marked, S.Text)) == 3 and parts(marked, S.Point) == []
    assert parts(studio.expr('ListPlot[{1, 2}, PlotMarkers -> {"x", 12}]'), S.Style)[0].args[:2] == (
        "x",
        12.0,
    )
    stems = lines(studio.expr("ListPlot[{1, 2, 3}, Filling -> Axis]"))
    assert [stem[0, 1] for stem in stems] == [0, 0, 0]


def test_names_of_associations_make_a_legend(studio: Studio) -> None:
    legended = studio.expr('ListLinePlot[<|"train" -> {1, 2}, "test" -> {2, 3}|>]')
    [legend] = parts(legended, S.LineLegend)
    assert listed(legend.args[1]) == ["train", "test"]
    assert (
        studio.expr('ListLinePlot[<|"a" -> {1, 2}, "b" -> {3, 4}|>, PlotLegends -> None]').head is S.Graphics
    )


def test_a_near_zero_is_shown(studio: Studio) -> None:
    assert listed(studio.option("ListPlot[{1, 5, 9}]", "PlotRange"))[1].tolist() == [0, 9]
    assert listed(studio.option("ListPlot[{100, 105}]", "PlotRange"))[1].tolist() == [100, 105]


def test_logarithmic(studio: Studio) -> None:
    for name in ("ListLogPlot", "ListLogLogPlot", "ListLogLinearPlot"):
        assert studio.pixels(f"{name}[{{1, 10, 100}}]").shape[1] == 480
    assert listed(studio.option("ListLogPlot[{0, 1, 100}]", "PlotRange"))[1].tolist() == [1, 100]


@pytest.mark.parametrize("data", ["7", '"text"', "{{1, {2}}, 3}", "{1, {2, 3}}"])
def test_what_is_no_data(studio: Studio, data: str) -> None:
    studio.expr(f"ListPlot[{data}]")
    assert studio.messages[0].startswith("ListPlot::data"), studio.messages


def test_empty_data_is_an_empty_picture(studio: Studio) -> None:
    assert studio.pixels("ListPlot[{}]").shape[1] == 480
    assert studio.messages == []
