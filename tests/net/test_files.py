"""The format WLNet: what is exported comes back equal; damaged files are refused."""

from __future__ import annotations

import os
import pickle
import zipfile
from pathlib import Path
from typing import Any

import pytest

from wlnet.net.files import save

from .test_show import EVERY


@pytest.mark.parametrize("code", EVERY)
def test_nets_come_back_equal(wl: Any, code: str, tmp_path: Path) -> None:
    wl.session["file"] = str(tmp_path / "net.wlnet")
    wl.value(f"net = {code}; Export[file, net];")
    assert wl("Import[file] === net") == "True"
    net = wl.value("net")
    if net.specified and net.all_arrays():
        wl.value("net = NetInitialize[net]; Export[file, net];")
        assert wl("Import[file] === net") == "True"


def test_nets_can_be_pickled(wl: Any) -> None:
    net = wl.value(
        'NetInitialize[NetChain[{2, SoftmaxLayer[]}, "Input" -> 3, "Output" -> NetDecoder["Class"]]]'
    )
    assert pickle.loads(pickle.dumps(net)) == net


def test_elements(wl: Any, tmp_path: Path) -> None:
    wl.session["file"] = str(tmp_path / "net.wlnet")
    wl.value('net = NetInitialize[NetChain[{2}, "Input" -> 3]]; Export[file, net];')
    assert wl('Keys[Import[file, {"WLNet", "ArrayAssociation"}]]') == "{{1, Weights}, {1, Biases}}"
    assert wl('Dimensions /@ Import[file, {"WLNet", "ArrayList"}]') == "{{2, 3}, {2}}"
    assert wl('Import[file, {"WLNet", "UninitializedNet"}] === NetChain[{2}, "Input" -> 3]') == "True"
    assert wl('Import[file, {"WLNet", "Summary"}]').startswith("NetChain[")


def test_shared_arrays_are_stored_once(wl: Any, tmp_path: Path) -> None:
    path = tmp_path / "net.wlnet"
    wl.session["file"] = str(path)
    wl.value(
        'Export[file, NetInitialize[NetChain[{LinearLayer[2, "Weights" -> NetArray["w"]], '
        'LinearLayer[2, "Weights" -> NetArray["w"]]}, "Input" -> 2]]];'
    )
    with zipfile.ZipFile(path) as file:
        assert sum(name.endswith(".npy") for name in file.namelist()) == 3


def test_what_is_no_net(wl: Any, tmp_path: Path) -> None:
    path = tmp_path / "net.wlnet"
    path.write_bytes(b"no zip")
    wl.session["file"] = str(path)
    wl.quietly("Import[file]")
    assert "The file holds no net in the format WLNet of wlnet." in wl.messages[0]
    wl.quietly("Export[file, 3]")
    assert "The format WLNet holds a net, and nothing else." in wl.messages[0]
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("net.json", '{"format": 1, "net": {"type": "FooLayer"}, "shared": {}, "version": "1"}')
    wl.quietly("Import[file]")
    assert "damaged" in wl.messages[0]


def test_a_file_is_whole_or_as_it_was(wl: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "net.wlnet"
    first = wl.value('NetInitialize[NetChain[{3, Tanh}, "Input" -> 2]]')
    save(first, path)
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        save(first, path)
    assert path.read_bytes() == before and [each.name for each in tmp_path.iterdir()] == ["net.wlnet"]
