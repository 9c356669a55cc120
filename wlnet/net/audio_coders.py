"""The encoders of sounds: "Audio", "AudioSTFT", "AudioSpectrogram", "AudioMelSpectrogram", "AudioMFCC"."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from wlnet.expr import Expr, S, is_list, items, system
from wlnet.media import spectra
from wlnet.media.audio import Audio, load, read_rate, resampled, seconds_of
from wlnet.media.colors import number

from .coders import Encoder, Side, coder, fits, numeric, show
from .errors import NetError
from .file_values import is_file, opened
from .layer import Parameter
from .sequence_coders import rows
from .types import VARYING, PortType

NONE = system("None")
# The window without a setting, in seconds, and how many windows begin within one: 25 ms, three.
WINDOW_SECONDS = 0.025
WINDOWS_OVERLAPPING = 3


# ---- parameters


def positive(value: Any) -> Any:
    found = number(value)
    return value if value is S.Automatic or (found is not None and found > 0) else None


def span(value: Any) -> Any:
    """Automatic, a number of samples, or a Quantity of time."""
    if value is S.Automatic or (type(value) is int and value > 0):
        return value
    quantity = type(value) is Expr and value.head is S.Quantity
    return value if quantity and (seconds_of(value) or 0) > 0 else None


def read_normalization(value: Any) -> Any:
    """None, "Max", "RMS", {"Max", v} or {"RMS", v}."""
    if value is NONE or value in ("Max", "RMS"):
        return value
    parts = items(value) if is_list(value) else ()
    good = len(parts) == 2 and parts[0] in ("Max", "RMS") and (number(parts[1]) or 0) > 0
    return value if good else None


def read_window(value: Any) -> Any:
    name = getattr(value, "name", value)
    if value is S.Automatic:
        return value
    return value if type(name) is str and name.removesuffix("Window") in spectra.WINDOWS else None


AUGMENTATIONS = ("Convolution", "Noise", "TimeShift", "Volume")


def read_augmentation(names: Sequence[str]) -> Any:
    """None, or rules name -> value, {least, most} or distribution."""

    def read(value: Any) -> Any:
        if value is NONE:
            return value
        rules = items(value) if is_list(value) else (value,)
        good = all(
            type(x) is Expr and x.head is S.Rule and len(x.args) == 2 and x.args[0] in names for x in rules
        )
        return value if good else None

    return read


def augmentation(names: Sequence[str]) -> Parameter:
    told = "None or rules for " + ", ".join(f'"{x}"' for x in names)
    return Parameter("Augmentation", read_augmentation(names), told, NONE)


SOUND = (
    Parameter("Normalization", read_normalization, 'None, "Max", {"Max", v} or {"RMS", v}', NONE),
    Parameter("SampleRate", lambda x: read_rate(x), "a positive number of samples a second", 16000),
    Parameter(
        "TargetLength",
        lambda x: x if x is S.All else span(x) if x is not S.Automatic else None,
        "All, a number of elements or a Quantity of time",
        S.All,
    ),
)
WINDOWING = (
    Parameter("WindowSize", span, "Automatic, a number of samples or a Quantity of time", S.Automatic),
    Parameter("Offset", span, "Automatic, a number of samples or a Quantity of time", S.Automatic),
    Parameter(
        "WindowFunction",
        read_window,
        "Automatic, HannWindow, HammingWindow, BlackmanWindow or DirichletWindow",
        S.Automatic,
    ),
)
COUNT = Parameter(
    "NumberOfFilters", lambda x: x if type(x) is int and x > 0 else None, "a positive number", 40
)
MEL = (
    COUNT,
    Parameter("MinimumFrequency", positive, "Automatic or a positive number of Hertz", S.Automatic),
    Parameter("MaximumFrequency", positive, "Automatic or a positive number of Hertz", S.Automatic),
)
COEFFICIENTS = COUNT._replace(name="NumberOfCoefficients", default=13)


def samples_in(value: Any, rate: int) -> int:
    """A number of samples, or the samples in a length of time; at least one."""
    return value if type(value) is int else max(1, round((seconds_of(value) or 0) * rate))


def window_size(params: dict[str, Any]) -> int:
    size, rate = params["WindowSize"], params["SampleRate"]
    return max(1, round(WINDOW_SECONDS * rate)) if size is S.Automatic else samples_in(size, rate)


def offset(params: dict[str, Any]) -> int:
    value = params["Offset"]
    if value is S.Automatic:
        return max(1, round(window_size(params) / WINDOWS_OVERLAPPING))
    return samples_in(value, params["SampleRate"])


def target_samples(params: dict[str, Any]) -> int | None:
    """To how many samples sounds are cut or filled up; None for as many as there are. A number given for a
    spectrum counts its rows.
    """
    target = params["TargetLength"]
    if target is S.All:
        return None
    if type(target) is int and "WindowSize" in params:
        return window_size(params) + (target - 1) * offset(params)
    return samples_in(target, params["SampleRate"])


def target_rows(params: dict[str, Any]) -> Any:
    """The first extent of what the encoder yields."""
    count = target_samples(params)
    if count is None:
        return VARYING
    if "WindowSize" not in params:
        return count
    return 1 + max(0, count - window_size(params)) // offset(params)


def bins(params: dict[str, Any]) -> int:
    return window_size(params) // 2 + 1


def check(params: dict[str, Any]) -> str | None:
    if "MinimumFrequency" in params:
        low, high = frequencies(params)
        if not low < high <= params["SampleRate"] / 2:
            top = params["SampleRate"] / 2
            return f"The filters must lie between 0 and {top:g} Hertz; found {low:g} to {high:g}."
    if "NumberOfCoefficients" in params and params["NumberOfCoefficients"] > params["NumberOfFilters"]:
        return '"NumberOfCoefficients" cannot be more than "NumberOfFilters".'
    return None


def frequencies(params: dict[str, Any]) -> tuple[float, float]:
    low, high = params["MinimumFrequency"], params["MaximumFrequency"]
    top = params["SampleRate"] / 2
    return (0.0 if low is S.Automatic else number(low) or 0.0), (
        top if high is S.Automatic else number(high) or top
    )


# ---- sounds as samples


def samples(ev: Any, found: Encoder, value: Any) -> np.ndarray | None:
    """The sound as one channel at the encoder's rate, augmented, normalized, of its length; None for none."""
    sound = sound_of(value)
    if sound is None:
        return None
    params = found.params
    made = resampled(sound.mono(), sound.rate, params["SampleRate"]).astype(np.float64)
    for name, setting in augmentations(params):
        made = AUGMENT[name](ev, made, setting, params["SampleRate"])
    made = normalized(made, params["Normalization"])
    length = target_samples(params)
    if length is not None:
        made = made[:length] if len(made) >= length else np.pad(made, (0, length - len(made)))
    return made


