"""Frames come out as they went in, and nothing else is taken for one."""

import io
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from charrnn.runs import messages
from charrnn.runs.messages import DTYPES, MessageError
from charrnn.sentence import Sentence

ARRAYS = st.sampled_from(sorted(DTYPES)).flatmap(
    lambda dtype: arrays.arrays(dtype, arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
)
VALUES = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text()


def framed(kind="progress", fields=None, values=None) -> bytes:
    stream = io.BytesIO()
    messages.write(stream, kind, fields or {"step": 3}, values or {"losses": np.arange(3, dtype=np.float32)})
    return stream.getvalue()


def frame(header: bytes, payload: bytes = b"") -> io.BytesIO:
    return io.BytesIO(struct.pack("<IQ", len(header), len(payload)) + header + payload)


@given(st.text(), st.dictionaries(st.text(), VALUES), st.dictionaries(st.text(), ARRAYS))
def test_what_is_read_is_what_was_written(kind, fields, values):
    stream = io.BytesIO()
    messages.write(stream, kind, fields, values)
    messages.write(stream, "next", {})
    stream.seek(0)
    message = messages.read(stream)
    assert (message.kind, message.fields) == (kind, fields)
    assert message.arrays.keys() == values.keys()
    for name, array in values.items():
        got = message.arrays[name]
        assert (got.dtype, got.shape) == (array.dtype, array.shape)
        assert got.tobytes() == array.tobytes()
    assert messages.read(stream).kind == "next"
    assert messages.read(stream) is None


def test_arrays_that_were_received_cannot_be_written_to():
    losses = messages.read(io.BytesIO(framed())).arrays["losses"]
    with pytest.raises(ValueError, match="read-only"):
        losses[0] = 1


def test_rows_of_a_larger_array_are_sent_as_they_are():
    table = np.arange(12, dtype=np.float64).reshape(3, 4)
    received = messages.read(io.BytesIO(framed(values={"column": table[:, 1]}))).arrays["column"]
    assert received.tolist() == [1, 5, 9]


@given(st.data())
def test_a_frame_cut_short_is_refused(data):
    whole = framed()
    cut = data.draw(st.integers(1, len(whole) - 1))
    with pytest.raises(MessageError, match=r"^The pipe was closed within a frame\.$"):
        messages.read(io.BytesIO(whole[:cut]))


@pytest.mark.parametrize(
    ("lengths", "told"),
    [
        ((messages.MAX_HEADER + 1, 0), "A frame of 1,048,577 and 0 bytes"),
        ((0, messages.MAX_PAYLOAD + 1), "A frame of 0 and 2,147,483,649 bytes"),
    ],
)
def test_a_frame_that_says_to_be_larger_than_any_is_refused_before_there_is_room_for_it(lengths, told):
    with pytest.raises(MessageError) as refused:
        messages.read(io.BytesIO(struct.pack("<IQ", *lengths)))
    assert str(refused.value) == f"{told}: something else wrote here."


def test_a_frame_as_large_as_any_may_be_is_read():
    header = b'{"kind": "a", "fields": {}, "arrays": []}'.ljust(messages.MAX_HEADER)
    assert messages.read(frame(header)) == ("a", {}, {})


def test_a_stray_print_is_refused():
    with pytest.raises(MessageError):
        messages.read(io.BytesIO(b"RuntimeWarning: overflow encountered in exp\n" + framed()))


@pytest.mark.parametrize(
    ("header", "payload", "why"),
    [
        (b"not json", b"", "Expecting value: line 1 column 1 (char 0)"),
        (b"[]", b"", "list indices must be integers or slices, not str"),
        (b'{"kind": "a", "fields": {}}', b"", "'arrays'"),
        (b'{"kind": 1, "fields": {}, "arrays": []}', b"", "kind and fields are missing"),
        (b'{"kind": "a", "fields": [], "arrays": []}', b"", "kind and fields are missing"),
        (b'{"kind": "a", "fields": {}, "arrays": []}', b"left over", "9 bytes belong to no array"),
        (
            b'{"kind": "a", "fields": {}, "arrays": [["x", "<f4", [2]]]}',
            b"12345678left over",
            "9 bytes belong to no array",
        ),
        (b'{"kind": "a", "fields": {}, "arrays": [["x", "|O", [1]]]}', b"12345678", "the array 'x' is '|O' [1]"),
        (
            b'{"kind": "a", "fields": {}, "arrays": [["x", "<f4", [2]]]}',
            b"1234",
            "buffer is smaller than requested size",
        ),
        (b'{"kind": "a", "fields": {}, "arrays": [["x", "<f4", [-1]]]}', b"1234", "the array 'x' is '<f4' [-1]"),
    ],
)
def test_a_frame_that_does_not_add_up_is_refused(header, payload, why):
    with pytest.raises(MessageError) as refused:
        messages.read(frame(header, payload))
    assert str(refused.value) == f"A frame that cannot be read: {why}"


def test_objects_cannot_be_sent():
    with pytest.raises(ValueError, match="only"):
        messages.write(io.BytesIO(), "a", {}, {"objects": np.array([object()])})


def test_a_sentence_arrives_with_what_it_was_made_of():
    said = Sentence("It fell: {why}.", why=Sentence("no room for {n:,}", n=1_000))
    found = messages.read(io.BytesIO(framed(fields={"message": said}))).fields["message"]
    assert (found, found.pattern, found.values["why"].values) == (
        "It fell: no room for 1,000.",
        said.pattern,
        {"n": 1_000},
    )


@pytest.mark.parametrize("wrong", [{}, {"pattern": 1, "values": {}}, {"pattern": "{a.b}", "values": {"a": 1}}])
def test_what_makes_no_sentence_is_refused(wrong):
    with pytest.raises(MessageError):
        messages.read(io.BytesIO(framed(fields={"message": wrong})))
