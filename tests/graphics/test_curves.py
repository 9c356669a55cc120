"""Plot and its kin: what they sample, what their options do, what they say of mistakes."""

from __future__ import annotations

import numpy as np
import pytest

from wlnet.expr import S, is_list

from .conftest import Studio, lines, listed, parts, rules, share


def test_a_plot_is_a_line_of_the_function(studio: Studio) -> None:
    [line] = lines(studio.expr("Plot[Sin[x], {x, 0, 6}]"))
    assert type(line) is np.ndarray and line.shape[1] == 2
    np.testing.assert_allclose(line[:, 1], np.sin(line[:, 0]), atol=1e-12)
    assert line[0, 0] == 0 and line[-1, 0] == 6 and (np.diff(line[:, 0]) > 0).all()


def test_sampling_is_finer_where_the_curve_bends(studio: Studio) -> None:
    [line] = lines(studio.expr("Plot[Tanh[20 x], {x, -3, 3}]"))
    inner = np.abs(line[:, 0]) < 0.2
    assert inner.sum() > 0.3 * len(line)
    [coarse] = lines(studio.expr("Plot[Tanh[20 x], {x, -3, 3}, MaxRecursion -> 0, PlotPoints -> 30]"))
    assert len(coarse) == 30


def test_a_bend_between_samples_is_smooth(studio: Studio) -> None:
    [line] = lines(studio.expr("Plot[Sin[x], {x, 0, 20}]"))
    xs = np.linspace(0, 20, 1000)
    assert np.abs(np.interp(xs, line[:, 0], line[:, 1]) - np.sin(xs)).max() < 0.01


@pytest.mark.parametrize(
    "body, count",
    [
        ("Floor[x]", 5),
        ("1/(x - 2.03)", 2),
        ("Sign[x - 1.3]", 2),
        ("Sin[3 x]", 1),
        ("Tanh[10 (x - 2)]", 1),
        ("Abs[x - 2]", 1),
    ],
)
def test_jumps_break_the_line(studio: Studio, body: str, count: int) -> None:
    found = [line for line in lines(studio.expr(f"Plot[{body}, {{x, 0, 4.9}}]")) if len(line) > 2]
    assert len(found) == count


def test_exclusions_can_be_switched_off(studio: Studio) -> None:
    assert len(lines(studio.expr("Plot[Floor[x], {x, 0, 4.9}, Exclusions -> None]"))) == 1


def test_gaps_where_there_is_no_value(studio: Studio) -> None:
    [line] = lines(studio.expr("Plot[Sqrt[x], {x, -1, 1}]"))
    assert 0 <= line[0, 0] < 0.01 and line[-1, 0] == 1
    assert studio.messages == []


def test_poles_do_not_rule_the_range(studio: Studio) -> None:
    low, high = listed(studio.option("Plot[Tan[x], {x, -5, 5}]", "PlotRange"))[1].tolist()
    assert -40 < low < -3 and 3 < high < 40
    low, high = listed(studio.option("Plot[x^2, {x, 0, 3}]", "PlotRange"))[1].tolist()
    assert (low, high) == (0, 9)


def test_several_functions(studio: Studio) -> None:
    assert len(lines(studio.expr("Plot[{x, x^2, x^3}, {x, 0, 1}]"))) == 3
    studio.expr("fs = {x, 2 x}")
    assert len(lines(studio.expr("Plot[fs, {x, 0, 1}]"))) == 2
    assert len(lines(studio.expr("Plot[Evaluate[Table[x^k, {k, 4}]], {x, 0, 1}]"))) == 4
    colors = {str(part.args[0]) for part in parts(studio.expr("Plot[{x, x^2}, {x, 0, 1}]"), S.Directive)}
    assert len(colors) == 2


def test_styles(studio: Studio) -> None:
    red = studio.pixels(
        "Plot[x, {x, 0, 1}, PlotStyle -> Directive[Red, AbsoluteThickness[6]], Axes -> False]"
    )
    assert share(red, (255, 0, 0)) > 0.01
    both = studio.pixels("Plot[{x, 1 - x}, {x, 0, 1}, PlotStyle -> {Red, Blue}]")
    assert share(both, (255, 0, 0), 60) > 0.001 and share(both, (0, 0, 255), 60) > 0.001
    one = studio.pixels("Plot[{x, Style[1 - x, Green]}, {x, 0, 1}]")
    assert share(one, (0, 255, 0), 60) > 0.001


