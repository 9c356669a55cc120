"""The atom Audio: sampled sound; WAV files; what can be asked of it."""

from __future__ import annotations

import io
import math
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from wlnet.expr import (
    AtomType,
    Expr,
    S,
    Symbol,
    array_in,
    is_list,
    items,
    make_list,
    packed,
    register,
    system,
    truth,
)
from wlnet.kernel import formats
from wlnet.kernel.formats import FormatError, source_bytes
from wlnet.kernel.registry import builtin, is_declared, refused, symbol

from .colors import number

DEFAULT_RATE = 44100
MOST_RATE = 10_000_000  # samples a second; above it, filters would exhaust the memory
TEXTS = {
    "audioinv": "`1` is not an Audio object, nor data or a file from which one can be made.",
    "nffil": "File `1` was not found.",
    "rate": "`1` is not a sample rate: a positive number of samples a second.",
    "arg": "`1` is not what `2` takes here: `3`.",
}  # fmt: skip


class Audio:
    """Samples (channels, n) float32, most of them between -1 and 1, read-only; `rate` in samples a second."""

    __slots__ = ("array", "rate")

    def __init__(self, array: np.ndarray, rate: int) -> None:
        self.array = np.array(array, np.float32, ndmin=2)
        self.array.setflags(write=False)
        self.rate = rate

    @property
    def length(self) -> int:
        """Samples in every channel."""
        return int(self.array.shape[1])

    @property
    def seconds(self) -> float:
        return self.length / self.rate

    def mono(self) -> np.ndarray:
        """The mean of the channels (n)."""
        found: np.ndarray = self.array[0] if len(self.array) == 1 else self.array.mean(0)
        return found

    def __eq__(self, other: object) -> bool:
        return type(other) is Audio and self.rate == other.rate and np.array_equal(self.array, other.array)

    def __hash__(self) -> int:
        return hash((Audio, self.rate, self.array.tobytes()))

    def __repr__(self) -> str:
        return f"Audio[<{len(self.array)} x {self.length}, {self.rate} Hz>]"


def full(e: Audio) -> Any:
    data = Expr(S.NumericArray, (packed(e.array.astype(np.float64)), "Real32"))
    return Expr(S.Audio, (data, Expr(S.Rule, (S.SampleRate, e.rate))))


register(Audio, AtomType(head=lambda x: S.Audio, full=full, output=lambda x: f"-Audio, {x.seconds:.3g} s-"))


def read_rate(value: Any) -> int | None:
    """A sample rate: a number or Quantity[n, "Hertz"]; None where it is none."""
    if type(value) is Expr and value.head is S.Quantity and len(value.args) == 2:
        factor = {"Hertz": 1, "Kilohertz": 1000}.get(value.args[1]) if type(value.args[1]) is str else None
        inner = number(value.args[0])
        found = None if factor is None or inner is None else factor * inner
    else:
        found = number(value)
    return None if found is None or not 1 <= found <= MOST_RATE else round(found)


def seconds_of(value: Any, default: float | None = None) -> float | None:
    """A length of time: Quantity[n, unit] or a number of seconds; None where it is none."""
    units = {
        "Seconds": 1.0,
        "Milliseconds": 1e-3,
        "Microseconds": 1e-6,
        "Minutes": 60.0,
        "s": 1.0,
        "ms": 1e-3,
    }
    if type(value) is Expr and value.head is S.Quantity and len(value.args) == 2:
        factor, inner = units.get(str(value.args[1])), number(value.args[0])
        return None if factor is None or inner is None else factor * inner
    found = number(value)
    return default if found is None else found


