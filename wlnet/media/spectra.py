"""Spectra of sampled sound: short-time Fourier transforms, mel filters, cepstral coefficients.

Frames are rows: samples (n) -> (T, window) -> spectra (T, window/2 + 1). No frame reaches beyond the end; a
sound shorter than one window is filled up with zeros.
"""

from __future__ import annotations

import numpy as np

WINDOWS = ("Hann", "Hamming", "Blackman", "Dirichlet")
FLOOR = 1e-10  # added to nothing: energies below it have the logarithm of it, so that silence stays finite


def window(name: str, size: int) -> np.ndarray:
    """A window of `size` samples (periodic form)."""
    t = 2 * np.pi * np.arange(size) / size
    if name == "Hann":
        return 0.5 - 0.5 * np.cos(t)
    if name == "Hamming":
        return 0.54 - 0.46 * np.cos(t)
    if name == "Blackman":
        return 0.42 - 0.5 * np.cos(t) + 0.08 * np.cos(2 * t)
    return np.ones(size)


def frames(samples: np.ndarray, size: int, offset: int) -> np.ndarray:
    """(n) -> (T, size): a view, a frame every `offset` samples."""
    if len(samples) < size:
        samples = np.pad(samples, (0, size - len(samples)))
    return np.lib.stride_tricks.sliding_window_view(samples, size)[::offset]


def transform(samples: np.ndarray, size: int, offset: int, name: str) -> np.ndarray:
    """The short-time Fourier transform (T, size // 2 + 1), complex, divided by the root of `size`."""
    weighted = frames(samples.astype(np.float64), size, offset) * window(name, size)
    return np.fft.rfft(weighted, axis=1) / np.sqrt(size)


def mel(frequency: np.ndarray | float) -> np.ndarray:
    """Frequencies in Hertz on the mel scale: O'Shaughnessy 1987."""
    return 2595 * np.log10(1 + np.asarray(frequency) / 700)


def hertz(value: np.ndarray) -> np.ndarray:
    return 700 * (10 ** (value / 2595) - 1)


def mel_filters(count: int, size: int, rate: float, low: float, high: float, warp: float = 1.0) -> np.ndarray:
    """Triangular filters (count, size // 2 + 1) at equal distances on the mel scale between `low` and `high`
    Hertz; each has height 1. `warp` multiplies all frequencies (vocal tract length perturbation).
    """
    edges = hertz(np.linspace(mel(low), mel(high), count + 2)) * warp
    places = np.arange(size // 2 + 1) * rate / size
    rising = (places - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - places) / (edges[2:] - edges[1:-1])[:, None]
    return np.maximum(0, np.minimum(rising, falling))


def mel_spectrogram(power: np.ndarray, filters: np.ndarray) -> np.ndarray:
    """Powers (T, bins) summed by filters -> (T, count)."""
    return power @ filters.T


def cepstrum(energies: np.ndarray, count: int) -> np.ndarray:
    """The first `count` coefficients of the orthonormal cosine transform of log energies (T, filters)."""
    from scipy import fft  # loaded on first use

    logs = np.log(np.maximum(energies, FLOOR))
    return np.asarray(fft.dct(logs, axis=1, norm="ortho"))[:, :count]
