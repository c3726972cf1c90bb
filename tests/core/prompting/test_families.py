"""Chat templates in the manner of twenty families of models: every conversation gets its prompt, with all its words.

The templates are written here after what each family's does with roles, marks and refusals; they are not copies.
"""

import pytest

from core.prompting import templates


def loop(body, after=""):
    return "{{ bos_token }}{% for m in messages %}" + body + "{% endfor %}" + after


def generation(text):
    return "{% if add_generation_prompt %}" + text + "{% endif %}"


REFUSES_SYSTEM = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
IN_TURN = (
    "{% if (m['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}"
)
SYSTEM_FIRST = (
    "{% if messages[0]['role'] == 'system' %}{% set first = messages[0]['content'] + '\\n\\n' %}"
    "{% set messages = messages[1:] %}{% else %}{% set first = '' %}{% endif %}"
)
INST = (
    IN_TURN + "{% if m['role'] == 'user' %}[INST] {% if loop.first %}{{ first }}{% endif %}{{ m['content'] | trim }} "
    "[/INST]{% else %} {{ m['content'] | trim }}{{ eos_token }}{% endif %}"
)


def tagged(role_open, role_close, end, start="assistant"):
    """<open>role<close>text<end>, the commonest form."""
    body = role_open + "{{ m['role'] }}" + role_close + "{{ m['content'] }}" + end
    return loop(body, generation(role_open + start + role_close))


FAMILIES = {
    "Qwen 2": tagged("<|im_start|>", "\n", "<|im_end|>\n"),
    "SmolLM2": "{% if messages[0]['role'] != 'system' %}<|im_start|>system\nYou help.<|im_end|>\n{% endif %}"
    + tagged("<|im_start|>", "\n", "<|im_end|>\n"),
    "Qwen 3": loop(
        "<|im_start|>{{ m.role }}\n{{ m.content.split('</think>')[-1].lstrip('\\n') }}<|im_end|>\n",
        generation("<|im_start|>assistant\n{% if enable_thinking is false %}<think>\n\n</think>\n\n{% endif %}"),
    ),
    "SmolLM3": "{% set mode = '/think' if enable_thinking else '/no_think' %}<|im_start|>system\nMode: {{ mode }}\n"
    "{% if messages[0].role == 'system' %}{{ messages[0].content }}{% endif %}<|im_end|>\n{% for m in messages %}"
    "{% if m.role != 'system' %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endif %}{% endfor %}"
    + generation("<|im_start|>assistant\n"),
    "Llama 2": SYSTEM_FIRST.replace("first = messages[0]['content']", "first = '<<SYS>>' + messages[0]['content']")
    + loop(INST),
    "Llama 3": loop(
        "<|start_header_id|>{{ m['role'] }}<|end_header_id|>\n\n{{ m['content'] | trim }}<|eot_id|>",
        generation("<|start_header_id|>assistant<|end_header_id|>\n\n"),
    ),
    "Llama 3.2": "{% if tools is not none %}{{ 1 / 0 }}{% endif %}{% if not date_string is defined %}"
    "{% set date_string = strftime_now('%d %b %Y') %}{% endif %}"
    + tagged("<|start_header_id|>", "<|end_header_id|>\n\n", "<|eot_id|>"),
    "Mistral 0.1": loop(INST.replace("{{ first }}", "")),
    "Mistral 0.3": SYSTEM_FIRST + loop(INST),
    "Mistral Small": SYSTEM_FIRST
    + "[SYSTEM_PROMPT]{{ first }}[/SYSTEM_PROMPT]"
    + loop(INST.replace("{{ first }}", "")),
    "Gemma 1 and 2": REFUSES_SYSTEM
    + loop(
        IN_TURN + "<start_of_turn>{{ 'model' if m['role'] == 'assistant' else m['role'] }}\n{{ m['content'] | trim }}"
        "<end_of_turn>\n",
        generation("<start_of_turn>model\n"),
    ),
    "Gemma 3": SYSTEM_FIRST
    + loop(
        IN_TURN + "<start_of_turn>{{ 'model' if m.role == 'assistant' else m.role }}\n{% if loop.first %}{{ first }}"
        "{% endif %}{% if m.content is string %}{{ m.content | trim }}{% endif %}<end_of_turn>\n",
        generation("<start_of_turn>model\n"),
    ),
    "Phi 3": tagged("<|", "|>\n", "<|end|>\n"),
    "DeepSeek R1": loop(
        "{% if m.role == 'system' %}{{ m.content }}{% elif m.role == 'user' %}<|User|>{{ m.content }}{% else %}"
        "<|Assistant|>{{ m.content.split('</think>')[-1] }}{{ eos_token }}{% endif %}",
        generation("<|Assistant|><think>\n"),
    ),
    "Granite": tagged("<|start_of_role|>", "<|end_of_role|>", "<|end_of_text|>\n")
    + "{% if functions %}{{ functions | length }}{% endif %}",
    "Command R": loop(
        "<|START|><|{{ {'system': 'SYSTEM', 'user': 'USER', 'assistant': 'CHATBOT'}[m.role] }}|>{{ m.content }}<|END|>",
        generation("<|START|><|CHATBOT|>"),
    ),
    "Falcon 3": tagged("<|", "|>\n", "\n"),
    "Zephyr": tagged("<|", "|>\n", "{{ eos_token }}\n"),
    "Vicuna": SYSTEM_FIRST
    + loop(
        "{% if loop.first %}{{ first }}{% endif %}{{ 'USER' if m.role == 'user' else 'ASSISTANT' }}: {{ m.content }} ",
        generation("ASSISTANT:"),
    ),
    "Alpaca": "{% for m in messages %}{% if m.role == 'user' %}### Instruction:\n{{ m.content }}\n\n"
    "{% elif m.role == 'assistant' %}### Response:\n{{ m.content }}\n\n{% endif %}{% endfor %}"
    + generation("### Response:\n"),
    "gpt-oss": "<|start|>system<|message|>You are a model.<|end|>"
    + loop("<|start|>{{ 'developer' if m.role == 'system' else m.role }}<|message|>{{ m.content }}<|end|>")
    + generation("<|start|>assistant"),
}


