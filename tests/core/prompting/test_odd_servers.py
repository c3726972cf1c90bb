"""Servers that do some things otherwise: the answer is the same, and what differs is said."""

import json
import math
import time

import pytest

from core.errors import UserError
from core.models.openai_client import Server
from core.prompting.endpoint import connect
from core.prompting.settings import THINKING, TOOL_CALL, Settings
from tests.support import odd_servers
from tests.support.odd_servers import TEXT, delta, events, plain, refuse, send
from tests.support.openai_server import server

HELLO = [{"role": "user", "content": "Hello"}]


def asked(answer, settings=None):
    """The model after it was asked, its steps, and the bodies that the server was sent."""
    with server(answer) as (url, requests):
        model = connect(url, "m", patience=10)
        steps = list(model.generate(HELLO, settings or Settings(temperature=0.3, max_tokens=20)))
    return model, steps, [body for _, body, _ in requests]


def text_of(steps, kind=""):
    return "".join(step.text for step in steps if step.kind == kind)


@pytest.mark.parametrize("answer", odd_servers.SAME_ANSWER, ids=lambda answer: answer.__name__)
def test_the_answer_is_the_same(answer):
    model, steps, _ = asked(answer)
    assert text_of(steps) == TEXT and model.timings.ended_by == "end of text" and model.timings.generated_tokens >= 1
    assert model.notes == (
        ["1 event of the answer could not be read and is left out."] if answer is odd_servers.one_broken_event else []
    )


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
def test_thinking_in_a_field_of_its_own_comes_as_thinking(field):
    model, steps, _ = asked(
        lambda handler, body: events(
            handler, delta(**{field: "Let me "}), delta(**{field: "see."}), delta(content="Yes."), delta("stop")
        )
    )
    assert text_of(steps, THINKING) == "Let me see." and text_of(steps) == "Yes."
    assert model.timings.generated_tokens == 3


