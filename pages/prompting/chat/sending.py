"""What is sent of a conversation: whether it fits, what falls out, and the sending itself."""

from __future__ import annotations

import contextlib

from core.errors import UserError
from core.prompting.asking import ask
from core.prompting.context_map import Piece, pieces, to_leave_out
from core.prompting.conversation import summary_request
from core.prompting.engine import Model
from core.prompting.recorded import Recorded, recorded_for
from core.prompting.runs import Question, Run
from core.prompting.settings import Settings
from pages.prompting.chat.conversation import Conversation
from pages.prompting.sidebar import PageSettings

SUMMARY_TOKENS = 120
TEMPLATE_BYTES = 100  # what a chat template may put around a turn


def messages(page: PageSettings, talk: Conversation, draft: str = "", skip: int | None = None) -> list[dict[str, str]]:
    """What would be sent, with `draft` as the last question."""
    sent = talk.tree.messages(page.system, skip)
    return [*sent, {"role": "user", "content": draft}] if draft.strip() else sent


def divided(page: PageSettings, talk: Conversation, draft: str = "") -> list[Piece]:
    """What the model would have before it, token by token; counted once for each state of the conversation."""
    assert isinstance(page.model, Model)
    sent = messages(page, talk, draft)
    if not sent:
        return []
    state = _state(page, sent)
    if state not in talk.counted:
        talk.counted = {
            **dict(list(talk.counted.items())[-3:]),
            state: pieces(page.model.tokens_of(sent, page.thinking), sent),
        }
    return talk.counted[state]


def _state(page: PageSettings, sent: list[dict[str, str]]) -> tuple[object, ...]:
    assert isinstance(page.model, Model)
    return str(page.model.path), page.thinking, tuple((part["role"], part["content"]) for part in sent)


def room(page: PageSettings) -> int:
    """Tokens of the context that a prompt may take, so that an answer still fits behind it."""
    assert isinstance(page.model, Model)
    return page.model.n_ctx - min(page.settings.max_tokens, page.model.n_ctx // 3)


def falls_out(page: PageSettings, talk: Conversation, draft: str) -> int:
    """How many of the oldest turns must go for `draft` to fit; -1 if it does not even fit alone.

    Raises:
        UserError: the model's chat template refuses the conversation.
    """
    model = page.model
    if not isinstance(model, Model) or not draft.strip():
        return talk.tree.left_out
    sent = messages(page, talk, draft)
    if sum(len(part["content"].encode()) + TEMPLATE_BYTES for part in sent) <= room(page):
        return talk.tree.left_out  # a token has at least one byte: nothing needs to be counted
    if sum(piece.tokens for piece in divided(page, talk, draft)) <= room(page):
        return talk.tree.left_out

    def fits(count: int) -> bool:
        return model.count(messages(page, talk, draft, count), page.thinking) <= room(page)

    return to_leave_out([*(turn.role for turn in talk.turns), "user"], fits, talk.tree.left_out)


def send(page: PageSettings, talk: Conversation, text: str) -> None:
    """Ask a question, or hold it back for a decision where turns would fall out of the context."""
    if talk.run:
        talk.run.stop()
        talk.run.finish(2)
        talk.settle()
    talk.draft, talk.editing, talk.give = "", None, None
    with contextlib.suppress(UserError):  # the answer will say it
        talk.falling = falls_out(page, talk, text)
    if talk.falling > talk.tree.left_out:
        talk.held = text
        return
    talk.held = ""
    talk.tree.add("user", text)
    answer(page, talk)


def open_with(page: PageSettings, talk: Conversation, text: str) -> None:
    """The exchange that a first conversation opens with: a recorded run where there is one, while the model loads."""
    recorded = recorded_for(page.model, messages(page, talk, text), page.settings)
    if recorded is None or page.thinking:
        send(page, talk, text)
        return
    talk.tree.add("user", text)
    talk.tree.add("assistant", recorded.text, recorded, page.title)
    _prepare(page, talk, recorded)


def _prepare(page: PageSettings, talk: Conversation, recorded: Recorded) -> None:
    """Have the model loaded, and the recorded exchange read, for the question that comes next."""
    model, sent = page.model, recorded.messages
    assert isinstance(model, Model)
    talk.counted[_state(page, sent)] = pieces(recorded.context, sent)  # else a process would be started to count it
    with contextlib.suppress(UserError):  # too little memory: the next question will say it
        model.prepare(sent, page.thinking, talk.key)


def question_of(page: PageSettings, talk: Conversation, opening: str) -> Question:
    """What the answer on the page was asked; before the first answer what would be: the draft, or else `opening`."""
    run = talk.last_run
    if isinstance(run, Run) and run.question:
        return run.question
    if isinstance(run, Recorded):
        return Question(page.model, page.title, list(run.prompt), run.settings, cold=False)
    sent = messages(page, talk, talk.held or talk.draft or opening)
    return Question(page.model, page.title, sent, page.settings, page.thinking, cold=False)


def answer(page: PageSettings, talk: Conversation) -> None:
    """Have the conversation's last question answered."""
    model, sent, talk.by = page.model, messages(page, talk), page.title
    assert model is not None
    talk.tree.removed = talk.problem = None
    question = Question(model, page.title, sent, page.settings, page.thinking, cold=False, conversation=talk.key)
    talk.run = ask(question, "chat")


def summarise(page: PageSettings, talk: Conversation, count: int) -> None:
    """Ask the model for a summary of the oldest `count` turns, or of as many of them as it can read."""
    model = page.model
    assert isinstance(model, Model)
    done, settings = talk.tree.left_out, Settings(temperature=0, seed=1, max_tokens=SUMMARY_TOKENS)
    before = talk.tree.cuts.get(talk.turns[done - 1].id, "") if done else ""
    oldest = talk.turns[done:count]
    while len(oldest) > 1 and model.count(summary_request(oldest, before), False) > model.n_ctx - SUMMARY_TOKENS:
        oldest = oldest[1:]
    asked, talk.summarising = summary_request(oldest, before), count
    talk.run = ask(Question(model, page.title, asked, settings, thinking=False, cold=False, conversation="summary"))
