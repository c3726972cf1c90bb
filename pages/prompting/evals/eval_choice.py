"""Which eval, on which models: one that ships, or your own as YAML or CSV."""

from __future__ import annotations

import streamlit as st

from core.errors import UserError
from core.prompting.evals import eval_files, eval_sets
from core.prompting.evals.eval_runs import earlier
from core.prompting.evals.eval_sets import PromptSet
from pages.prompting import state_keys
from pages.prompting.compare.contestants import HERE, first_pair, follow, language_models
from pages.prompting.sidebar import PageSettings
from pages.shared.user_errors import show_note

OWN, OWN_TEXT = "your own", "prompting_set_text"
EXAMPLE = """name: My first set
variables: [{animal: cat}, {animal: eagle}, {animal: ant}]
prompts:
  - text: What kind of animal is a {animal}?
    truth: a cat is a mammal, an eagle a bird, an ant an insect
    checks: [{regex: "mammal|bird|insect"}]
seeds: [1, 2]
settings: {temperature: 0.5, max_tokens: 40}
"""


def pick_set() -> tuple[PromptSet | None, bool, str]:
    """The chosen set (None while an own one cannot be read), whether it is an own one, and the Python that reads it."""
    names = [*eval_sets.shipped(), OWN]
    name = st.pills(
        "Set",
        names,
        default=names[0],
        key="prompting_set",
        label_visibility="collapsed",
        required=True,
        format_func=lambda name: "Your own …" if name == OWN else name,
    )
    if name != OWN:
        plan = eval_sets.shipped()[str(name)]
        st.caption(plan.about)
        return plan, False, f"eval_sets.shipped()[{name!r}]"
    left, right = st.columns([3, 2])
    text = left.text_area(
        "A set in YAML", EXAMPLE, key=OWN_TEXT, persist_state="session", height=190, max_chars=eval_sets.MOST_CHARACTERS
    )
    with right:
        file = st.file_uploader("or a file: .yaml, or .csv with a column named prompt", ["yaml", "yml", "csv"])
        if begun := earlier():
            st.text(
                "Started before: "
                + "; ".join(f"{title[:40]}, {done:,} of {count:,}" for title, _, done, count in begun[:4])
            )
    try:
        if file is None:
            return eval_files.read(text or ""), True, f"eval_files.read({text!r})"
        content = file.getvalue().decode("utf-8-sig")
        return eval_files.read(content, file.name), True, f"eval_files.read({content!r}, {file.name!r})"
    except UnicodeDecodeError:
        show_note("The file is not in UTF-8.", "Save it as UTF-8 and choose it again.")
    except UserError as error:
        show_note(error.what, error.next_step)
    return None, True, ""


def pick_models(page: PageSettings) -> list[str]:
    """Keys of the models that are asked."""
    here = language_models()
    titles = {HERE: f"{page.title} (in the sidebar)", **{key: title for key, (title, _) in here.items()}}
    follow(state_keys.EVAL_MODELS, first_pair(page)[1])
    return st.multiselect(
        "Models",
        list(titles),
        format_func=titles.__getitem__,
        max_selections=8,
        key=state_keys.EVAL_MODELS,
        label_visibility="collapsed",
        placeholder="Which models?",
    )
