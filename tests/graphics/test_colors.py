"""Colours, gradients, directives."""

from __future__ import annotations

import numpy as np
import pytest

from wlnet.expr import Expr, S, make_list
from wlnet.graphics.style import Style, apply
from wlnet.media import colors

from .conftest import Studio


@pytest.mark.parametrize(
    "text, rgba",
    [
        ("RGBColor[1, 0.5, 0]", (1, 0.5, 0, 1)),
        ("RGBColor[{1, 0, 1/2}]", (1, 0, 0.5, 1)),
        ("RGBColor[0, 0, 1, 0.25]", (0, 0, 1, 0.25)),
        ('RGBColor["#ff8000"]', (1, 128 / 255, 0, 1)),
        ('RGBColor["#f80"]', (1, 136 / 255, 0, 1)),
        ("GrayLevel[0.5]", (0.5, 0.5, 0.5, 1)),
        ("GrayLevel[2, 0.5]", (1, 1, 1, 0.5)),
        ("Hue[0]", (1, 0, 0, 1)),
        ("Hue[1/3, 1, 0.5]", (0, 0.5, 0, 1)),
        ("CMYKColor[0, 1, 1, 0]", (1, 0, 0, 1)),
        ("Red", (1, 0, 0, 1)),
        ("Transparent", (0, 0, 0, 0)),
    ],
)
def test_colours(studio: Studio, text: str, rgba: tuple[float, ...]) -> None:
    assert colors.rgba(studio.expr(text)) == pytest.approx(rgba)


@pytest.mark.parametrize(
    "text", ["7", "RGBColor[1]", "RGBColor[a, b, c]", 'RGBColor["red"]', "Sin[1]", "RGBColor[1, 2]"]
)
def test_what_is_no_colour(studio: Studio, text: str) -> None:
    assert colors.rgba(studio.expr(text)) is None
    assert studio.text(f"ColorQ[{text}]") == "False"


def test_every_gradient_starts_and_ends_with_its_anchors() -> None:
    for name, anchors in colors.GRADIENTS.items():
        gradient = colors.named_gradient(name)
        assert gradient is not None
        ends = gradient(np.array([0.0, 1.0, -5.0, 7.0, np.nan]))
        assert ends[0, :3] == pytest.approx(anchors[0]) and ends[1, :3] == pytest.approx(anchors[-1])
        assert (ends[2] == ends[0]).all() and (ends[3] == ends[1]).all()


def test_gradient_settings(studio: Studio) -> None:
    for text in (
        '"Rainbow"',
        'ColorData["Rainbow"]',
        "Hue",
        "GrayLevel",
        "(RGBColor[#, 0, 0] &)",
        '"viridis"',
        "Automatic",
    ):
        gradient = colors.gradient_of(studio.ev, studio.expr(text))
        assert gradient is not None, text
        assert gradient(np.array([[0.2, 0.4]])).shape == (1, 2, 4)
    assert colors.gradient_of(studio.ev, studio.expr('"no such name"')) is None
    assert colors.gradient_of(studio.ev, studio.expr("(#^2 &)")) is None


def test_colour_functions(studio: Studio) -> None:
    assert studio.text("Blend[{Red, Blue}]") == "RGBColor[0.5, 0., 0.5]"
    assert studio.text("Blend[{Red, Green, Blue}, 0.5]") == "RGBColor[0., 1., 0.]"
    assert studio.text("Blend[{Red, Blue}, {3, 1}]") == "RGBColor[0.75, 0., 0.25]"
    assert studio.text('ColorData["GrayTones"][0.5]') == "RGBColor[0.5, 0.5, 0.5]"
    assert studio.text("ColorData[97, 1] === ColorData[97][1]") == "True"
    assert studio.text("Lighter[{Red, Blue}, 1]") == "{RGBColor[1., 1., 1.], RGBColor[1., 1., 1.]}"


def test_mistakes_are_named(studio: Studio) -> None:
    studio.expr('ColorData["Raibow"]; Blend[{1, 2}]; Darker[7]')
    assert [m.split(":")[2] for m in studio.messages] == ["scheme", "color", "color"]


def test_directives_change_a_style(studio: Studio) -> None:
    style = Style()
    for text in (
        "Red",
        "Thick",
        "PointSize[0.02]",
        "Opacity[0.5]",
        "Dashing[{0.01, 0.02}]",
        "EdgeForm[{Blue, Thin}]",
    ):
        assert apply(style, studio.expr(text)), text
    assert style.line_color() == (1, 0, 0, 0.5)
    assert style.thickness[0] == "part" and style.point == ("part", 0.02)
    assert style.dashing == [("part", 0.01), ("part", 0.02)]
    assert style.edge_color() == (0, 0, 1, 1)
    assert not apply(style, Expr(S.Opacity, ("x",)))
    assert not apply(style, make_list((1, 2)))


def test_edges_do_not_take_the_colour_of_faces(studio: Studio) -> None:
    style = Style()
    assert apply(style, studio.expr("Directive[Red, EdgeForm[Thick]]"))
    assert style.edge_color() == (0, 0, 0, 1) and style.face_color() == (1, 0, 0, 1)
    assert apply(style, studio.expr("EdgeForm[]")) and style.edge_color() is None