def sound_of(value: Any) -> Audio | None:
    """A sound, or that of a file; None where `value` is neither."""
    if type(value) is Audio:
        return value
    return opened(value, "audio", load) if is_file(value) else None


def normalized(made: np.ndarray, setting: Any) -> np.ndarray:
    if setting is NONE:
        return made
    name, level = items(setting) if is_list(setting) else (setting, 1)
    have = float(np.abs(made).max()) if name == "Max" else float(np.sqrt(np.mean(made**2)))
    return made * ((number(level) or 1.0) / have) if have > 0 else made


# ---- augmentation


def augmentations(params: dict[str, Any]) -> list[tuple[str, Any]]:
    setting = params["Augmentation"]
    if setting is NONE:
        return []
    rules = items(setting) if is_list(setting) else (setting,)
    found = [(rule.args[0], rule.args[1]) for rule in rules if rule.args[1] is not NONE]
    return [each for each in found if each[0] in AUGMENT]


def drawn(ev: Any, setting: Any, name: str) -> float:
    """A number as it stands, one between {least, most}, or one of a distribution."""
    if is_list(setting) and len(items(setting)) == 2:
        ends = [x if (x := seconds_of(end)) is not None else math.nan for end in items(setting)]
        value: float | None = float(ev.random.uniform(*ends)) if ends[0] <= ends[1] else None
    else:
        value = seconds_of(setting)
        if value is None:
            value = number(ev.call(S.RandomVariate, setting)) if type(setting) is Expr else None
    if value is None:
        text = f'"Augmentation" -> "{name}" takes a number, {{least, most}} or a distribution, not '
        text += f"{show(setting)}."
        raise NetError("NetEncoder", "parameter", text)
    return value


def shifted(ev: Any, made: np.ndarray, setting: Any, rate: int) -> np.ndarray:
    """The sound later (or earlier) by some seconds, silence where it is not."""
    by = round(drawn(ev, setting, "TimeShift") * rate)
    moved = np.zeros_like(made)
    if abs(by) < len(made):
        moved[max(0, by) : len(made) + min(0, by)] = made[max(0, -by) : len(made) - max(0, by)]
    return moved


def noisy(ev: Any, made: np.ndarray, setting: Any, rate: int) -> np.ndarray:
    """With white noise of an amplitude (root mean square), or with another sound, added."""
    if type(setting) is Audio:
        other = resampled(setting.mono(), setting.rate, rate)
        return made + np.resize(other, len(made))
    return made + drawn(ev, setting, "Noise") * ev.random.standard_normal(len(made))


