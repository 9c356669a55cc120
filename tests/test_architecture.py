"""House rules that a program can check: arrows point down, nothing is circular, one name on the path."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# What each room may import (design, section 2); a room may always import itself.
ALLOWED = {
    "runtime": set(),
    "grammar": set(),
    "expr": set(),
    "syntax": {"expr", "grammar"},
    "kernel": {"expr", "syntax"},
    "builtins": {"expr", "syntax", "kernel"},
    "media": {"expr", "syntax", "kernel"},
    "graphics": {"expr", "syntax", "kernel", "builtins", "media"},
    "net": {"expr", "syntax", "kernel", "builtins", "media", "runtime"},
    "worker": {"kernel"},
    "interop": {"session", "expr", "syntax", "kernel", "net", "graphics", "media", "builtins"},
    "session": {
        "worker",
        "expr",
        "syntax",
        "kernel",
        "builtins",
        "net",
        "graphics",
        "media",
        "interop",
        "runtime",
    },
    "frontends": {
        "expr",
        "syntax",
        "kernel",
        "builtins",
        "net",
        "graphics",
        "media",
        "interop",
        "session",
        "runtime",
    },
}
# net may use builtins only as evaluated expressions, and builtins never nets: both directions are kept shut.
ALLOWED["net"].discard("builtins")
ALLOWED["graphics"].discard("builtins")

FILES = sorted(
    path
    for folder in ("wlnet", "runtime")
    for path in (ROOT / folder).rglob("*.py")
    if path.parent != ROOT / "wlnet" or path.stem in ALLOWED
)


def room_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[0] if parts[0] == "runtime" else parts[1]


@cache
def imports(path: Path) -> tuple[tuple[ast.Import | ast.ImportFrom, bool], ...]:
    """The import statements of `path`, and whether each stands at the top level of the module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = (node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom))
    return tuple((node, node in tree.body) for node in found)


def imported_modules(path: Path, top_level: bool = False) -> list[tuple[int, str]]:
    """Every imported module of `path` with its line, as an absolute dotted name."""
    inside = path.relative_to(ROOT).with_suffix("").parts
    package = list(inside if path.stem == "__init__" else inside[:-1])
    if package and package[-1] == "__init__":
        package.pop()
    found: list[tuple[int, str]] = []
    for node, top in imports(path):
        if top_level and not top:
            continue
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        else:
            base = package[: len(package) - node.level + 1] if node.level else []
            stem = ".".join([*base, *([node.module] if node.module else [])])
            found += [(node.lineno, stem), *((node.lineno, f"{stem}.{alias.name}") for alias in node.names)]
    return found


def target_room(module: str) -> str | None:
    parts = module.split(".")
    if parts[0] == "runtime":
        return "runtime"
    if parts[0] != "wlnet" or len(parts) < 2:
        return None
    return parts[1] if parts[1] in ALLOWED else None


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_down(path: Path) -> None:
    room = room_of(path)
    upward = [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for line, module in imported_modules(path)
        if (target := target_room(module)) and target != room and target not in ALLOWED[room]
    ]
    assert not upward, "\n".join(sorted(set(upward)))


def test_runtime_never_mentions_wlnet() -> None:
    for path in (ROOT / "runtime").rglob("*.py"):
        for line, module in imported_modules(path):
            assert module.split(".")[0] != "wlnet", f"{path}:{line} imports {module}"


def test_no_circular_imports_at_module_level() -> None:
    graph: dict[str, set[str]] = {}
    names = {".".join(p.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for p in FILES}
    for path in FILES:
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        graph[name] = {
            module
            for _, module in imported_modules(path, top_level=True)
            if module in names and module != name and not name.startswith(module + ".")
        }
    state: dict[str, int] = {}

    def visit(name: str, trail: list[str]) -> None:
        state[name] = 1
        for other in sorted(graph.get(name, ())):
            assert state.get(other) != 1, "circular: " + " -> ".join([*trail, name, other])
            if other not in state:
                visit(other, [*trail, name])
        state[name] = 2

    for name in sorted(graph):
        if name not in state:
            visit(name, [])


def test_only_the_name_wlnet_is_loaded() -> None:
    code = (
        "import sys, wlnet; from wlnet.runtime import ir; import wlnet.net.builtins; import wlnet.session;"
        "bad = [m for m in sys.modules if m.startswith(('wlnet.wlnet', 'runtime', 'grammar'))];"
        "assert not bad, bad"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_import_of_the_package_is_light() -> None:
    """`import wlnet` and one sum load none of the heavy libraries (design, section 6: start-up)."""
    heavy = "scipy sympy mpmath matplotlib PIL numba cupy rich prompt_toolkit wlnet.net wlnet.graphics"
    code = (
        "import sys; from wlnet import Session; assert Session().evaluate('1 + 1') == 2;"
        f"bad = [m for m in {heavy.split()!r} if m in sys.modules]; assert not bad, bad"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
