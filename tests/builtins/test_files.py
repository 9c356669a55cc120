"""Files, import and export, dates, typed arrays, output."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from wlnet.builtins import dates, quantities
from wlnet.kernel import formats


@pytest.fixture(autouse=True)
def _in_a_fresh_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


STRINGS = [
    ('ImportString["1,2\\n3,4", "CSV"]', "{{1, 2}, {3, 4}}"),
    ('ImportString["a,1.5\\n\\"b,c\\",-2e3", "CSV"]', '{{"a", 1.5}, {"b,c", -2000.}}'),
    ('ImportString["x,y\\n1,2", "CSV", "HeaderLines" -> 1]', "{{1, 2}}"),
    ('ImportString["1,2", {"CSV", "RawData"}]', '{{"1", "2"}}'),
    ('ImportString["1,2\\n3,4", {"CSV", "Dimensions"}]', "{2, 2}"),
    ('ImportString["1\\t2", "TSV"]', "{{1, 2}}"),
    ('ImportString["1  2\\n3 4", "Table"]', "{{1, 2}, {3, 4}}"),
    ('ImportString["{\\"a\\": [1, 2.5, null, true]}", "RawJSON"]', '<|"a" -> {1, 2.5, Null, True}|>'),
    ('ImportString["{\\"a\\": {\\"b\\": 1}}", "JSON"]', '{"a" -> {"b" -> 1}}'),
    ('ImportString["a\\nb", "Lines"]', '{"a", "b"}'),
    ('ImportString["a\\nb", "Text"]', '"a\\nb"'),
    ('ImportString["1 + 1", "WL"]', "2"),
    ('ExportString[{{1, 2.5}, {"a,b", x}}, "CSV"]', '"1,2.5\\n\\"a,b\\",x\\n"'),
    ('ExportString[<|"a" -> {1, True, Null}|>, "JSON", "Compact" -> True]', '"{\\"a\\":[1,true,null]}"'),
    ('ExportString[{"a" -> 1}, "RawJSON", "Compact" -> True]', '"{\\"a\\":1}"'),
    ('ExportString[{<|"x" -> 1, "y" -> 2|>}, "CSV"]', '"x,y\\n1,2\\n"'),
    ('ExportString[Range[3], "CSV"]', '"1\\n2\\n3\\n"'),
    ('ExportString[a + 1/2, "WL"]', '"1/2 + a\\n"'),
]


@pytest.mark.parametrize(("text", "expected"), STRINGS)
def test_strings(value, text, expected):
    assert value(text) == expected


@pytest.mark.parametrize("form", ["CSV", "TSV"])
def test_tables_read_back(value, form):
    name = f"t.{form.lower()}"
    data = '{{1, 2.5, "a b"}, {-3, 1.*^-20, "c"}}'
    assert value(f'Export["{name}", {data}]') == f'"{name}"'
    assert value(f'Import["{name}"]') == value(data)


def test_large_tables_come_packed(calculator, tmp_path):
    np.savetxt(tmp_path / "m.csv", np.arange(12.0).reshape(3, 4) + 0.5, delimiter=",")
    assert type(calculator.expr('Import["m.csv"]')) is np.ndarray


def test_json_file(value):
    value('Export["a.json", <|"x" -> {1, 2}|>]')
    assert value('Import["a.json", "RawJSON"]') == '<|"x" -> {1, 2}|>'


MESSAGES = [
    ('Import["nothing.csv"]', "Import::nffil: File nothing.csv was not found."),
    ('Import["x.unknown"]', "Import::nffil"),
    ('ImportString["1", "Nonsense"]', "ImportString::fmtnosup: Nonsense is not a supported import format"),
    ('ImportString["{", "JSON"]', "ImportString::err"),
    ('ImportString["1", {"CSV", "Sound"}]', "ImportString::noelem"),
    ('Export["x.unknown", 1]', "Export::infer"),
    ('Export["no/folder/x.csv", {1}]', "Export::nodir"),
    ('ExportString[f[x], "JSON"]', "ExportString::err"),
    ('Get["nothing.wl"]', "Get::noopen: Cannot open nothing.wl."),
    ('ReadString["nothing"]', "ReadString::nffil"),
    ('DeleteFile["nothing"]', "DeleteFile::nffil"),
    ('SetDirectory["nothing"]', "SetDirectory::cdir"),
    ("ReadString[5]", "ReadString::fstr"),
    ('CreateFile["."]', "CreateFile::filex"),
]


@pytest.mark.parametrize(("text", "expected"), MESSAGES)
def test_messages(calculator, text, expected):
    calculator.value(text)
    assert calculator.messages[0].startswith(expected), calculator.messages


def test_failures_give_failed(value):
    assert (
        value('{Import["nothing.csv"], Get["nothing"], ReadString["nothing"]}')
        == "{$Failed, $Failed, $Failed}"
    )


def test_put_and_get(value):
    assert value('Put[{1, "a", x^2}, "e.wl"]; Get["e.wl"]') == '{1, "a", x^2}'
    assert value('PutAppend[7, "e.wl"]; << e.wl') == "7"
    assert value('ReadList["e.wl"]') == '{{1, "a", x^2}, 7}'


def test_get_defines_and_reports_errors(calculator, tmp_path):
    (tmp_path / "p.wl").write_text("#!/usr/bin/env wlnet\nf[x_] := x + 1\ng[1\n\nh = f[5]\n")
    assert calculator.value('Get["p.wl"]; f[2]') == "3"
    assert any("syntax error" in m for m in calculator.messages)


def test_get_of_a_context_seeks_the_path(value, tmp_path):
    folder = tmp_path / "lib" / "Tools"
    folder.mkdir(parents=True)
    (folder / "Text.wl").write_text("toolsLoaded = $InputFileName")
    assert value('$Path = {"lib"}; Get["Tools`Text`"]').endswith('Text.wl"')
    assert value("$InputFileName") == '""'


OPERATIONS = [
    ('CreateDirectory["d/e"]; DirectoryQ["d/e"]', "True"),
    ('Export["a.txt", "x"]; CopyFile["a.txt", "b.txt"]; ReadString["b.txt"]', '"x"'),
    (
        'Export["a.txt", "x"]; RenameFile["a.txt", "b.txt"]; {FileExistsQ["a.txt"], FileExistsQ["b.txt"]}',
        "{False, True}",
    ),
    ('Export["a.txt", "x"]; Export["c.wl", 1]; FileNames["*.txt"]', '{"a.txt"}'),
    ('SetDirectory["."]; Length[DirectoryStack[]]', "1"),
    ('FileNameJoin[{"a", "b.c"}]', '"a/b.c"'),
    ('FileBaseName["x/y.tar.gz"]', '"y.tar"'),
    ('FileExtension["x/y.txt"]', '"txt"'),
    ('DirectoryName["x/y.txt"]', '"x/"'),
    ('FileNameSplit["/a/b"]', '{"", "a", "b"}'),
    ('WriteString["w.txt", "a", 1]; WriteString["w.txt", "b"]; ReadString["w.txt"]', '"a1b"'),
    ('WriteString["w.txt", "a"]; {Length[Streams[]], Close["w.txt"], Streams[]}', '{1, "w.txt", {}}'),
    (
        's = OpenWrite["w.txt"]; WriteString["w.txt", "a"]; Write[File["w.txt"], 1]; ReadString["w.txt"]',
        '"a1\\n"',
    ),
    ('Export["w.txt", "old"]; WriteLine[File["w.txt"], "a"]; Close["w.txt"]; ReadString["w.txt"]', '"a\\n"'),
    ('Export["r.txt", "1 2.5\\n3"]; ReadList["r.txt", Number]', "{1, 2.5, 3}"),
    ('Environment["NO_SUCH_THING"]', "$Failed"),
    ('RunProcess[{"cat"}, "StandardOutput", "hello"]', '"hello"'),
    ('RunProcess[{"false"}]["ExitCode"]', "1"),
]


@pytest.mark.parametrize(("text", "expected"), OPERATIONS)
def test_operations(value, text, expected):
    assert value(text) == expected


def test_a_format_can_be_registered(value):
    def read(ev, source, element, options):
        return len(formats.source_bytes(source))

    formats.register("TestLength", ("testlength",), read=read)
    try:
        assert value('Export["a.txt", "12345"]; Import["a.txt", "TestLength"]') == "5"
    finally:
        del formats.FORMATS["TestLength"]


DATES = [
    ('DateString[{2024, 3, 5}, "ISODate"]', '"2024-03-05"'),
    ("DateString[{2024, 3, 5}]", '"Tue 5 Mar 2024"'),
    ('DateString[{2024, 3, 5, 14, 7, 9}, {"Hour", ":", "Minute", ":", "Second"}]', '"14:07:09"'),
    ("AbsoluteTime[{1900, 1, 1}]", "0"),
    ("AbsoluteTime[{2000, 1, 1}]", "3155673600"),
    ('DateList["2024-02-29"]', "{2024, 2, 29, 0, 0, 0.}"),
    ("DateList[{2024, 14, 1}]", "{2025, 2, 1, 0, 0, 0.}"),
    ('DateObject["29 Feb 2024"]', "DateObject[{2024, 2, 29}]"),
    ('DateString[DatePlus[{2024, 1, 31}, {1, "Month"}], "ISODate"]', '"2024-02-29"'),
    ('DateString[DatePlus[{2024, 1, 31}, 1], "ISODate"]', '"2024-02-01"'),
    ("DateDifference[{2024, 1, 1}, {2024, 3, 1}]", 'Quantity[60, "Days"]'),
    ("DayName[{2024, 3, 5}]", "Tuesday"),
    ('Quantity[5, "Minute"]', 'Quantity[5, "Minutes"]'),
    ('UnitConvert[Quantity[2, "Hours"], "Minutes"]', 'Quantity[120, "Minutes"]'),
    ("Head[Now]", "DateObject"),
    ("Length[Today[[1]]]", "3"),
    ("AbsoluteTime[] > 3900000000", "True"),
]


@pytest.mark.parametrize(("text", "expected"), DATES)
def test_dates(value, text, expected):
    assert value(text) == expected


def test_seconds_of_quantities(calculator):
    assert quantities.seconds_of(calculator.expr('Quantity[3/2, "Minutes"]')) == 90
    assert quantities.seconds_of(calculator.expr('Quantity[5, "Meters"]')) is None
    assert dates.moment_of("2024-02-29 12:30") == datetime.datetime(2024, 2, 29, 12, 30)


def test_bad_date(message):
    assert message('DateList["no date"]') == "DateList::str: no date cannot be read as a date."


ARRAYS = [
    ("Normal[ByteArray[{1, 255}]]", "{1, 255}"),
    ('ByteArray["aGk="]', 'ByteArray["aGk="]'),
    ('Normal[NumericArray[{1.6, -2.}, "Integer8", "Round"]]', "{2, -2}"),
    ('Normal[NumericArray[{300, -5}, "UnsignedInteger8", "ClipAndRound"]]', "{255, 0}"),
    ("NumericArrayType[NumericArray[{1, 2}]]", '"UnsignedInteger8"'),
    ('NumericArrayType[NumericArray[{{1.}}, "Real32"]]', '"Real32"'),
    ('Length[NumericArray[{{1, 2}, {3, 4}}, "Real64"]]', "2"),
]


@pytest.mark.parametrize(("text", "expected"), ARRAYS)
def test_typed_arrays(value, text, expected):
    assert value(text) == expected


def test_typed_array_messages(message):
    assert message('NumericArray[{300}, "UnsignedInteger8"]').startswith("NumericArray::nconvss")
    assert message('NumericArray[{1}, "Real7"]').startswith("NumericArray::type")
    assert message("ByteArray[{256}]").startswith("ByteArray::batd")


STREAMS = [
    (
        's = StringToStream["1 2.5 x"]; {Read[s, Number], Read[s, Real], Read[s, Word], Read[s, Word]}',
        '{1, 2.5, "x", EndOfFile}',
    ),
    ('s = StringToStream["f[1,\\n2]\\n3"]; {Read[s], Read[s], Read[s]}', "{f[1, 2], 3, EndOfFile}"),
    (
        's = StringToStream["a 1 b 2"]; {Read[s, {Word, Number}], Read[s, {Word, Number}]}',
        '{{"a", 1}, {"b", 2}}',
    ),
    ('s = StringToStream["one\\ntwo"]; {ReadLine[s], ReadLine[s], ReadLine[s]}', '{"one", "two", EndOfFile}'),
    ('s = StringToStream["a\\nbx\\nc"]; {Find[s, "x"], StreamPosition[s]}', '{"bx", 5}'),
    ('s = StringToStream["1 2 3"]; Read[s, Number]; ReadList[s, Number]', "{2, 3}"),
    ('s = StringToStream["abc"]; Read[s, Character]; ReadString[s]', '"bc"'),
    (
        's = OpenWrite["o.txt"]; WriteLine[s, "a"]; Write[s, x^2]; Close[s]; ReadString["o.txt"]',
        '"a\\nx^2\\n"',
    ),
    (
        'Export["i.txt", "1\\n2"]; s = OpenRead["i.txt"]; n = Length[Streams[]]; Close[s]; {n, Streams[]}',
        "{1, {}}",
    ),
]


@pytest.mark.parametrize(("text", "expected"), STREAMS)
def test_streams(value, text, expected):
    assert value(text) == expected


def test_stream_messages(calculator):
    calculator.value('Read[InputStream["x", 99]]; Close["nothing"]; OpenRead["nothing"]')
    assert [m.split()[0] for m in calculator.messages] == [
        "Read::openx:",
        "Close::openx:",
        "OpenRead::nffil:",
    ]
