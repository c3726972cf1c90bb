"""Context: a conversation as the model receives it, and what is dropped when the window is full."""

from __future__ import annotations

import streamlit as st

from core.cached import tokens as cached_tokens
from core.errors import UserError
from core.figures import tokens as figures
from core.tokens import pack
from core.tokens.conversation import Conversation, look
from core.tokens.located import locate
from core.tokens.tokenizer import Tokenizer, check
from pages.shared.export import show_figure
from pages.shared.frame import View, dark
from pages.shared.method import show_method
from pages.shared.reading import show_reading
from pages.shared.user_errors import show_note, user_errors
from pages.tokens.boxes import box, show_row
from pages.tokens.context_choice import OWN, PASTED, Choice, pick_messages, pick_settings, pick_template
from pages.tokens.method_code import imports_code, load_code
from pages.tokens.sidebar import PageSettings, in_catalogue, titles_by_key

MOST_SHOWN = 400


def show(settings: PageSettings) -> None:
    titles = titles_by_key()
    keys = [key for key in titles if key in ("pocket", "smollm2") or not in_catalogue(key) or key in settings.keys]
    left, middle, right, last = st.columns([2, 2, 1.4, 1.4], vertical_alignment="bottom")
    key = (
        left.selectbox(
            "Tokenizer",
            keys,
            keys.index("pocket") if "pocket" in keys else 0,
            format_func=titles.__getitem__,
            key="tokens_context_of",
        )
        or keys[0]
    )
    files = {path.stem: path for path in sorted((pack.folder() / "templates").glob("*.jinja"))}
    chosen = middle.selectbox("Chat template", [OWN, PASTED, *files], key="tokens_template") or OWN
    size = int(
        right.number_input(
            "Context window, tokens", 16, 2_000_000, 96, 16, key="tokens_context_window", bind="query-params"
        )
    )
    room = int(
        last.number_input(
            "Reserved for the answer", 0, 1_000_000, 32, 16, key="tokens_context_room", bind="query-params"
        )
    )
    with user_errors():
        tokenizer: Tokenizer = cached_tokens.tokenizer(key)
        template, source = pick_template(chosen, tokenizer, files, titles[key])
        choice = Choice(template, source, *pick_settings(template))
        slot = st.container()
        messages = pick_messages()
        with slot, user_errors():
            _show(tokenizer, choice, messages, size, min(room, size), titles[key])
        _show_how(key, choice, messages, size, min(room, size))


def _show(
    tokenizer: Tokenizer, choice: Choice, messages: list[dict[str, str]], size: int, room: int, title: str
) -> None:
    if not messages:
        raise UserError("The conversation is empty.", "Write a message into the table.")
    for message in messages:
        check(message["content"])
    found = look(tokenizer, locate(choice.renderer(tokenizer), messages), messages, size, room)
    gone = sum(not turn.kept for turn in found.turns)
    show_reading(
        "{} tokens, {} of them from the template: {} per message. {} of {} messages fit.",
        f"{found.total:,}",
        f"{100 * found.overhead:.0f} %",
        f"{sum(turn.template for turn in found.turns) / len(found.turns):.1f}",
        len(messages) - gone,
        len(messages),
        caveat="Hatched: dropped, the oldest first." if gone else "Nothing is dropped.",
    )
    heading = (
        f"{title} drops {gone} of {len(messages)} messages"
        if gone
        else f"The whole conversation fits {title}'s context window"
    )
    table = {
        "role": [turn.role for turn in found.turns],
        "own tokens": [turn.own for turn in found.turns],
        "template tokens": [turn.template for turn in found.turns],
        "kept": [str(turn.kept) for turn in found.turns],
        "left out by the template": [" … ".join(turn.dropped) for turn in found.turns],
    }
    show_figure(figures.window(found.turns, found.tail, size, room, heading, dark()), "tokens-window", table)
    _show_warnings(found)
    _show_tokens(tokenizer, found)
    _show_dropped(found)


def _show_dropped(found: Conversation) -> None:
    """What stands in a message and not in the prompt: thinking of earlier answers, roles that are passed over."""
    lost = [(number, part) for number, turn in enumerate(found.turns, 1) for part in turn.dropped]
    if lost:
        show_row(
            "Left out by the template",
            [box(part.encode(), number - 1, f"message {number}", faded=True) for number, part in lost],
            "the model never sees it",
        )


def _show_warnings(found: Conversation) -> None:
    if not found.sure:
        show_note(
            "This template changes with what the messages say, so marks could not show where they stand.",
            "Each is taken to be where the prompt changes when the message does; tokens at its edges may be the "
            "template's.",
        )
    if found.double_begin:
        show_note(
            "The template already contains the beginning-of-sequence token.",
            "A program that also adds special tokens sends it twice: tokenize templates without adding any.",
        )
    for number, turn in enumerate(found.turns, 1):
        if turn.hidden:
            show_note(
                f"Message {number} contains the names of control tokens: {', '.join(turn.hidden)}.",
                "Parsed as control tokens they can end a turn or begin another: an injection. Encode what people "
                "type without parsing special tokens.",
            )


def _show_tokens(tokenizer: Tokenizer, found: Conversation) -> None:
    boxes = [
        box(
            token.bytes,
            int(owner) % 5 if owner >= 0 else 0,
            str(token.id),
            faded=owner < 0,
            fresh=owner >= 0 and token.kind == "control",
        )
        for token, owner in zip(found.encoded.between(0, min(found.total, MOST_SHOWN)), found.owners, strict=False)
    ]
    show_row(
        "Model input",
        boxes,
        "pale: from the template; a colour for each message; outlined: control tokens that a person typed"
        + (f"; the first {MOST_SHOWN} tokens" if found.total > MOST_SHOWN else ""),
    )


def _show_how(key: str, choice: Choice, messages: list[dict[str, str]], size: int, room: int) -> None:
    show_method(
        "",
        "the template in the model's file, run in Jinja's sandbox "
        "([chat templates](https://huggingface.co/docs/transformers/chat_templating))",
        f"from core.prompting import templates\n{imports_code([key], 'conversation', 'located')}\n"
        f"tokenizer = {load_code(key)}\nmessages = {ascii(messages)}\ntemplate = {choice.source}\n"
        "render = lambda some: templates.prompt_for(template, some, tokenizer.begin_name, tokenizer.end_name,\n"
        f"                                           {choice.arguments})\n"
        "found = located.locate(render, messages)\n"
        f"result = conversation.look(tokenizer, found, messages, window={size}, room_for_answer={room})\n"
        "print(result.turns, result.overhead)",
        {"window": f"{size} tokens", "reserved for the answer": f"{room} tokens", "continue the last": choice.prefill},
        "The template is run twice, the second time with invisible marks in the messages: so a message is found where "
        "it stands, not where the same words stand in the template. A token belongs to a message if its middle is "
        "inside the message's text; all others are the template's. When the window is full, system messages stay and "
        "the oldest others are dropped, as in chat programs.",
    )


VIEW = View(key="context", title="Context", order=7, show=show)
