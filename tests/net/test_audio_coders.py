"""Encoders of sounds against SciPy and hand computations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import fft, signal
from scipy.io import wavfile

from wlnet.media.audio import Audio

RATE = 8000
TONE = np.sin(2 * np.pi * 1000 * np.arange(RATE) / RATE).astype(np.float32)


@pytest.fixture
def wa(wl: Any) -> Any:
    """A session in which `a` is a second of 1000 Hz at 8000 samples a second."""
    wl.session.state.resolve("a").own = Audio(TONE, RATE)
    return wl


def encoded(wl: Any, code: str) -> np.ndarray:
    return np.asarray(wl.value(code))


def test_samples(wa: Any) -> None:
    found = encoded(wa, 'NetEncoder[{"Audio", "SampleRate" -> 8000}][a]')
    assert found.shape == (8000, 1) and np.allclose(found[:, 0], TONE, atol=1e-6)
    half = encoded(wa, 'NetEncoder[{"Audio", "SampleRate" -> 4000}][a]')[:, 0]
    assert np.allclose(half, signal.resample_poly(TONE, 1, 2), atol=1e-5)
    assert wa('Dimensions[NetEncoder["Audio"][a]]') == "{16000, 1}"


def test_length_and_normalization(wa: Any) -> None:
    assert (
        wa('Dimensions[NetEncoder[{"Audio", "SampleRate" -> 8000, "TargetLength" -> 100}][a]]') == "{100, 1}"
    )
    code = 'NetEncoder[{"Audio", "SampleRate" -> 8000, "TargetLength" -> Quantity[2, "Seconds"]}][a]'
    long = encoded(wa, code)
    assert long.shape == (16000, 1) and not long[8000:].any()
    top = encoded(wa, 'NetEncoder[{"Audio", "SampleRate" -> 8000, "Normalization" -> {"Max", 0.5}}][a]')
    assert np.isclose(np.abs(top).max(), 0.5)
    rms = encoded(wa, 'NetEncoder[{"Audio", "SampleRate" -> 8000, "Normalization" -> {"RMS", 0.25}}][a]')
    assert np.isclose(np.sqrt((rms**2).mean()), 0.25)


def spectrum(size: int, step: int, name: str = "hann") -> np.ndarray:
    window = signal.get_window(name, size)
    rows = [TONE[k : k + size] * window for k in range(0, len(TONE) - size + 1, step)]
    return np.fft.rfft(np.array(rows, np.float64), axis=1) / np.sqrt(size)


def test_spectra(wa: Any) -> None:
    options = '"SampleRate" -> 8000, "WindowSize" -> 256, "Offset" -> 100'
    found = encoded(wa, f'NetEncoder[{{"AudioSTFT", {options}}}][a]')
    wanted = spectrum(256, 100)
    assert found.shape == (78, 129, 2)
    assert np.allclose(found[..., 0] + 1j * found[..., 1], wanted, atol=1e-5)
    found = encoded(wa, f'NetEncoder[{{"AudioSpectrogram", {options}}}][a]')
    assert np.allclose(found, np.abs(wanted), atol=1e-5)
    assert (found.argmax(1) == 32).all()  # 1000 Hz in steps of 8000/256
    flat = encoded(
        wa, f'NetEncoder[{{"AudioSpectrogram", {options}, "WindowFunction" -> DirichletWindow}}][a]'
    )
    assert np.allclose(flat, np.abs(spectrum(256, 100, "boxcar")), atol=1e-5)
    # 25 ms, three windows within one
    assert wa('Dimensions[NetEncoder[{"AudioSpectrogram", "SampleRate" -> 8000}][a]]') == "{117, 101}"


def test_mel_and_cepstrum(wa: Any) -> None:
    options = '"SampleRate" -> 8000, "WindowSize" -> 256, "Offset" -> 128, "NumberOfFilters" -> 20'
    mel = encoded(wa, f'NetEncoder[{{"AudioMelSpectrogram", {options}}}][a]')
    assert mel.shape == (61, 20)
    # the triangles by interpolation, their corners at equal steps of the mel scale
    corners = 700 * (10 ** (np.linspace(0, 2595 * np.log10(1 + 4000 / 700), 22) / 2595) - 1)
    places = np.arange(129) * 8000 / 256
    filters = [np.interp(places, corners[k : k + 3], [0, 1, 0]) for k in range(20)]
    wanted = np.abs(spectrum(256, 128)) ** 2 @ np.array(filters).T
    assert np.allclose(mel, wanted, rtol=1e-4, atol=1e-6)
    found = encoded(wa, f'NetEncoder[{{"AudioMFCC", {options}, "NumberOfCoefficients" -> 5}}][a]')
    logs = np.log(np.maximum(wanted, 1e-10))
    assert np.allclose(found, fft.dct(logs, axis=1, norm="ortho")[:, :5], atol=1e-3)
    assert wa('Dimensions[NetEncoder[{"AudioMFCC", "TargetLength" -> 30}][a]]') == "{30, 13}"


def test_augmentation(wa: Any) -> None:
    loud = encoded(wa, 'NetEncoder[{"Audio", "SampleRate" -> 8000, "Augmentation" -> {"Volume" -> 2}}][a]')
    assert np.allclose(loud[:, 0], 2 * TONE, atol=1e-6)
    late = encoded(
        wa, 'NetEncoder[{"Audio", "SampleRate" -> 8000, "Augmentation" -> {"TimeShift" -> 0.1}}][a]'
    )
    assert not late[:800].any() and np.allclose(late[800:, 0], TONE[:-800], atol=1e-6)
    code = 'NetEncoder[{"Audio", "SampleRate" -> 8000, "Augmentation" -> {"Noise" -> {0.1, 0.2}}}][a]'
    noise = encoded(wa, code)[:, 0] - TONE
    assert 0.09 < noise.std() < 0.21 and not np.array_equal(encoded(wa, code)[:, 0] - TONE, noise)
    room = '"Augmentation" -> {"Convolution" -> Audio[{0, 0, 1}, SampleRate -> 8000]}'
    found = encoded(wa, f'NetEncoder[{{"Audio", "SampleRate" -> 8000, {room}}}][a]')
    assert np.allclose(found[2:, 0], TONE[:-2], atol=1e-6)
    wa.value('m[w_] := NetEncoder[{"AudioMelSpectrogram", "Augmentation" -> {"VTLP" -> w}}][a]')
    assert wa("First[Ordering[Total[m[1]], -1]] < First[Ordering[Total[m[0.8]], -1]]") == "True"


def test_files(wa: Any, tmp_path: Path) -> None:
    for kind, tolerance in ((np.int16, 1e-4), (np.int32, 1e-6), (np.float32, 1e-7)):
        data = TONE if kind is np.float32 else np.rint(TONE.astype(float) * np.iinfo(kind).max).astype(kind)
        wavfile.write(tmp_path / "a.wav", RATE, data)
        found = encoded(wa, f'NetEncoder[{{"Audio", "SampleRate" -> 8000}}][File["{tmp_path}/a.wav"]]')
        assert np.allclose(found[:, 0], TONE, atol=tolerance), kind
    stereo = np.stack([TONE, -TONE], 1)
    wavfile.write(tmp_path / "s.wav", RATE, stereo)
    assert (
        wa(f'b = Audio["{tmp_path}/s.wav"]; {{AudioChannels[b], AudioLength[b], AudioSampleRate[b]}}')
        == "{2, 8000, 8000}"
    )
    assert np.allclose(encoded(wa, 'NetEncoder[{"Audio", "SampleRate" -> 8000}][b]'), 0)
    wa.value(f'Export["{tmp_path}/t.wav", a]')
    rate, data = wavfile.read(tmp_path / "t.wav")
    assert rate == RATE and np.allclose(data / 32767, TONE, atol=1e-4)
    assert wa(f'Import["{tmp_path}/t.wav", "Duration"]') == "Quantity[1., Seconds]"
    (tmp_path / "x.wav").write_text("no sound")
    assert "cannot be read" in wa.error(f'NetEncoder["Audio"][File["{tmp_path}/x.wav"]]')


def test_sequences_of_sounds_train(wa: Any) -> None:
    wa.value("s[f_, n_] := Audio[Table[Sin[2 Pi f t/4000.], {t, n}], SampleRate -> 4000]")
    wa.value('e = NetEncoder[{"AudioMFCC", "SampleRate" -> 4000}]')
    wa.value('n = NetInitialize[NetChain[{AggregationLayer[Mean, 1], 2, SoftmaxLayer[]}, "Input" -> e]]')
    assert wa("Dimensions[n[{s[200, 900], s[900, 700]}]]") == "{2, 2}"


ERRORS = [
    ('NetEncoder["Audio"][3]', 'The encoder "Audio" takes an Audio object'),
    ('NetEncoder[{"AudioMFCC", "MaximumFrequency" -> 10000}]', "must lie between 0 and 8000 Hertz"),
    ('NetEncoder[{"AudioMFCC", "NumberOfCoefficients" -> 50}]', "cannot be more than"),
    ('NetEncoder[{"AudioSTFT", "WindowSize" -> -1}]', '"WindowSize" of "AudioSTFT" must be'),
    ('NetEncoder[{"Audio", "Normalization" -> "Loud"}]', '"Normalization" of "Audio" must be None, "Max"'),
    (
        'NetEncoder[{"Audio", "Augmentation" -> {"Volume" -> x}}][Audio[{1, 0}]]',
        "takes a number, {least, most}",
    ),
    ('NetEncoder[{"Audio", "Augmentation" -> {"Pitch" -> 1}}]', "rules for"),
]


@pytest.mark.parametrize(("code", "text"), ERRORS)
def test_errors(wl: Any, code: str, text: str) -> None:
    assert text in wl.error(code)