def resampled(samples: np.ndarray, old: int, new: int) -> np.ndarray:
    """Samples (..., n) at another rate, by a polyphase filter."""
    if old == new:
        return samples
    from scipy import signal  # loaded on first use

    common = math.gcd(old, new)
    return np.asarray(signal.resample_poly(samples, new // common, old // common, axis=-1), np.float32)


# ---- WAV files


def load(source: Path | bytes) -> Audio:
    """The sound in a WAV file: whole numbers become -1 ... 1. FormatError where it holds none."""
    from scipy.io import wavfile  # loaded on first use

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of chunks that are no sound
            rate, data = wavfile.read(io.BytesIO(source_bytes(source)))
    except (ValueError, EOFError) as fault:
        raise FormatError(f"the file holds no sound in the format WAV ({fault}).") from None
    if data.dtype == np.uint8:
        unit = (data.astype(np.float32) - 128) / 128
    elif data.dtype.kind == "i":
        unit = data.astype(np.float64) / (float(np.iinfo(data.dtype).max) + 1)
    else:
        unit = data
    return Audio(unit.T if unit.ndim == 2 else unit, int(rate))


def encoded(e: Audio, options: dict[str, Any]) -> bytes:
    """The bytes of a WAV file of 16-bit whole numbers, or of what "AudioEncoding" says."""
    from scipy.io import wavfile

    kinds = {"Integer16": np.int16, "Integer32": np.int32, "UnsignedInteger8": np.uint8, "Real32": np.float32}
    name = options.get("AudioEncoding", "Integer16")
    kind = kinds.get(name) if type(name) is str else None
    if kind is None:
        raise FormatError('"AudioEncoding" is one of ' + ", ".join(f'"{x}"' for x in kinds) + ".")
    data = np.clip(e.array.T.astype(np.float64), -1, 1)
    if kind is np.uint8:
        data = np.rint(data * 127 + 128)
    elif kind is not np.float32:
        data = np.rint(data * np.iinfo(kind).max)
    stream = io.BytesIO()
    wavfile.write(
        stream, e.rate, np.squeeze(data.astype(kind), 1) if data.shape[1] == 1 else data.astype(kind)
    )
    return stream.getvalue()


ELEMENTS = ("Audio", "Data", "SampleRate", "AudioChannels", "Duration")


def read(ev: Any, source: Path | bytes, element: str | None, options: dict[str, Any]) -> Any:
    found = load(source)
    answers = {
        "Data": lambda: packed(found.array.astype(np.float64)),
        "SampleRate": lambda: found.rate,
        "AudioChannels": lambda: len(found.array),
        "Duration": lambda: Expr(S.Quantity, (found.seconds, "Seconds")),
    }
    return answers[element]() if element in answers else found


def text(ev: Any, value: Any, options: dict[str, Any]) -> bytes:
    if type(value) is not Audio:
        raise FormatError("the format WAV holds Audio, and nothing else.")
    return encoded(value, options)


formats.register("WAV", ("wav",), read=read, text=text, elements=ELEMENTS)


# ---- functions


@builtin("Audio", messages=TEXTS, options={"SampleRate": S.Automatic})
def audio(ev: Any, data: Any, **options: Any) -> Any:
    """Audio[{x1, x2, ...}] is a sound of samples from -1 to 1; Audio[{{left...}, {right...}}] has channels.
    Audio[File["file.wav"]] reads a file. SampleRate -> n sets the samples a second, 44100 by default.

    >>> AudioLength[Audio[{0, 0.5, 0, -0.5}, SampleRate -> 8000]]
    4
    """
    setting = options.get("SampleRate", S.Automatic)
    rate = None if setting is S.Automatic else read_rate(setting)
    if setting is not S.Automatic and rate is None:
        ev.message("Audio", "rate", setting)
        return None
    if type(data) is Audio:
        return data if rate is None else Audio(resampled(data.array, data.rate, rate), rate)
    name = data.args[0] if type(data) is Expr and data.head is S.File and len(data.args) == 1 else data
    if type(name) is str:
        if refused(ev, "Audio"):
            return system("$Failed")
        path = Path(name).expanduser()
        try:
            return load(path)
        except FileNotFoundError:
            ev.message("Audio", "nffil", data)
        except (OSError, FormatError):
            ev.message("Audio", "audioinv", data)
        return system("$Failed")
    array = array_in(data)
    if array is None or array.ndim not in (1, 2) or not array.size or array.dtype.kind not in "iuf":
        if is_list(data) or type(data) not in (Expr, Symbol):
            ev.message("Audio", "audioinv", data)
        return None
    return Audio(array, rate or DEFAULT_RATE)


def audio_function(name: str) -> Any:
    """Declare a function of one sound and more arguments."""

    def declare(function: Any) -> Any:
        builtin(name, messages=TEXTS)(function)
        record = system(name).builtin
        general = record.call

        def call(ev: Any, args: tuple[Any, ...]) -> Any:
            if args and type(args[0]) is not Audio:
                ev.message(name, "audioinv", args[0])
                return None
            return general(ev, args)

        record.call = call
        return function

    return declare


@audio_function("AudioData")
def audio_data(ev: Any, e: Audio) -> Any:
    """AudioData[audio] is the list of its channels' samples.

    >>> AudioData[Audio[{0, 0.5}]]
    {{0., 0.5}}
    """
    return packed(e.array.astype(np.float64))


@audio_function("AudioSampleRate")
def audio_sample_rate(ev: Any, e: Audio) -> Any:
    """AudioSampleRate[audio] is the number of samples a second.

    >>> AudioSampleRate[Audio[{0, 1}, SampleRate -> 8000]]
    8000
    """
    return e.rate


@audio_function("AudioLength")
def audio_length(ev: Any, e: Audio) -> Any:
    """AudioLength[audio] is the number of samples of a channel.

    >>> AudioLength[Audio[{{0, 1, 0}, {1, 0, 1}}]]
    3
    """
    return e.length


@audio_function("AudioChannels")
def audio_channels(ev: Any, e: Audio) -> Any:
    """AudioChannels[audio] is the number of channels.

    >>> AudioChannels[Audio[{{0, 1, 0}, {1, 0, 1}}]]
    2
    """
    return len(e.array)


@builtin("AudioQ")
def is_audio(ev: Any, e: Any) -> Any:
    """AudioQ[e] tells whether e is a sound.

    >>> {AudioQ[Audio[{0, 1}]], AudioQ[1]}
    {True, False}
    """
    return truth(type(e) is Audio)


@audio_function("AudioResample")
def audio_resample(ev: Any, e: Audio, rate: Any) -> Any:
    """AudioResample[audio, n] is the sound with n samples a second.

    >>> AudioLength[AudioResample[Audio[ConstantArray[0, 100], SampleRate -> 1000], 500]]
    50
    """
    found = read_rate(rate)
    if found is None:
        ev.message("AudioResample", "rate", rate)
        return None
    return Audio(resampled(e.array, e.rate, found), found)


@audio_function("AudioTrim")
def audio_trim(ev: Any, e: Audio, span: Any) -> Any:
    """AudioTrim[audio, t] is the first t seconds, AudioTrim[audio, {t1, t2}] what lies between.

    >>> AudioLength[AudioTrim[Audio[ConstantArray[0, 100], SampleRate -> 100], {0.25, 0.5}]]
    25
    """
    ends = [seconds_of(x) for x in (items(span) if is_list(span) else (0, span))]
    if len(ends) != 2 or None in ends or not 0 <= ends[0] < ends[1]:  # type: ignore[operator]
        ev.message("AudioTrim", "arg", span, "AudioTrim", "a time, or {t1, t2} with t1 < t2")
        return None
    first, last = (round(t * e.rate) for t in ends if t is not None)
    return Audio(e.array[:, first:last], e.rate) if first < e.length else None


@audio_function("AudioNormalize")
def audio_normalize(ev: Any, e: Audio) -> Any:
    """AudioNormalize[audio] has 1 as its largest sample.

    >>> AudioData[AudioNormalize[Audio[{0, 0.25, -0.5}]]]
    {{0., 0.5, -1.}}
    """
    top = float(np.abs(e.array).max())
    return Audio(e.array / top, e.rate) if top > 0 else e


@builtin("AudioJoin", messages=TEXTS)
def audio_join(ev: Any, *sounds: Any) -> Any:
    """AudioJoin[audio1, audio2, ...] is one sound after another, at the rate of the first.

    >>> AudioLength[AudioJoin[Audio[{0, 1}], Audio[{1, 0, 1}]]]
    5
    """
    given: list[Any] = [x for each in sounds for x in (items(each) if is_list(each) else (each,))]
    wrong = next((x for x in given if type(x) is not Audio), None)
    if wrong is not None or not given or len({len(x.array) for x in given}) > 1:
        ev.message(
            "AudioJoin",
            "audioinv" if wrong is not None else "arg",
            wrong if wrong is not None else make_list(given),
            "AudioJoin",
            "sounds of as many channels",
        )
        return None
    return Audio(np.concatenate([resampled(x.array, x.rate, given[0].rate) for x in given], 1), given[0].rate)


@builtin("Duration", messages=TEXTS)
def duration(ev: Any, e: Any) -> Any:
    """Duration[audio] is its length in seconds.

    >>> Duration[Audio[ConstantArray[0, 4410]]]
    Quantity[0.1, Seconds]
    """
    return Expr(S.Quantity, (e.seconds, "Seconds")) if type(e) is Audio else None


if not is_declared("SampleRate"):
    symbol("SampleRate", usage="SampleRate is an option of Audio: the number of samples a second.")
