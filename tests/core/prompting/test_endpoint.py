"""Servers on loopback: one that behaves, and all the ways in which one may not."""

import json
import socket
import threading
import time

import pytest

from core.errors import UserError
from core.models.connection import response_to
from core.prompting.endpoint import connect
from core.prompting.settings import Settings
from tests.support.openai_server import said, server, stream

HELLO = [{"role": "user", "content": "Hello"}]


def test_a_chat_is_streamed_with_its_settings_and_its_counts():
    usage = {
        "choices": [],
        "usage": {"prompt_tokens": 9, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 4}},
    }
    with server(lambda handler, body: stream(handler, [*said("Hel", "lo 🧀"), usage])) as (url, asked):
        model = connect(url, "small")
        steps = list(model.generate(HELLO, Settings(temperature=0.3, seed=5, max_tokens=7, stop=("END",))))
    assert [step.text for step in steps] == ["Hel", "lo 🧀"]
    assert model.timings.prompt_tokens == 9 and model.timings.cached_tokens == 4
    assert model.timings.generated_tokens == 2 and model.timings.first_token_seconds > 0
    path, body, _ = asked[0]
    assert path == "/v1/chat/completions" and body["messages"] == HELLO and body["model"] == "small"
    assert (body["temperature"], body["seed"], body["max_tokens"], body["stop"]) == (0.3, 5, 7, ["END"])


def test_probabilities_are_read_in_both_forms():
    chat = {
        "choices": [
            {
                "delta": {"content": "a"},
                "logprobs": {
                    "content": [
                        {
                            "token": "a",
                            "logprob": -0.6931471805599453,
                            "top_logprobs": [
                                {"token": "a", "logprob": -0.6931471805599453},
                                {"token": "b", "logprob": -2.0},
                            ],
                        }
                    ]
                },
            }
        ]
    }
    plain = {
        "choices": [
            {
                "text": "a",
                "logprobs": {
                    "tokens": ["a"],
                    "token_logprobs": [-0.6931471805599453],
                    "top_logprobs": [{"b": -2.0, "a": -0.6931471805599453}],
                },
            }
        ]
    }
    for prompt, event, path in ((HELLO, chat, "/v1/chat/completions"), ("Hello", plain, "/v1/completions")):
        with server(lambda handler, body, event=event: stream(handler, [event])) as (url, asked):
            step = next(iter(connect(url, "m").generate(prompt, Settings(alternatives=2))))
        assert step.probability == pytest.approx(0.5) and [other.text for other in step.alternatives] == ["a", "b"]
        assert asked[0][0] == path


def test_a_hosted_server_that_refuses_additions_is_asked_without_them():
    def answer(handler, body):
        if "min_p" in body:
            handler.send_response(400)
            handler.end_headers()
            handler.wfile.write(b'{"error": {"message": "unknown parameter min_p"}}')
        else:
            stream(handler, said("ok"))

    with server(answer) as (url, asked):
        assert [step.text for step in connect(url, "m").generate(HELLO)] == ["ok"]
    assert len(asked) == 2


def test_nothing_listens_there():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(UserError, match="Nothing answers at") as refused:
        list(connect(f"127.0.0.1:{port}", "m").generate(HELLO))
    assert "Start the server" in refused.value.next_step


@pytest.mark.parametrize("status, next_step", [(401, "TEXTLAB_API_KEY"), (404, "name of the model"), (503, "loading")])
def test_a_refusal_is_told_in_the_servers_words(status, next_step):
    def answer(handler, body):
        handler.send_response(status)
        handler.end_headers()
        handler.wfile.write(b'{"error": {"message": "not so"}}')

    with server(answer) as (url, _), pytest.raises(UserError, match="not so") as refused:
        list(connect(url, "m").generate(HELLO))
    assert next_step in refused.value.next_step


def test_a_lost_connection_keeps_what_came():
    with server(lambda handler, body: stream(handler, said("one ", "two "), ends=False)) as (url, _):
        got = []
        with pytest.raises(UserError, match="ended the answer too soon"):
            for step in connect(url, "m").generate(HELLO):
                got.append(step.text)
    assert got == ["one ", "two "]


def test_a_stream_without_a_word_is_asked_what_is_wrong():
    def answer(handler, body):
        if body.get("stream"):
            return stream(handler, [], ends=False)
        handler.send_response(400)
        handler.end_headers()
        handler.wfile.write(b'{"error": {"message": "the context holds 512 tokens"}}')

    with server(answer) as (url, asked), pytest.raises(UserError, match="holds 512 tokens"):
        list(connect(url, "m").generate(HELLO))
    assert [body["max_tokens"] for _, body, _ in asked][1] == 1


def test_a_silent_server_is_given_up():
    def answer(handler, body):
        time.sleep(3)

    with server(answer) as (url, _), pytest.raises(UserError, match="did not answer within"):
        list(connect(url, "m", patience=0.3).generate(HELLO))


def test_stopping_hangs_up_at_once():
    gone = threading.Event()

    def answer(handler, body):
        try:
            for number in range(1000):
                stream(handler, said(f"{number} "), ends=False) if number == 0 else handler.wfile.write(
                    b"data: " + json.dumps(said(f"{number} ")[0]).encode() + b"\n\n"
                )
                time.sleep(0.02)
        except OSError:
            gone.set()

    with server(answer) as (url, _):
        began = time.monotonic()
        for _ in connect(url, "m").generate(HELLO):
            break
        assert time.monotonic() - began < 10, "the server would go on for 20 s"
        assert gone.wait(60), "the server noticed"


def test_rubbish_instead_of_events_gets_a_sentence():
    def answer(handler, body):
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b"data: {not json\n\n<html>")

    with server(answer) as (url, _), pytest.raises(UserError):
        list(connect(url, "m").generate(HELLO))


