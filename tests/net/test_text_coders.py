"""Encoders and decoders of texts: characters, bytes, tokens, subwords; by hand and against libraries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wlnet.net.subwords import BytePairs, WordPieces

VALUES = [
    ('NetEncoder[{"Characters", "abc"}]["cab"]', "{3, 1, 2}"),
    ('NetEncoder[{"Characters", "abc"}][{"cab", "b"}]', "{{3, 1, 2}, {2}}"),
    ('NetEncoder[{"Characters", "abc"}][""]', "{}"),
    ('NetEncoder["Characters"]["\\t\\n !~"]', "{1, 2, 3, 4, 97}"),
    ('NetExtract[NetEncoder["Characters"], "Type"]', "Characters"),
    ('NetEncoder[{"Characters", "ab", "UnitVector"}]["ba"]', "{{0., 1.}, {1., 0.}}"),
    ('NetEncoder[{"Characters", {"ab", "cd" -> 7, "ef" -> Automatic, "g"}}]["abdefg"]', "{1, 2, 7, 8, 8, 9}"),
    ('NetEncoder[{"Characters", {4 ;; 6 -> "xyz", "ab"}}]["zab"]', "{6, 7, 8}"),
    ('NetEncoder[{"Characters", {DigitCharacter -> 1, LetterCharacter -> 2, _}}]["a7 b"]', "{2, 1, 3, 2}"),
    ('NetEncoder[{"Characters", {DigitCharacter, StartOfString, EndOfString}}]["09"]', "{11, 1, 10, 12}"),
    ('NetEncoder[{"Characters", "abc", IgnoreCase -> True}]["AbC"]', "{1, 2, 3}"),
    ('NetEncoder[{"Characters", "abc", "TargetLength" -> 5}]["ab"]', "{1, 2, 3, 3, 3}"),
    ('NetEncoder[{"Characters", {"ab", EndOfString, "c"}, "TargetLength" -> 5}]["ab"]', "{1, 2, 3, 3, 3}"),
    ('NetEncoder[{"Characters", "abc", "TargetLength" -> 2}]["cab"]', "{3, 1}"),
    ('NetEncoder[{"Characters", "abc"}][{3, 1}]', "{3, 1}"),  # encoded already
    ('NetEncoder[{"Characters", "\u00e9\U0001d49c"}]["\U0001d49c\u00e9"]', "{2, 1}"),
    ('NetEncoder["UTF8"]["a\u00e9"]', "{98, 196, 170}"),
    ('NetEncoder[{"UTF8", "TargetLength" -> 3}]["a"]', "{98, 256, 256}"),
    ('Dimensions[NetEncoder[{"UTF8", "UnitVector"}]["ab"]]', "{2, 256}"),
    ('NetEncoder[{"Tokens", {"the", "cat"}}]["The cat sat"]', "{1, 2, 3}"),
    ('NetEncoder[{"Tokens", {"the", "cat", "."}}]["the cat."]', "{1, 2, 3}"),
    ('NetEncoder[{"Tokens", {"the", "cat"}, IgnoreCase -> False}]["The cat"]', "{3, 2}"),
    ('NetEncoder[{"Tokens", {"a b", "c"}, "SplitPattern" -> ","}]["a b,c,a"]', "{1, 2, 3}"),
    ('NetEncoder[{"Tokens", {"the", "cat"}, "SplitPattern" -> None}][{"cat", "the", "x"}]', "{2, 1, 3}"),
    ('NetEncoder[{"Tokens", {"the", "cat"}, "SplitPattern" -> None}][{{"cat"}, {"x"}}]', "{{2}, {3}}"),
    ('NetEncoder[{"Tokens", {"the", "cat"}}][TextElement[{"cat", "The"}]]', "{2, 1}"),
    ('NetEncoder[{"Tokens", {"the", "cat"}, "TargetLength" -> 3}]["cat"]', "{2, 3, 3}"),
    ('With[{e = NetEncoder["Tokens"]}, Max[e["The quick brown fox"]] < Max[e["zzxqk"]]]', "True"),
    ('NetDecoder[{"Characters", "abc"}][{{.1, .8, .1}, {.5, .2, .3}}]', "ba"),
    ('NetDecoder[{"Characters", "abc"}][{.1, .8, .1}]', "b"),
    ('NetDecoder[{"Characters", "abc"}][{{{.1, .8, .1}}, {{.5, .2, .3}, {0, 0, 1}}}]', "{b, ac}"),
    ('NetDecoder[{"Characters", {"a", EndOfString, StartOfString}}][IdentityMatrix[3]]', "a"),
    ('NetDecoder[{"Characters", "abc"}][{{.1, .8, .1}}, None]', "{{0.1, 0.8, 0.1}}"),
    ('NetDecoder[{"Tokens", {"the", "cat"}}][{{.1, .9}, {.8, .2}}]', "cat the"),
    ('NetDecoder[{"Tokens", {"the", "cat"}}][{{.1, .7, .2}, {.1, .2, .7}}]', "cat \ufffd"),
    ('NetDecoder[NetEncoder[{"Characters", "xyz", IgnoreCase -> True}]] // InputForm',
     'NetDecoder[{"Characters", "xyz", "IgnoreCase" -> True}]'),
    ('NetEncoder[NetDecoder[{"Tokens", {"a", "b"}}]] // InputForm', 'NetEncoder[{"Tokens", {"a", "b"}}]'),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text"), VALUES)
def test_values(wl: Any, code: str, text: str) -> None:
    assert wl(code) == text


ERRORS = [
    ('NetEncoder[{"Characters", "abc"}]["abd"]', 'NetEncoder::character: The character "d" of "abd"'),
    ('NetEncoder[{"Characters", "aba"}]', 'The table of the characters cannot be read: "a"'),
    ('NetEncoder[{"Characters", {1 ;; 2 -> "abc"}}]', "the codes 1 to 2 are not as many as the characters"),
    ('NetEncoder[{"Characters", "abc", "Index", "TargetLength" -> 0}]', "must be All or a positive number"),
    ('NetEncoder[{"Characters", "abc"}][7]', 'The encoder "Characters" takes a string, not 7.'),
    ('NetEncoder[{"Characters", "abc"}][{1, 4}]', 'The encoder "Characters" takes a string, not 1.'),
    ('NetEncoder[{"Tokens", {"a", "a"}}]', "must be a list of different strings"),
    ('NetEncoder[{"Tokens", "Klingon"}]', 'or the name of a language: "English", not "Klingon"'),
    ('NetEncoder[{"SubwordTokens", {"a"}}]', "must hold _, the code of unknown tokens"),
    ('NetEncoder["SubwordTokens"]', "needs its vocabulary"),
    ('NetEncoder[{"SubwordTokens", {_, "a"}, "IncludeTerminalTokens" -> True}]', "needs StartOfString and"),
    ('NetEncoder[{"SubwordTokens", {_, "a"}, Method -> "Unigram"}]', '"WordPiece", not "Unigram"'),
    ('NetEncoder[{"SubwordTokens", File["/no/such.model"]}]', "NetEncoder::file: The tokenizer file"),
    ('NetDecoder[{"Characters", "abc"}][{{.5, .5}}]', "takes a sequence of vectors of 3 probabilities"),
    ('NetDecoder[{"Characters", "abc"}][{{.1, .8, .1}}, "Entropy"]', 'has no property "Entropy"'),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text"), ERRORS)
def test_errors(wl: Any, code: str, text: str) -> None:
    assert text in wl.error(code)


def test_byte_pairs_join_what_stands_first() -> None:
    tokens = [None, "a", "b", "c", "bc", "ab", "abc", " ", " a"]
    pairs = BytePairs(tokens, 0)
    # "bc" stands before "ab": a + bc, and "abc" is then their union.
    assert [tokens[k] for k in pairs.encode(["abc"], False)[0]] == ["abc"]
    assert [tokens[k] for k in pairs.encode(["ab cb"], False)[0]] == ["ab", " ", "c", "b"]
    assert pairs.encode(["aXb"], False)[0] == [1, 0, 2]
    padded = BytePairs(tokens, 0, combine=True, padding="Left")
    assert [tokens[k] for k in padded.encode(["a  a"], False)[0]] == [" a", " a"]


def test_word_pieces_take_the_longest() -> None:
    tokens = ["[UNK]", "un", "##aff", "##able", "##a", "aff"]
    pieces = WordPieces(tokens, 0)
    assert [tokens[k] for k in pieces.encode(["unaffable affa xyz"], False)[0]] == [
        "un", "##aff", "##able", "aff", "##a", "[UNK]",
    ]  # fmt: skip
    assert pieces.decode([1, 2, 3, 5]) == " unaffable aff"


def test_hugging_face_file(wl: Any, tmp_path: Path) -> None:
    tokenizers = pytest.importorskip("tokenizers")
    model = tokenizers.Tokenizer(tokenizers.models.BPE(unk_token="[UNK]"))
    model.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    trainer = tokenizers.trainers.BpeTrainer(special_tokens=["[UNK]"], vocab_size=40)
    model.train_from_iterator(["low lower lowest new newer newest"], trainer)
    path = tmp_path / "tokenizer.json"
    model.save(str(path))
    wl.value(f'e = NetEncoder[{{"SubwordTokens", File["{path}"]}}]')
    path.unlink()  # the encoder holds what it needs
    wanted = [k + 1 for k in model.encode("newest lower").ids]
    assert np.array_equal(wl.value('e["newest lower"]'), wanted)
    assert f"({model.get_vocab_size()} codes)" in wl("e")
    wl.value(f'Export["{tmp_path}/n.wlnet", NetChain[{{EmbeddingLayer[2]}}, "Input" -> e]]')
    assert (
        wl(f'NetExtract[Import["{tmp_path}/n.wlnet"], "Input"]["newest lower"] == e["newest lower"]')
        == "True"
    )


def test_sentence_piece_file(wl: Any, tmp_path: Path) -> None:
    sentencepiece = pytest.importorskip("sentencepiece")
    corpus = tmp_path / "corpus.txt"
    corpus.write_text("low lower lowest new newer newest wide wider widest\n" * 20)
    sentencepiece.SentencePieceTrainer.Train(
        input=str(corpus), model_prefix=str(tmp_path / "m"), vocab_size=40, model_type="bpe",
        hard_vocab_limit=False, minloglevel=2,
    )  # fmt: skip
    model = sentencepiece.SentencePieceProcessor(model_file=str(tmp_path / "m.model"))
    wl.value(f'e = NetEncoder[{{"SubwordTokens", File["{tmp_path}/m.model"]}}]')
    ids = model.encode("newest lower")
    assert np.array_equal(wl.value('e["newest lower"]'), [k + 1 for k in ids])
    rows = "{" + ", ".join(f"UnitVector[{model.get_piece_size()}, {k + 1}]" for k in ids) + "}"
    assert wl(f"NetDecoder[e][N[{rows}]]") == "newest lower"


def test_missing_library_is_named(wl: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "tokenizers", None)
    (tmp_path / "t.json").write_text("{}")
    found = wl.error(f'NetEncoder[{{"SubwordTokens", File["{tmp_path}/t.json"]}}]')
    assert found.startswith("NetEncoder::library") and "pip install wlnet[tokenizers]" in found


def test_ports_follow_from_encoders(wl: Any) -> None:
    for coder in ('{"Characters", "abc"}', '{"Tokens", {"a", "b"}}'):
        found = wl(f'NetExtract[NetChain[{{EmbeddingLayer[2]}}, "Input" -> {coder}], {{1, "Input"}}]')
        assert found == "{Varying, Restricted[Integer, 3]}"
    layers = "{EmbeddingLayer[2], AggregationLayer[Mean, 1]}"
    wl.value(f'n = NetInitialize[NetChain[{layers}, "Input" -> {{"Characters", "abc"}}]]')
    assert wl('Dimensions[n[{"ab", "c"}]]') == "{2, 2}"
    assert wl('n[{"ab", "c"}][[2]] == n["c"]') == "True"
    assert wl('NetExtract[NetReplacePart[n, "Input" -> None], "Input"]').startswith("{Varying")


def test_coders_come_back_from_files(wl: Any, tmp_path: Path) -> None:
    for coder in (
        '{"Characters", {"ab", _, EndOfString}}', '{"Tokens", {"a", "b"}, "TargetLength" -> 4}',
        '{"SubwordTokens", {_, "a", "b", "ab"}, Method -> {"BPE", "WhitespacePadding" -> Left}}', '"UTF8"',
    ):  # fmt: skip
        wl.value(f'n = NetChain[{{EmbeddingLayer[2]}}, "Input" -> {coder}]; Export["{tmp_path}/n.wlnet", n]')
        assert wl(f'Import["{tmp_path}/n.wlnet"] === n') == "True"
        assert (
            wl('ToExpression[ToString[NetExtract[n, "Input"], InputForm]] === NetExtract[n, "Input"]')
            == "True"
        )
