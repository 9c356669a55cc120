"""Names around nets that have no meaning of their own here: superseded layers, nets of other places, types of
compiled functions.
"""

from __future__ import annotations

from typing import Any

from wlnet.expr import Expr, S
from wlnet.kernel.registry import builtin, symbol

from .border import TEXTS, border
from .errors import NetError


@builtin("ConstantArrayLayer", messages=TEXTS)
def constant_array_layer(ev: Any, *args: Any) -> Any:
    """ConstantArrayLayer["Array" -> array] is NetArrayLayer["Array" -> array].

    >>> ConstantArrayLayer["Array" -> {1, 2}][]
    {1., 2.}
    """
    return Expr(S.NetArrayLayer, args)


@builtin("NetModel", messages=TEXTS)
@border
def net_model(ev: Any, *args: Any) -> Any:
    """NetModel["name"] would fetch a trained net from a repository, which wlnet does not have."""
    text = (
        "There is no repository of trained nets here. Import a net from a file instead: "
        'Import["file.onnx"] or Import["file.wlnet"].'
    )
    raise NetError("NetModel", "unavailable", text)


@builtin("NetExternalObject", messages=TEXTS)
@border
def net_external_object(ev: Any, *args: Any) -> Any:
    """NetExternalObject[...] would stand for a net of another framework, which wlnet does not run."""
    text = (
        'Nets of other frameworks are not run as they are. Import["file.onnx"] makes a net of wlnet from '
        "an ONNX file."
    )
    raise NetError("NetExternalObject", "unavailable", text)


symbol("Typed", usage="Typed[x, type] states the type of an argument of a function that is compiled.")
symbol(
    "TypeSpecifier",
    usage='TypeSpecifier["name"][arguments] is a type: TypeSpecifier["PackedArray"]["MachineReal", 2].',
)