def say(*turns):
    roles = {"S": "system", "U": "user", "A": "assistant"}
    return [{"role": roles[turn[0]], "content": turn[1:].strip()} for turn in turns]


CONVERSATIONS = {
    "a question": say("U Why is the sky blue?"),
    "with a system prompt": say("S Answer in rhyme.", "U Why is the sky blue?", "A It scatters.", "U And at night?"),
    "two questions in a row": say("U Hello there.", "U Why is the sky blue?", "A It scatters.", "U And at night?"),
    "a begun answer": say("S Answer in rhyme.", "U Why is the sky blue?", "A Because up"),
    "the answer first": say("A How can I help?", "U Why is the sky blue?"),
}


@pytest.mark.parametrize("messages", CONVERSATIONS.values(), ids=CONVERSATIONS)
@pytest.mark.parametrize("template", FAMILIES.values(), ids=FAMILIES)
@pytest.mark.parametrize("thinking", [None, False])
def test_every_conversation_gets_its_prompt_with_all_its_words_in_order(template, messages, thinking):
    prompt = templates.prompt_for(template, messages, "<s>", "</s>", thinking)
    place = -1
    for message in messages:
        assert prompt.count(message["content"]) == 1, message
        assert prompt.index(message["content"]) > place
        place = prompt.index(message["content"])
    if messages[-1]["role"] == "assistant":
        assert prompt.endswith(messages[-1]["content"])


def test_a_conversation_that_a_template_has_room_for_is_rendered_as_it_is():
    for name in ("Qwen 2", "Llama 3", "Gemma 3", "Mistral 0.3"):
        messages = CONVERSATIONS["with a system prompt"]
        assert templates.prompt_for(FAMILIES[name], messages) == templates.render(FAMILIES[name], messages)


def test_what_a_template_has_no_room_for_is_what_it_refuses_alone():
    refusing = [name for name, template in FAMILIES.items() if not templates.takes_system_prompt(template)]
    assert refusing == ["Mistral 0.1", "Gemma 1 and 2", "Alpaca"]
