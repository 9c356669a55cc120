"""The sandbox: what reaches files, processes or the environment refuses, and no builtin is forgotten."""

from __future__ import annotations

import ast
import os
from pathlib import Path

import pytest

from wlnet.expr import SYSTEM
from wlnet.kernel import registry
from wlnet.session import Session

ROOT = Path(__file__).resolve().parents[1]
BUILTINS = sorted((ROOT / "wlnet" / "builtins").glob("*.py"))

# What a function mentions when it reaches outside: methods of paths, and modules.
REACHES = {
    "absolute", "chdir", "cwd", "environ", "exists", "getenv", "is_dir", "is_file", "iterdir", "mkdir",
    "mkstemp", "mkdtemp", "open", "read_bytes", "read_text", "rmdir", "rmtree", "resolve", "stat",
    "subprocess", "unlink", "urlopen", "walk", "write_bytes", "write_text",
}  # fmt: skip
# Builtins that use a folder of their own while they run, and nothing the user names.
HARMLESS = {"ExportString", "ExportByteArray"}


@pytest.fixture
def session() -> Session:
    made = Session(sandbox=True)
    made.names()  # chapters are files too
    return made


PROGRAMS = [
    'Import["/etc/hostname"]',
    'Export["x.txt", "a"]',
    'Get["x.wl"]',
    "<< x.wl",
    '1 >> "x.wl"',
    '1 >>> "x.wl"',
    'Put[1, "x.wl"]',
    'OpenRead["/etc/hostname"]',
    'OpenWrite["x.txt"]',
    'OpenAppend["x.txt"]',
    'WriteString["x.txt", "a"]',
    'Write["x.txt", 1]',
    'Read["/etc/hostname", String]',
    'ReadLine["/etc/hostname"]',
    'ReadString["/etc/hostname"]',
    'ReadList["/etc/hostname", String]',
    'ReadByteArray["/etc/hostname"]',
    'Find["/etc/hostname", "a"]',
    'FindList["/etc/hostname", "a"]',
    'FindFile["x"]',
    "FileNames[]",
    'FileExistsQ["/etc/hostname"]',
    'FileByteCount["/etc/hostname"]',
    'FileDate["/etc/hostname"]',
    'DeleteFile["x.txt"]',
    "CreateFile[]",
    'CreateDirectory["x"]',
    'CopyFile["/etc/hostname", "x"]',
    'RenameFile["x", "y"]',
    "Directory[]",
    'SetDirectory["/"]',
    'Environment["PATH"]',
    'SetEnvironment["WLNET_TEST" -> "1"]',
    'RunProcess[{"echo", "hi"}]',
    'Needs["Foo`"]',
    'Export["x.wlnet", NetInitialize[LinearLayer[1, "Input" -> 1]]]',
    'NetTrain[LinearLayer[], {1 -> 2.}, MaxTrainingRounds -> 1, TrainingProgressReporting -> File["x.csv"]]',
    'NetTrain[LinearLayer[], File["x.h5"]]',
    'NetTrain[File["x.wlnet"], {1 -> 2.}]',
    'NetEncoder["Image"][File["x.png"]]',
    'NetEncoder["Audio"][File["x.wav"]]',
    'NetEncoder[{"SubwordTokens", File["x.model"]}]',
    'Audio["x.wav"]',
    'Audio[File["x.wav"]]',
    "NetTrain[LinearLayer[], {1 -> 2.}, MaxTrainingRounds -> 1,"
    ' TrainingProgressCheckpointing -> {"File", "x.wlnet"}]',
]


@pytest.mark.parametrize("program", PROGRAMS)
def test_refuses(session: Session, program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    environment = dict(os.environ)
    session.evaluate(program)
    assert any(m.tag == "sandbox" for m in session.messages), session.messages
    assert list(tmp_path.iterdir()) == []
    assert dict(os.environ) == environment


@pytest.mark.parametrize(
    ("program", "value"),
    [
        ('ImportString["1,2", "CSV"]', [[1, 2]]),
        ('Read[StringToStream["1 2"], Number]', 1),
        ('FileNameJoin[{"a", "b"}]', "a/b"),
        ("Head[NetTrain[LinearLayer[], {1 -> 2.}, MaxTrainingRounds -> 1]]", "LinearLayer"),
        ('StringLength[ExportString[{{1, 2}}, "CSV"]]', 4),
    ],
)
def test_what_stays_inside_works(session: Session, program: str, value: object) -> None:
    found = session.evaluate(program)
    assert (np_list(found) if not isinstance(found, str | int) else found) == value or repr(found) == value
    assert session.messages == []


def np_list(value: object) -> object:
    return (
        [np_list(x) if not isinstance(x, int) else x for x in value] if hasattr(value, "__iter__") else value
    )


def test_other_sessions_are_not_affected(session: Session) -> None:
    session.evaluate("Directory[]")
    assert Session().evaluate("Directory[]") == os.getcwd()


def reaching(path: Path) -> set[str]:
    """The builtins of a chapter whose functions, or the module's functions they call, reach outside."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}

    def mentions(name: str, seen: set[str]) -> set[str]:
        if name in seen or name not in functions:
            return set()
        seen.add(name)
        found: set[str] = set()
        for node in ast.walk(functions[name]):
            if isinstance(node, ast.Attribute):
                found.add(node.attr)
            elif isinstance(node, ast.Name):
                found.add(node.id)
                found |= mentions(node.id, seen)
        return found

    declared = {}
    for name, node in functions.items():
        for mark in node.decorator_list:
            if isinstance(mark, ast.Call) and getattr(mark.func, "id", "") == "builtin":
                declared[ast.literal_eval(mark.args[0])] = mentions(name, set())
    return {name for name, words in declared.items() if words & REACHES and "attempt" not in words}


def test_no_builtin_is_forgotten(session: Session) -> None:
    forgotten = []
    for path in BUILTINS:
        source = path.read_text(encoding="utf-8")
        if not any(
            word in source for word in ("pathlib", "import os", "subprocess", "shutil", "tempfile", "urllib")
        ):
            continue
        forgotten += [
            f"{path.name}: {name}"
            for name in sorted(reaching(path) - HARMLESS)
            if not SYSTEM[name].builtin.outside
        ]
    assert not forgotten, forgotten
    assert len([s for s in SYSTEM.values() if s.builtin is not None and s.builtin.outside]) > 25
    assert registry.is_declared("Import")