def test_thinking_in_parts_of_the_content_comes_as_thinking():
    thought = [{"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}, {"type": "text", "text": "Yes."}]
    _, steps, _ = asked(lambda handler, body: events(handler, delta(content=thought), delta("stop")))
    assert (text_of(steps, THINKING), text_of(steps)) == ("Hm.", "Yes.")


def test_a_call_of_a_tool_comes_whole():
    first = {"index": 0, "id": "c", "function": {"name": "weather", "arguments": '{"city"'}}
    model, steps, _ = asked(
        lambda handler, body: events(
            handler,
            delta(tool_calls=[first]),
            delta(tool_calls=[{"index": 0, "function": {"arguments": ': "Berlin"}'}}]),
            delta("tool_calls"),
        )
    )
    assert text_of(steps, TOOL_CALL) == 'weather({"city": "Berlin"})' and model.timings.ended_by == "tool call"


@pytest.mark.parametrize(
    "finish, ended_by",
    [("length", "max tokens"), ("content_filter", "content filter"), ("stop", "end of text"), ("eos", "end of text")],
)
def test_why_an_answer_ended(finish, ended_by):
    model, _, _ = asked(lambda handler, body: events(handler, delta(content="Hi"), delta(finish)))
    assert model.timings.ended_by == ended_by


def test_a_refusal_of_the_model_is_its_answer_and_said_to_be_one():
    model, steps, _ = asked(
        lambda handler, body: events(handler, delta(refusal="I cannot.", content=None), delta("stop"))
    )
    assert text_of(steps) == "I cannot." and model.timings.ended_by == "refusal"


def test_half_characters_of_two_events_are_joined():
    halves = [r'{"choices": [{"delta": {"content": "A \ud83e"}}]}', r'{"choices": [{"delta": {"content": "\udd99!"}}]}']
    _, steps, _ = asked(lambda handler, body: events(handler, *halves, delta("stop")))
    assert text_of(steps) == "A 🦙!"
    _, steps, _ = asked(lambda handler, body: events(handler, halves[0], delta("stop")))
    assert text_of(steps) == "A \ufffd"


def test_an_error_in_the_middle_keeps_what_came():
    with server(
        lambda handler, body: events(handler, delta(content="Hel"), {"error": {"message": "out of memory"}})
    ) as (url, _):
        model, came = connect(url, "m"), []
        with pytest.raises(UserError, match="says: out of memory"):
            for step in model.generate(HELLO):
                came.append(step.text)
    assert came == ["Hel"] and model.timings.ended_by == "broken off"


def test_a_parameter_with_another_name_is_renamed_and_one_that_is_refused_left_out():
    model, steps, bodies = asked(odd_servers.hosted)
    assert text_of(steps) == TEXT and len(bodies) == 3
    assert bodies[-1]["max_completion_tokens"] == 20 and "temperature" not in bodies[-1]
    assert model.notes == ["The server does not take temperature: asked without it."]


def test_additions_that_are_refused_are_all_left_out_at_once():
    model, steps, bodies = asked(odd_servers.strict_schema)
    assert text_of(steps) == TEXT and len(bodies) == 2 and not {"top_k", "min_p", "seed"} & set(bodies[-1])
    assert bodies[-1]["temperature"] == 0.3 and "top_k" in model.notes[0]


def test_fewer_alternatives_are_asked_for_where_the_server_has_a_limit():
    model, _, bodies = asked(odd_servers.few_alternatives, Settings(alternatives=10))
    assert bodies[-1]["top_logprobs"] == 5 and model.notes == ["The server takes top_logprobs up to 5."]


def test_without_probabilities_the_answer_comes_all_the_same():
    _, steps, bodies = asked(odd_servers.no_probabilities, Settings(alternatives=10))
    assert text_of(steps) == TEXT and not {"logprobs", "top_logprobs"} & set(bodies[-1])
    assert all(math.isnan(step.probability) for step in steps)


def test_what_is_refused_for_the_message_itself_is_not_asked_again():
    reply = {"detail": [{"loc": ["body", "messages", 0, "role"], "msg": "role must be user"}]}
    with server(lambda handler, body: refuse(handler, reply, 422)) as (url, requests):
        with pytest.raises(UserError, match="messages.0.role: role must be user"):
            list(connect(url, "m").generate(HELLO))
    assert len(requests) == 1


def test_a_form_of_answer_that_is_refused_is_not_silently_dropped():
    with server(lambda handler, body: refuse(handler, {"error": {"message": "response_format is not supported"}})) as (
        url,
        _,
    ):
        with pytest.raises(UserError, match="response_format is not supported"):
            list(connect(url, "m").generate(HELLO, Settings(json_schema={"type": "object"})))


def test_where_a_server_asks_to_wait_it_is_asked_again_and_the_wait_is_shown():
    times = []

    def busy(handler, body):
        times.append(time.monotonic())
        if len(times) < 3:
            refuse(handler, {"error": {"message": "Rate limit"}}, 429, Retry_After="0.6")
        else:
            plain(handler, body)

    with server(busy) as (url, _):
        answer, doing = connect(url, "m").ask(HELLO), set()
        steps = []
        for step in answer.steps(0.05):
            doing.add(answer.doing[0])
            steps += [step] if step else []
    assert text_of(steps) == TEXT and min(times[1] - times[0], times[2] - times[1]) >= 0.6
    assert "the server asks to wait 1 s" in doing


def test_a_long_wait_is_said_and_not_waited_for():
    with server(lambda handler, body: refuse(handler, {"error": "busy"}, 429, Retry_After="3600")) as (url, requests):
        with pytest.raises(UserError, match="busy") as refused:
            list(connect(url, "m").generate(HELLO))
    assert "3,600 s" in refused.value.next_step and len(requests) == 1


def test_a_stop_ends_a_wait():
    with server(lambda handler, body: refuse(handler, {"error": "busy"}, 429, Retry_After="20")) as (url, _):
        answer, began = connect(url, "m").ask(HELLO), time.monotonic()
        for _ in answer.steps(0.05):
            if "wait" in answer.doing[0]:
                answer.cancel()
    assert time.monotonic() - began < 5 and answer.timings.ended_by == "stopped"


@pytest.mark.parametrize(
    "content, said",
    [(b"<html><body>Log in</body></html>", "but with a web page"), (b"Welcome to nginx", "it sent “Welcome to nginx”")],
)
def test_what_is_no_model_server_gets_a_sentence(content, said):
    with server(lambda handler, body: send(handler, content, "text/html" if b"<" in content else "text/plain")) as (
        url,
        _,
    ):
        with pytest.raises(UserError, match=said):
            list(connect(url, "m").generate(HELLO))


def test_a_redirect_is_followed_on_the_same_host_only():
    with server(lambda handler, body: plain(handler, body)) as (other, elsewhere):
        target = other.replace("127.0.0.1", "localhost")
        with server(lambda handler, body: send(handler, b"", status=307, Location=target)) as (url, _):
            with pytest.raises(UserError, match="nothing was sent there"):
                list(connect(url, "m").generate(HELLO))
    assert not elsewhere


def test_a_redirect_in_a_circle_gets_a_sentence():
    with server(lambda handler, body: send(handler, b"", status=307, Location=handler.path)) as (url, requests):
        with pytest.raises(UserError, match="in a circle"):
            list(connect(url, "m").generate(HELLO))
    assert len(requests) < 10


def test_several_tokens_of_one_event_are_several_steps():
    tokens = [("Hel", -0.1), ("lo", -0.5)]
    logprobs = {"content": [{"token": token, "logprob": value, "top_logprobs": []} for token, value in tokens]}
    event = {"choices": [{"delta": {"content": "Hello"}, "logprobs": logprobs}]}
    _, steps, _ = asked(lambda handler, body: events(handler, event, delta("stop")))
    assert [(step.text, round(math.log(step.probability), 6)) for step in steps] == [("Hel", -0.1), ("lo", -0.5)]


def test_a_token_whose_text_comes_later_keeps_its_probability():
    def piece(text, token, value):
        logprobs = {"content": [{"token": token, "logprob": value, "top_logprobs": []}]}
        return {"choices": [{"delta": {"content": text}, "logprobs": logprobs}]}

    _, steps, _ = asked(
        lambda handler, body: events(handler, piece("", "\\xf0\\x9f", -0.2), piece("🦙", "\\xa6\\x99", -0.3))
    )
    assert [step.text for step in steps] == ["", "🦙"] and steps[0].probability == pytest.approx(math.exp(-0.2))


def test_numbers_that_are_none_cost_themselves():
    tops = [
        {"token": "Hi", "logprob": 0.0},
        {"token": "No", "logprob": -math.inf},
        {"token": "Na", "logprob": math.nan},
    ]
    entry = {"token": "Hi", "logprob": -0.0, "top_logprobs": [*tops, {"token": "z", "logprob": None}]}
    event = {"choices": [{"delta": {"content": "Hi"}, "logprobs": {"content": [entry]}}]}
    _, steps, _ = asked(lambda handler, body: events(handler, json.dumps(event), delta("stop")))
    assert steps[0].probability == 1.0
    assert [(other.text, other.probability) for other in steps[0].alternatives] == [("Hi", 1.0), ("No", 0.0)]


def test_the_query_of_an_address_goes_along_and_the_end_of_an_address_does_not():
    with server(plain) as (url, requests):
        list(connect(f"{url}/chat/completions?api-version=2024-10-21", "m").generate(HELLO))
        list(connect(f"{url}?a=1&b=2", "m").generate(HELLO))
    assert [path for path, _, _ in requests] == [
        "/v1/chat/completions?api-version=2024-10-21",
        "/v1/chat/completions?a=1&b=2",
    ]


def test_openais_own_variables_name_a_host_and_its_key(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "theirs")
    monkeypatch.delenv("TEXTLAB_API_KEY", raising=False)
    with server(plain) as (url, requests), server(plain) as (other, others):
        monkeypatch.setenv("OPENAI_BASE_URL", url)
        list(connect(url, "m").generate(HELLO))
        list(connect(other, "m").generate(HELLO))
        list(connect(f"{url}?api-version=1", "m").generate(HELLO))
    assert requests[0][2]["Authorization"] == "Bearer theirs" and "Authorization" not in others[0][2]
    assert requests[1][2]["api-key"] == "theirs" and "api-key" not in requests[0][2]


def test_a_proxy_is_not_asked_for_a_server_on_this_machine(monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    assert text_of(asked(plain)[1]) == TEXT


def test_a_proxy_of_the_environment_is_asked_for_another_machine(monkeypatch):
    with server(lambda handler, body: plain(handler, body)) as (proxy, requests):
        monkeypatch.setenv("HTTP_PROXY", proxy.removesuffix("/v1"))
        monkeypatch.setenv("http_proxy", proxy.removesuffix("/v1"))
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        steps = list(connect("http://cluster.invalid/v1", "m").generate(HELLO))
    assert text_of(steps) == TEXT and requests[0][0] == "http://cluster.invalid/v1/chat/completions"


@pytest.mark.parametrize(
    "reply", [["a", "b"], {"data": [{"id": "a"}, {"id": "b"}]}, {"models": [{"name": "a"}, {"name": "b"}]}]
)
def test_lists_of_models_in_three_forms(reply):
    with server(lambda handler, body: send(handler, json.dumps(reply).encode(), "application/json")) as (url, _):
        assert Server(url).models() == ["a", "b"]