def convolved(ev: Any, made: np.ndarray, setting: Any, rate: int) -> np.ndarray:
    """Convolved with the impulse response of a room, an Audio."""
    if type(setting) is not Audio:
        raise NetError("NetEncoder", "parameter", '"Augmentation" -> "Convolution" takes an Audio object.')
    response = resampled(setting.mono(), setting.rate, rate)
    size = len(made) + len(response) - 1
    product = np.fft.rfft(made, size) * np.fft.rfft(response, size)
    return np.fft.irfft(product, size)[: len(made)]


AUGMENT = {
    "Volume": lambda ev, made, setting, rate: made * drawn(ev, setting, "Volume"),
    "TimeShift": shifted,
    "Noise": noisy,
    "Convolution": convolved,
}


def warp(ev: Any, params: dict[str, Any]) -> float:
    """The factor of the frequencies that "VTLP" asks for."""
    setting = params["Augmentation"]
    for rule in () if setting is NONE else items(setting) if is_list(setting) else (setting,):
        if rule.args[0] == "VTLP" and rule.args[1] is not NONE:
            return drawn(ev, rule.args[1], "VTLP")
    return 1.0


# ---- what the types make of samples


def spectrum(params: dict[str, Any], made: np.ndarray) -> np.ndarray:
    name = params["WindowFunction"]
    name = "Hann" if name is S.Automatic else getattr(name, "name", name).removesuffix("Window")
    return spectra.transform(made, window_size(params), offset(params), name)


def parts(ev: Any, params: dict[str, Any], made: np.ndarray) -> np.ndarray:
    found = spectrum(params, made)
    return np.stack([np.real(found), np.imag(found)], -1)


def mels(ev: Any, params: dict[str, Any], made: np.ndarray) -> np.ndarray:
    found = spectrum(params, made)
    low, high = frequencies(params)
    count, rate = params["NumberOfFilters"], params["SampleRate"]
    filters = spectra.mel_filters(count, window_size(params), rate, low, high, warp(ev, params))
    return spectra.mel_spectrogram(np.abs(found) ** 2, filters)


def declare(name: str, options: tuple[Parameter, ...], element: Any, make: Any, noun: str) -> None:
    """One type of encoder: `element(params)`: extents of a row, `make(ev, params, samples)`: the rows."""
    names = (*AUGMENTATIONS, "VTLP") if "NumberOfFilters" in {x.name for x in options} else AUGMENTATIONS

    def port(params: dict[str, Any]) -> PortType:
        return PortType("real", (target_rows(params), *element(params)))

    def encode(ev: Any, found: Encoder, values: Sequence[Any]) -> Any:
        arrays = []
        for value in values:
            made = samples(ev, found, value)
            array = make(ev, found.params, made) if made is not None else numeric(value)
            if array is None or not fits(array.shape, port(found.params).shape or ()):
                text = (
                    f'The encoder "{name}" takes an Audio object or the File[...] of one, not {show(value)}.'
                )
                raise NetError("NetEncoder", "invalid", text)
            arrays.append(np.ascontiguousarray(array, np.float32))
        return rows(arrays)

    def accepts(found: Encoder, value: Any) -> bool:
        array = numeric(value) if is_list(value) else None
        return not is_list(value) or (array is not None and array.ndim == 1 + len(element(found.params)))

    coder(
        name,
        encoder=Side(
            options=(augmentation(names), *options),
            port=port,
            encode=encode,
            accepts=accepts,
            summary=lambda found, port: f"audio ({noun}, {found.params['SampleRate']} Hz)",
            check=check,
        ),
    )


declare("Audio", SOUND, lambda params: (1,), lambda ev, params, made: made[:, None], "samples")
declare("AudioSTFT", (*SOUND, *WINDOWING), lambda params: (bins(params), 2), parts, "Fourier transform")
declare(
    "AudioSpectrogram",
    (*SOUND, *WINDOWING),
    lambda params: (bins(params),),
    lambda ev, params, made: np.abs(spectrum(params, made)),
    "spectrogram",
)
declare(
    "AudioMelSpectrogram",
    (*SOUND, *WINDOWING, *MEL),
    lambda params: (params["NumberOfFilters"],),
    mels,
    "mel spectrogram",
)
declare(
    "AudioMFCC",
    (*SOUND, *WINDOWING, *MEL, COEFFICIENTS),
    lambda params: (params["NumberOfCoefficients"],),
    lambda ev, params, made: spectra.cepstrum(mels(ev, params, made), params["NumberOfCoefficients"]),
    "cepstral coefficients",
)