def test_filling(studio: Studio) -> None:
    filled = studio.expr("Plot[Sin[x], {x, 0, 6}, Filling -> Axis]")
    [face] = parts(filled, S.Polygon)
    points = np.asarray(face.args[0])
    assert points[-1].tolist() == [0, 0] and points[-2].tolist() == [6, 0]
    between = studio.expr("Plot[{x, x^2}, {x, 0, 1}, Filling -> {1 -> {2}}, FillingStyle -> Red]")
    assert len(parts(between, S.Polygon)) == 1
    assert parts(studio.expr("Plot[x, {x, 0, 1}]"), S.Polygon) == []


def test_legends(studio: Studio) -> None:
    legended = studio.expr('Plot[{x, x^2}, {x, 0, 1}, PlotLegends -> "Expressions"]')
    assert legended.head is S.Legended
    [legend] = parts(legended, S.LineLegend)
    assert [studio.ev.text(t) for t in listed(legend.args[1])] == ["x", "x^2"]
    wide = studio.pixels('Plot[{x, x^2}, {x, 0, 1}, PlotLegends -> {"first curve", "b"}]')
    assert wide.shape[1] == 480  # the legend takes its room within the picture
    placed = studio.expr('Plot[x, {x, 0, 1}, PlotLegends -> Placed[{"a"}, Above]]')
    assert parts(placed, S.Placed)[0].args[1] is S.Above


def test_logarithmic_axes(studio: Studio) -> None:
    exponential = studio.expr("LogPlot[Exp[x], {x, 0, 5}]")
    [line] = lines(exponential)
    np.testing.assert_allclose(line[:, 1], np.exp(line[:, 0]))
    assert "ScalingFunctions" in rules(exponential)
    assert len(line) < 100  # straight on the picture: no refinement
    assert len(lines(studio.expr("LogLogPlot[x^3, {x, 1, 100}]"))) == 1
    studio.pixels("LogLogPlot[x^3, {x, 1, 100}]")
    studio.pixels("LogLinearPlot[Log[x], {x, 0.1, 100}]")


def test_parametric_and_polar(studio: Studio) -> None:
    [circle] = lines(studio.expr("ParametricPlot[{Cos[t], Sin[t]}, {t, 0, 2 Pi}]"))
    np.testing.assert_allclose(np.hypot(*circle.T), 1)
    [rose] = lines(studio.expr("PolarPlot[2, {t, 0, 2 Pi}]"))
    np.testing.assert_allclose(np.hypot(*rose.T), 2)
    assert len(lines(studio.expr("ParametricPlot[{{t, t}, {t, t^2}}, {t, 0, 1}]"))) == 2


def test_colour_functions(studio: Studio) -> None:
    colored = studio.expr('Plot[x, {x, 0, 1}, ColorFunction -> "Rainbow"]')
    [line] = parts(colored, S.Line)
    vertex = line.args[1].args[1]
    assert vertex.shape == (len(line.args[0]), 4) and (vertex[0] != vertex[-1]).any()
    red = studio.pixels("Plot[x, {x, 0, 1}, ColorFunction -> (RGBColor[#2, 0, 0] &), PlotStyle -> Thick]")
    assert share(red, (240, 0, 0), 20) > 1e-4


@pytest.mark.parametrize(
    "text, message",
    [
        (
            "Plot[x, {x, 0, a}]",
            "Plot::plln: Limiting value a in {x, 0, a} is not a machine-sized real number.",
        ),
        ("Plot[x, {x, 0}]", "Plot::pllim: Range specification {x, 0} is not of the form {x, xmin, xmax}."),
        ("Plot[x, 7]", "Plot::pllim"),
        ("Plot[x, {x, 1, 1}]", "Plot::plld"),
        ("Plot[x, {x, 0, 1}, PlotPoints -> 1]", "Plot::pint"),
        ("Plot[undefined[x], {x, 0, 1}]", "Plot::nonum: undefined[x] has no real value"),
        ("Plot[x, {x, 0, 1}, PlotStile -> Red]", "Plot::opt"),
        ("Plot[x]", "Plot::argr"),
    ],
)
def test_mistakes_are_named(studio: Studio, text: str, message: str) -> None:
    studio.expr(text)
    assert studio.messages and studio.messages[0].startswith(message), studio.messages


def test_a_plot_without_values_is_still_a_picture(studio: Studio) -> None:
    value = studio.expr("Plot[undefined[x], {x, 0, 1}]")
    assert value.head is S.Graphics
    assert is_list(value.args[0])
