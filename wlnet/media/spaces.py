"""Colour spaces: conversions between Grayscale, RGB, HSB, CMYK, XYZ and LAB (D65, sRGB primaries)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

# Channels of a colour space, without opacity.
SPACES = {"Grayscale": 1, "RGB": 3, "HSB": 3, "LAB": 3, "XYZ": 3, "CMYK": 4}

# sRGB (IEC 61966-2-1): linear RGB -> XYZ, with white (0.9505, 1, 1.089).
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE = TO_XYZ.sum(1)
GRAY = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601 luma


def linear(v: np.ndarray) -> np.ndarray:
    """SRGB values without their gamma."""
    return np.where(v <= 0.04045, v / 12.92, ((np.maximum(v, 0) + 0.055) / 1.055) ** 2.4)


def gamma(v: np.ndarray) -> np.ndarray:
    v = np.maximum(v, 0)
    return np.where(v <= 0.0031308, 12.92 * v, 1.055 * v ** (1 / 2.4) - 0.055)


def rgb_of_gray(v: np.ndarray) -> np.ndarray:
    return np.repeat(v, 3, -1)


def gray_of_rgb(v: np.ndarray) -> np.ndarray:
    return np.asarray(v @ GRAY)[..., None]


def xyz_of_rgb(v: np.ndarray) -> np.ndarray:
    return np.asarray(linear(v) @ TO_XYZ.T)


def rgb_of_xyz(v: np.ndarray) -> np.ndarray:
    return np.asarray(np.clip(gamma(v @ np.linalg.inv(TO_XYZ).T), 0, 1))


def lab_of_rgb(v: np.ndarray) -> np.ndarray:
    """CIE L*a*b*, each divided by 100."""
    t = xyz_of_rgb(v) / WHITE
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = np.moveaxis(f, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], -1) / 100


def rgb_of_lab(v: np.ndarray) -> np.ndarray:
    lightness, a, b = np.moveaxis(v * 100, -1, 0)
    y = (lightness + 16) / 116
    f = np.stack([y + a / 500, y, y - b / 200], -1)
    return rgb_of_xyz(np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29)) * WHITE)


def hsb_of_rgb(v: np.ndarray) -> np.ndarray:
    red, green, blue = np.moveaxis(v, -1, 0)
    top = v.max(-1)
    span = top - v.min(-1)
    safe = np.where(span > 0, span, 1.0)
    hue = np.where(
        top == red,
        ((green - blue) / safe) % 6,
        np.where(top == green, (blue - red) / safe + 2, (red - green) / safe + 4),
    )
    saturation = np.where(top > 0, span / np.where(top > 0, top, 1.0), 0.0)
    return np.stack([np.where(span > 0, hue / 6, 0.0), saturation, top], -1)


def rgb_of_hsb(v: np.ndarray) -> np.ndarray:
    hue, saturation, brightness = np.moveaxis(v, -1, 0)
    k = (np.array([5.0, 3.0, 1.0]) + (hue % 1.0)[..., None] * 6) % 6
    part = np.clip(np.minimum(k, 4 - k), 0, 1)
    return np.asarray(brightness[..., None] * (1 - saturation[..., None] * part))


def cmyk_of_rgb(v: np.ndarray) -> np.ndarray:
    black = 1 - v.max(-1, keepdims=True)
    safe = np.where(black < 1, 1 - black, 1.0)
    return np.concatenate([(1 - v - black) / safe, black], -1)


def rgb_of_cmyk(v: np.ndarray) -> np.ndarray:
    return np.asarray((1 - v[..., :3]) * (1 - v[..., 3:]))


Conversion = Callable[[np.ndarray], np.ndarray]
FROM_RGB: dict[str, Conversion] = {
    "RGB": lambda v: v,
    "Grayscale": gray_of_rgb,
    "HSB": hsb_of_rgb,
    "CMYK": cmyk_of_rgb,
    "XYZ": xyz_of_rgb,
    "LAB": lab_of_rgb,
}
TO_RGB: dict[str, Conversion] = {
    "RGB": lambda v: v,
    "Grayscale": rgb_of_gray,
    "HSB": rgb_of_hsb,
    "CMYK": rgb_of_cmyk,
    "XYZ": rgb_of_xyz,
    "LAB": rgb_of_lab,
}


def convert(unit: np.ndarray, old: str, new: str) -> np.ndarray:
    """Colours (..., C) from 0 to 1, without opacity, from one space to another."""
    return unit if old == new else FROM_RGB[new](TO_RGB[old](unit))