@pytest.mark.parametrize(
    "address", ["ftp://host/v1", "http://", "http://host:99999999", "", "http://a b/", "http://\0"]
)
def test_what_is_no_address_gets_a_sentence(address):
    with pytest.raises(UserError, match="address|port"):
        connect(address, "m")


@pytest.fixture
def name_of_another_machine(monkeypatch):
    """A name that leads to loopback, as a name of another machine would lead there."""
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *more, **settings: real("127.0.0.1" if host == "cluster.example" else host, *more, **settings),
    )
    return "cluster.example"


def test_a_key_goes_to_this_machine_and_to_no_other(monkeypatch, name_of_another_machine):
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    monkeypatch.delenv("TEXTLAB_API_KEY", raising=False)
    monkeypatch.delenv("TEXTLAB_API_KEY_HOST", raising=False)
    with server(lambda handler, body: stream(handler, said("ok"))) as (url, asked):
        list(connect(url, "m").generate(HELLO))
        assert "Authorization" not in asked[0][2]
        monkeypatch.setenv("TEXTLAB_API_KEY", "mine")
        list(connect(url, "m").generate(HELLO))
        assert asked[1][2]["Authorization"] == "Bearer mine"
        list(connect(url.replace("127.0.0.1", name_of_another_machine), "m").generate(HELLO))
        assert len(asked) == 3 and "Authorization" not in asked[2][2]


def test_a_key_for_another_machine_never_goes_over_plain_http(monkeypatch, name_of_another_machine):
    monkeypatch.setenv("TEXTLAB_API_KEY", "mine")
    monkeypatch.setenv("TEXTLAB_API_KEY_HOST", name_of_another_machine)
    with server(lambda handler, body: stream(handler, said("ok"))) as (url, asked):
        with pytest.raises(UserError, match="TEXTLAB_API_KEY is not sent to cluster.example over") as refused:
            list(connect(url.replace("127.0.0.1", name_of_another_machine), "m").generate(HELLO))
        assert not asked and "https" in refused.value.next_step
        list(connect(url, "m").generate(HELLO))  # which the key was not set for
        assert "Authorization" not in asked[0][2]


def test_over_https_the_key_goes_to_its_host(monkeypatch, name_of_another_machine):
    monkeypatch.setenv("TEXTLAB_API_KEY", "mine")
    monkeypatch.setenv("TEXTLAB_API_KEY_HOST", f"other.example,{name_of_another_machine}")
    monkeypatch.setattr(
        "core.models.openai_client.response_to",  # without the encryption
        lambda method, url, *more: response_to(method, url.replace("https://", "http://"), *more),
    )
    with server(lambda handler, body: stream(handler, said("ok"))) as (url, asked):
        address = url.replace("http://127.0.0.1", f"https://{name_of_another_machine}")
        list(connect(address, "m").generate(HELLO))
        assert asked[0][2]["Authorization"] == "Bearer mine"
        monkeypatch.setenv("TEXTLAB_API_KEY_HOST", f"{name_of_another_machine}:1")  # another port there
        list(connect(address, "m").generate(HELLO))
        assert "Authorization" not in asked[1][2]


def test_a_refusal_says_which_host_a_key_goes_to(monkeypatch, name_of_another_machine):
    def answer(handler, body):
        handler.send_response(401)
        handler.end_headers()
        handler.wfile.write(b'{"error": {"message": "no key"}}')

    monkeypatch.setenv("TEXTLAB_API_KEY", "mine")
    monkeypatch.delenv("TEXTLAB_API_KEY_HOST", raising=False)
    with server(answer) as (url, _):
        with pytest.raises(UserError, match="TEXTLAB_API_KEY_HOST=cluster.example"):
            list(connect(url.replace("127.0.0.1", name_of_another_machine), "m").generate(HELLO))
        with pytest.raises(UserError, match="is not accepted: check TEXTLAB_API_KEY"):
            list(connect(url, "m").generate(HELLO))


def test_the_models_of_a_server():
    def answer(handler, body):
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b'{"data": [{"id": "one"}, {"id": "two"}]}')

    with server(answer) as (url, _):
        assert connect(url).models() == ["one", "two"]


def test_texts_become_unit_vectors_in_their_order():
    def answer(handler, body):
        data = [
            {"index": place, "embedding": [3.0 * len(text), 4.0 * len(text)]}
            for place, text in enumerate(body["input"])
        ]
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(json.dumps({"data": data[::-1]}).encode())

    told = []
    with server(answer) as (url, asked):
        vectors = connect(url, "small").embed(["a", "bb"] * 50, lambda fraction, doing: told.append(fraction))
        assert connect(url).embed([]).shape == (0, 0)
    assert vectors.shape == (100, 2) and vectors.dtype == "float32"
    assert vectors[99].tolist() == pytest.approx([0.6, 0.8])
    assert [path for path, _, _ in asked] == ["/v1/embeddings"] * 2 and asked[0][1]["model"] == "small"
    assert told == [0.64, 1.0]


@pytest.mark.parametrize(
    "data",
    [
        [],
        [{"index": 0, "embedding": [[1.0], [2.0]]}],
        [{"index": 0}],
        "no",
        None,
        [{"index": 0, "embedding": ["x"]}],
        [{"index": 0, "embedding": [float("nan")]}],
    ],
)
def test_a_server_that_does_not_embed_gets_a_sentence(data):
    def answer(handler, body):
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(json.dumps({"data": data}).encode())

    with server(answer) as (url, _), pytest.raises(UserError, match="one vector for each text") as refused:
        connect(url, "m").embed(["text"])
    assert "made for embeddings" in refused.value.next_step
