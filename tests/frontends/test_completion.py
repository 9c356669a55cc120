"""What Tab offers: names, options of the function at hand, strings within quotes."""

from __future__ import annotations

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from wlnet.frontends.completion import Names, enclosing
from wlnet.session import Session


@pytest.fixture(scope="module")
def names() -> Names:
    return Names(Session())


def offered(names: Names, text: str, asked: bool = True) -> list[str]:
    event = CompleteEvent(completion_requested=asked, text_inserted=not asked)
    return [c.text for c in names.get_completions(Document(text), event)]


def test_symbols(names: Names) -> None:
    assert offered(names, "x = NetTr") == ["NetTrain", "NetTrainResultsObject"]
    names.session.evaluate("NetTree = 3")
    assert "NetTree" in offered(names, "NetTr")
    assert offered(names, "N", asked=False) == []
    assert "N" not in offered(names, "N")
    assert offered(names, "(* NetTr") == []


def test_options_of_the_function_come_first(names: Names) -> None:
    assert offered(names, "NetTrain[net, {1, f[2]},\n  LossFu") == ["LossFunction"]
    assert offered(names, "NetTrain[net, data, Max")[0] == "MaxTrainingRounds"
    assert offered(names, "NetTrain[net, data][Max") == offered(names, "Max")


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ('NetExtract[n, "Biase', "Biases"),
        ('n[x, "Prob', "Probabilities"),
        ('NetTrain[n, d, "TrainedN', "TrainedNet"),
        ('{"a", "Round', "RoundLoss"),
    ],
)
def test_strings(names: Names, text: str, first: str) -> None:
    assert offered(names, text)[0] == first


def test_strings_with_a_common_beginning_stand_in_order(names: Names) -> None:
    """The first is a parameter of LocalResponseNormalizationLayer, the second an array."""
    assert offered(names, 'NetExtract[n, "Bia') == ["Bias", "Biases"]


def test_closed_strings_offer_nothing(names: Names) -> None:
    assert offered(names, '"Bia"') == []
    assert offered(names, '"a" <> "') != []


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("f[1, ", "f"),
        ("f[g[1], {2", "f"),
        ("f[g[1], h[2", "h"),
        ("f[1]", None),
        ("a[[1, ", None),
        ("f[x, <|1 -> 2|>, ", "f"),
        ("f[(1 + 2), ", "f"),
    ],
)
def test_enclosing(text: str, function: str | None) -> None:
    assert enclosing(text) == function
