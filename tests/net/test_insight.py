"""Programs, memory and profiles of nets and trainings, seen from the language."""

from __future__ import annotations

from typing import Any

import pytest

TRAINED = (
    'r = NetTrain[NetChain[{8, Tanh, 1}, "Input" -> 2], '
    "Table[{Sin[1. i], Cos[1. i]} -> {Sin[2. i]}, {i, 40}], "
    "All, BatchSize -> 16, MaxTrainingRounds -> 2, TrainingProgressReporting -> None];"
)


def test_program_and_memory_of_inference(wl: Any) -> None:
    wl.value('net = NetInitialize[NetChain[{3, Tanh, 2}, "Input" -> 4]];')
    assert "tanh" in wl('Information[net, "Program"]')
    state, inputs = 4 * (3 * 4 + 3 + 2 * 3 + 2), 4 * 64 * 4
    assert wl.value('Information[net, "PeakMemory"]') >= state + inputs


def test_program_and_memory_of_a_training_step(wl: Any) -> None:
    program = wl(TRAINED + 'r["Program"]')
    assert "adam" in program
    assert 'input "Output" : f32(16, 1)' in program  # the full batch
    assert wl('r["PeakMemory"] === Information[r, "PeakMemory"] && r["PeakMemory"] > 1000') == "True"
    wl.value('again = r["TrainedNet"][{1., 2.}]')  # asking changes nothing
    assert wl('r["Program"]; r["TrainedNet"][{1., 2.}] === again') == "True"


@pytest.mark.parametrize("subject", ["r", "net"])
def test_profiles(wl: Any, subject: str) -> None:
    wl.value(TRAINED + f'net = r["TrainedNet"]; profile = Information[{subject}, "Profile"];')
    assert wl("Keys[First[profile]]") == "{Instruction, Seconds, FLOP, Bytes, PeakShare, Bound}"
    assert wl('OrderedQ[Reverse[profile[[All, "Seconds"]]]] && Min[profile[[All, "Seconds"]]] > 0') == "True"
    assert "% peak" in wl(f'Information[{subject}, "ProfileTable"]')
    assert wl(f'Head[Information[{subject}, "ProfilePicture"]]') == "Image"


def test_nets_that_have_no_program_yet(wl: Any) -> None:
    assert "not set" in wl.error('Information[LinearLayer[3], "PeakMemory"]')
    assert "not supported" in wl.error('Information[PlaceholderLayer["x"], "Profile"]')
