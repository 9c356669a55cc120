"""Hashes, Base64 and kin, bytes of strings, URLs, compressed expressions, identifiers."""

from __future__ import annotations

from typing import Any

from wlnet.expr import ByteArray, make_list
from wlnet.expr.attributes import LISTABLE
from wlnet.kernel.registry import builtin

from .characters import codec

_HASHES = {
    "MD5": "md5",
    "SHA": "sha1",
    "SHA1": "sha1",
    "SHA224": "sha224",
    "SHA256": "sha256",
    "SHA384": "sha384",
}
_HASHES |= {"SHA512": "sha512", "SHA3-256": "sha3_256", "SHA3-512": "sha3_512"}


def _bytes_of(ev: Any, x: Any) -> bytes:
    if type(x) is ByteArray:
        return x.data
    return (x if type(x) is str else ev.text(x, "FullForm")).encode()


@builtin("Hash", messages={"type": "`1` is not a hash type; the types are `2`."})
def hash_(ev: Any, expr: Any, kind: Any = "SHA256", form: Any = "Integer") -> Any:
    """Hash[expr] gives an integer hash code; Hash[expr, "type"] one of type "MD5", "SHA", "SHA256",
    "CRC32", ...
    Hash[expr, "type", "HexString"] gives it as a string, also "Base64Encoding", "ByteArray",
    "DecimalString".

    >>> {Hash["abc", "MD5", "HexString"], Hash["abc", "CRC32"]}
    {900150983cd24fb0d6963f7d28e17f72, 891568578}
    """
    import hashlib
    import zlib

    if type(kind) is not str or type(form) is not str:
        return None
    data = _bytes_of(ev, expr)
    if kind in ("CRC32", "Adler32"):
        digest = (zlib.crc32(data) if kind == "CRC32" else zlib.adler32(data)).to_bytes(4, "big")
    elif kind in _HASHES:
        digest = hashlib.new(_HASHES[kind], data, usedforsecurity=False).digest()
    elif kind == "Expression":
        digest = hashlib.sha256(data).digest()[:8]
    else:
        ev.message("Hash", "type", kind, make_list(sorted((*_HASHES, "CRC32", "Adler32"))))
        return None
    return _digest_in(form, digest)


def _digest_in(form: Any, digest: bytes) -> Any:
    import base64

    if form == "Integer":
        return int.from_bytes(digest, "big")
    if form == "HexString":
        return digest.hex()
    if form == "HexStringLittleEndian":
        return digest[::-1].hex()
    if form == "DecimalString":
        return str(int.from_bytes(digest, "big"))
    if form == "Base64Encoding":
        return base64.b64encode(digest).decode()
    return ByteArray(digest) if form == "ByteArray" else None


@builtin("BaseEncode")
def base_encode(ev: Any, data: Any, kind: Any = "Base64") -> Any:
    """BaseEncode[ByteArray[...]] gives the Base64 text of bytes; BaseEncode[data, "Base32" or "Base16"]
    other ones.

    >>> BaseEncode[StringToByteArray["hello"]]
    aGVsbG8=
    """
    import base64

    encoders = {"Base64": base64.b64encode, "Base32": base64.b32encode, "Base16": base64.b16encode}
    encoders |= {"Base85ASCII": base64.a85encode}
    return encoders[kind](data.data).decode() if type(data) is ByteArray and kind in encoders else None


@builtin("BaseDecode", messages={"invbase": "`1` is not valid text of the encoding `2`."})
def base_decode(ev: Any, text: Any, kind: Any = "Base64") -> Any:
    """BaseDecode["text"] gives the ByteArray that a Base64 text encodes.

    >>> ByteArrayToString[BaseDecode["aGVsbG8="]]
    hello
    """
    import base64

    decoders = {"Base64": base64.b64decode, "Base32": base64.b32decode, "Base16": base64.b16decode}
    decoders |= {"Base85ASCII": base64.a85decode}
    if type(text) is not str or kind not in decoders:
        return None
    try:
        return ByteArray(decoders[kind](text))
    except ValueError:
        ev.message("BaseDecode", "invbase", text, kind)
        return None


@builtin("StringToByteArray")
def string_to_byte_array(ev: Any, s: Any, encoding: Any = "UTF8") -> Any:
    """StringToByteArray["string"] gives the bytes of the string in UTF-8.

    >>> Normal[StringToByteArray["ab"]]
    {97, 98}
    """
    name = codec(encoding) if type(encoding) is str else None
    return ByteArray(s.encode(name, errors="replace")) if type(s) is str and name else None


@builtin("ByteArrayToString")
def byte_array_to_string(ev: Any, data: Any, encoding: Any = "UTF8") -> Any:
    """ByteArrayToString[ByteArray[...]] gives the string that bytes in UTF-8 encode.

    >>> ByteArrayToString[ByteArray[{72, 105}]]
    Hi
    """
    name = codec(encoding) if type(encoding) is str else None
    return data.data.decode(name, errors="replace") if type(data) is ByteArray and name else None


@builtin("URLEncode", attributes=LISTABLE)
def url_encode(ev: Any, s: Any) -> Any:
    """URLEncode["string"] replaces characters that a URL may not hold by %xx.

    >>> URLEncode["a b&c"]
    a%20b%26c
    """
    from urllib.parse import quote

    return quote(s, safe="") if type(s) is str else None


@builtin("URLDecode", attributes=LISTABLE)
def url_decode(ev: Any, s: Any) -> Any:
    """URLDecode["string"] puts back the characters that URLEncode replaced.

    >>> URLDecode["a%20b"]
    a b
    """
    from urllib.parse import unquote

    return unquote(s) if type(s) is str else None


@builtin("CreateUUID", stateful=True)
def create_uuid(ev: Any, prefix: Any = "") -> Any:
    """CreateUUID[] gives a new unique identifier; CreateUUID["prefix"] one that begins so.

    >>> StringLength[CreateUUID[]]
    36
    """
    import uuid

    return prefix + str(uuid.uuid4()) if type(prefix) is str else None


@builtin("Compress")
def compress(ev: Any, expr: Any) -> Any:
    """Compress[expr] gives a compressed text of expr; Uncompress gives expr back.

    >>> Uncompress[Compress[{1, x^2, "a"}]]
    {1, x^2, a}
    """
    import base64
    import zlib

    return "1:" + base64.b64encode(zlib.compress(ev.text(expr, "FullForm").encode(), 9)).decode()


@builtin("Uncompress", messages={"corrupt": "The text is no compressed expression."})
def uncompress(ev: Any, text: Any) -> Any:
    """Uncompress["text"] gives the expression that Compress made the text of.

    >>> Uncompress[Compress[Sin[x]]]
    Sin[x]
    """
    import base64
    import zlib

    if type(text) is not str:
        return None
    try:
        return ev.read(zlib.decompress(base64.b64decode(text.removeprefix("1:"))).decode())
    except (ValueError, zlib.error):
        ev.message("Uncompress", "corrupt")
        return None
