"""What servers that call themselves OpenAI-compatible do otherwise: one function for each, to be given to `server`."""

import gzip
import json

WORDS = ["Hello", " there", "."]
TEXT = "".join(WORDS)


def delta(finish=None, **fields):
    return {"choices": [{"index": 0, "delta": fields, "finish_reason": finish}]}


def send(handler, content, kind="text/event-stream", status=200, **headers):
    handler.send_response(status)
    for name, value in {"Content-Type": kind, "Content-Length": str(len(content)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(content)


def events(handler, *found, **headers):
    content = "".join(f"data: {each if isinstance(each, str) else json.dumps(each)}\n\n" for each in found)
    send(handler, content.encode(), **headers)


def refuse(handler, reply, status=400, **headers):
    send(handler, json.dumps(reply).encode(), "application/json", status, **headers)


def plain(handler, body):
    events(handler, *(delta(content=word) for word in WORDS), delta("stop"), "[DONE]")


def null_errors(handler, body):
    events(handler, *({**delta(content=word), "error": None} for word in WORDS), {**delta("stop"), "error": None})


def without_an_end(handler, body):
    events(handler, *(delta(content=word) for word in WORDS))


def whole_messages(handler, body):
    events(handler, *({"choices": [{"message": {"content": word}}]} for word in WORDS), delta("stop"))


def second_choice(handler, body):
    other = {"choices": [{"index": 1, "delta": {"content": "OTHER"}}]}
    events(handler, *(each for word in WORDS for each in (other, delta(content=word))), delta("stop"))


def zipped(handler, body):
    content = "".join(f"data: {json.dumps(delta(content=word))}\n\n" for word in WORDS) + "data: [DONE]\n\n"
    send(handler, gzip.compress(content.encode()), Content_Encoding="gzip")


def one_object(handler, body):
    send(handler, json.dumps({"choices": [{"message": {"content": TEXT}, "finish_reason": "stop"}]}).encode())


def ollamas_own(handler, body):
    lines = [{"message": {"content": word}, "done": False} for word in WORDS] + [{"done": True, "done_reason": "stop"}]
    send(handler, "".join(f"{json.dumps(line)}\n" for line in lines).encode(), "application/x-ndjson")


def parts(handler, body):
    events(handler, *(delta(content=[{"type": "text", "text": word}]) for word in WORDS), delta("stop"))


def usage_that_is_null(handler, body):
    counted = {"choices": [], "usage": {"prompt_tokens": 4, "completion_tokens": 3, "prompt_tokens_details": None}}
    events(handler, {"choices": [], "usage": None}, *(delta(content=word) for word in WORDS), delta("stop"), counted)


def one_broken_event(handler, body):
    events(handler, delta(content=WORDS[0]), "{broken", *(delta(content=word) for word in WORDS[1:]), delta("stop"))


def moved(handler, body):
    if "moved" in handler.path:
        return plain(handler, body)
    send(handler, b"", status=307, Location="/v1/moved/chat/completions")


SAME_ANSWER = (
    plain, null_errors, without_an_end, whole_messages, second_choice, zipped, one_object, ollamas_own, parts,
    usage_that_is_null, one_broken_event, moved,
)  # fmt: skip


def hosted(handler, body):
    """A hosted reasoning model: one parameter has another name, another one value only."""
    if "max_tokens" in body:
        text = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
        refuse(handler, {"error": {"message": text, "param": "max_tokens"}})
    elif body.get("temperature", 1) != 1:
        refuse(handler, {"error": {"message": "'temperature' does not support 0.3", "param": "temperature"}})
    else:
        plain(handler, body)


def strict_schema(handler, body):
    if "top_k" in body:
        refuse(handler, {"detail": [{"loc": ["body", "top_k"], "msg": "extra fields not permitted"}]}, 422)
    else:
        plain(handler, body)


def few_alternatives(handler, body):
    if body.get("top_logprobs", 0) > 5:
        refuse(handler, {"error": {"message": "top_logprobs must be at most 5"}})
    else:
        plain(handler, body)


def no_probabilities(handler, body):
    if "logprobs" in body:
        refuse(handler, {"error": {"message": "logprobs is not supported by this model"}})
    else:
        plain(handler, body)
