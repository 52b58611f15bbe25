"""What engine and worker say to each other over a pipe: frames of plain JSON and raw arrays, nothing executable.

    frame = header length (4 bytes) · payload length (8 bytes) · header (JSON) · payload (the arrays, one after another)

The header is {"kind": …, "fields": {…}, "arrays": [[name, dtype, shape], …]}, numbers little-endian throughout.
Anything else raises MessageError, so that a stray print can never be taken for a message.
"""

import json
import math
import struct
from collections.abc import Mapping
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from charrnn.sentence import Sentence

Array = np.ndarray[Any, np.dtype[Any]]

DTYPES = frozenset(["|u1", "<i4", "<i8", "<f4", "<f8"])
MAX_HEADER = 1 << 20
MAX_PAYLOAD = 1 << 31

_PREFIX = struct.Struct("<IQ")


class MessageError(Exception):
    """The bytes on the pipe are not a frame."""


class Message(NamedTuple):
    """One message: its kind, JSON-able fields, and arrays by name (read-only once they have been received).

    The field "message" may be a Sentence, and is one again where it arrives.
    """

    kind: str
    fields: dict[str, Any]
    arrays: dict[str, Array]


def write(stream: BinaryIO, kind: str, fields: Mapping[str, Any], arrays: Mapping[str, Array] | None = None) -> None:
    """Write one frame and flush. Raises ValueError for a dtype outside DTYPES, OSError where nobody reads."""
    parts = {name: np.asarray(array, order="C") for name, array in (arrays or {}).items()}
    for name, array in parts.items():
        if array.dtype.str not in DTYPES:
            raise ValueError(f"The array {name} has dtype {array.dtype.str}: only {sorted(DTYPES)} can be sent.")
    shapes = [[name, array.dtype.str, array.shape] for name, array in parts.items()]
    told = {name: value.parts() if isinstance(value, Sentence) else value for name, value in fields.items()}
    header = json.dumps({"kind": kind, "fields": told, "arrays": shapes}).encode()
    stream.write(_PREFIX.pack(len(header), sum(array.nbytes for array in parts.values())) + header)
    for array in parts.values():
        stream.write(array.reshape(-1).view(np.uint8).data)
    stream.flush()


def read(stream: BinaryIO) -> Message | None:
    """The next frame, or None where the pipe was closed between two frames. Raises MessageError."""
    prefix = stream.read(_PREFIX.size)
    if not prefix:
        return None
    if len(prefix) < _PREFIX.size:
        raise MessageError("The pipe was closed within a frame.")
    header_length, payload_length = _PREFIX.unpack(prefix)
    if header_length > MAX_HEADER or payload_length > MAX_PAYLOAD:
        raise MessageError(f"A frame of {header_length:,} and {payload_length:,} bytes: something else wrote here.")
    header, payload = bytearray(header_length), bytearray(payload_length)
    for buffer in (header, payload):
        _fill(stream, buffer)
    try:
        return _decode(json.loads(header), payload)
    except (ValueError, TypeError, KeyError) as error:
        raise MessageError(f"A frame that cannot be read: {error}") from error


def _fill(stream: BinaryIO, buffer: bytearray) -> None:
    view = memoryview(buffer)
    while view:
        count = stream.readinto(view)  # type: ignore[attr-defined]
        if not count:
            raise MessageError("The pipe was closed within a frame.")
        view = view[count:]


def _decode(header: dict[str, Any], payload: bytearray) -> Message:
    arrays, start = {}, 0
    for name, dtype, shape in header["arrays"]:
        if dtype not in DTYPES or any(not isinstance(size, int) or size < 0 for size in shape):
            raise ValueError(f"the array {name!r} is {dtype!r} {shape!r}")
        size = math.prod(shape)
        array = np.frombuffer(payload, dtype, size, start) if size else np.empty(0, dtype)
        array.flags.writeable = False
        arrays[name] = array.reshape(shape)
        start += array.nbytes
    if start != len(payload):
        raise ValueError(f"{len(payload) - start} bytes belong to no array")
    kind, fields = header["kind"], header["fields"]
    if not isinstance(kind, str) or not isinstance(fields, dict):
        raise ValueError("kind and fields are missing")
    if isinstance(fields.get("message"), dict):
        fields["message"] = Sentence.of(fields["message"])
    return Message(kind, fields, arrays)
