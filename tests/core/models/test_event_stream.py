"""Events of a streamed answer, however the bytes are cut and whatever stands between them."""

import json

import pytest

from core.models.event_stream import EventStream

EVENTS = [{"n": 1, "text": "Größe 🦙"}, {"n": 2}]
ONE, TWO = (json.dumps(event, ensure_ascii=False) for event in EVENTS)
STREAMS = {
    "plain": f"data: {ONE}\n\ndata: {TWO}\n\ndata: [DONE]\n\n",
    "CR LF, comments, other fields": f": hello\r\n\r\nevent: message\r\nid: 7\r\nretry: 10\r\ndata: {ONE}\r\n\r\n"
    f": ping\r\n\r\ndata: {TWO}\r\n\r\ndata: [DONE]\r\n\r\n",
    "CR alone": f"data: {ONE}\r\rdata: {TWO}\r\rdata: [DONE]\r\r",
    "no space": f"data:{ONE}\n\ndata:{TWO}\n\ndata:[DONE]\n\n",
    "a mark of byte order": f"\ufeffdata: {ONE}\n\ndata: {TWO}\n\ndata: [DONE]\n\n",
    "one event over two lines": 'data: {"n": 1,\ndata: "text": "Größe 🦙"}\n\n' + f"data: {TWO}\n\ndata: [DONE]\n\n",
    "one line end between events": f"data: {ONE}\ndata: {TWO}\ndata: [DONE]\n",
    "lines of JSON": f"{ONE}\n{TWO}\n",
    "no empty line at the end": f"data: {ONE}\n\ndata: {TWO}",
}


@pytest.mark.parametrize("stream", STREAMS.values(), ids=STREAMS)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 10_000])
def test_all_events_come_however_the_bytes_are_cut(stream, size):
    content = stream.encode()
    found = EventStream(content[start : start + size] for start in range(0, len(content), size))
    assert list(found) == EVENTS and found.unreadable == 0
    assert found.ended == ("[DONE]" in stream)


@pytest.mark.parametrize("indent", [None, 2])
def test_a_whole_answer_counts_as_one_event(indent):
    content = json.dumps(EVENTS[0], indent=indent).encode()
    assert list(EventStream([content[:5], content[5:]])) == EVENTS[:1]


def test_what_cannot_be_read_costs_itself_and_is_counted():
    found = EventStream([f'data: {{broken\n\ndata: {ONE}\n\ndata: ["a list"]\n\ndata: {TWO}\n\n'.encode()])
    assert list(found) == EVENTS
    assert found.unreadable == 2 and found.first_unreadable == "{broken"


def test_errors_come_as_events():
    stream = 'error: {"message": "no room"}\n\nevent: error\ndata: out of memory\n\n'
    assert list(EventStream([stream.encode()])) == [{"error": {"message": "no room"}}, {"error": "out of memory"}]


def test_nothing_after_the_end_is_read():
    assert list(EventStream([f"data: {ONE}\n\ndata: [DONE]\n\ndata: {TWO}\n\n".encode()])) == EVENTS[:1]


@pytest.mark.parametrize("start", [b"data: ", b"", b"{\n"])
def test_an_endless_line_or_event_is_not_gathered_for_ever(start):
    def endless():
        yield start
        while True:
            yield b"x" * 999 + (b"\n" if start == b"{\n" else b"")

    with pytest.raises(ValueError, match="too long"):
        list(EventStream(endless(), longest=100_000))
