"""Words in context: one word in several sentences, layer by layer of an encoder, against its one static vector."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from core import catalog
from core.cached import documents as cached_documents
from core.cached import words as cached_words
from core.documents import corpus as corpora
from core.documents.encoders import DEFAULT_ENCODER
from core.documents.projection import principal_components
from core.errors import UserError
from core.figures.words_context import layers_and_map
from core.words.sense_examples import EXAMPLES
from core.words.senses import Occurrence, Separation, read_sentences, separation
from core.words.verdicts import Test, judge
from core.workflows import compare_encoders, words_in_context
from core.workflows.compare_encoders import Source
from core.workflows.encoder_sources import on_this_machine
from pages.shared.export import show_figure
from pages.shared.frame import View, dark
from pages.shared.job_status import result_or_progress
from pages.shared.method import show_method
from pages.shared.reading import show_reading
from pages.shared.user_errors import show_note
from pages.words.presets import pick_preset
from pages.words.sidebar import PageSettings

WORD, TEXT = "words_context_word", "words_context_text"
PRESETS = {word: (word, text) for word, text in EXAMPLES.items()}
FIRST = next(iter(EXAMPLES))
SENTENCE = "sentence"


def show(settings: PageSettings) -> None:
    """Draw the view."""
    source = _pick_sidebar()
    left, right = st.columns([4, 9], gap="medium")
    with left:
        word = (
            st.text_input("Word", FIRST, max_chars=40, key=WORD, bind="query-params", on_change=_follow_word) or ""
        ).strip()
        st.session_state.setdefault(TEXT, EXAMPLES.get(word, EXAMPLES[FIRST]))
        text = st.text_area(
            "Sentences with it",
            key=TEXT,
            height=235,
            persist_state="session",
            max_chars=20_000,
            help="One on each line. “river: …” before a sentence labels the sense of the word.",
        )
        occurrences, lost = read_sentences(text or "", word)
        if lost:
            shown = "; ".join(f"line {number}: {why}" for number, why in lost[:6])
            show_note(f"{len(lost)} of the lines left out:", shown + ("; …" if len(lost) > 6 else ""))
    if len(occurrences) < 2:
        raise UserError("At least two sentences with the word are needed.", "Type them, one on each line.")
    _result(settings, source, word, occurrences, right)


def _follow_word() -> None:
    """A word with sentences of the lab gets them, where none of the sentences that are there has it."""
    word = (st.session_state.get(WORD) or "").strip().lower()
    if word in EXAMPLES and not read_sentences(st.session_state.get(TEXT) or "", word)[0]:
        st.session_state[TEXT] = EXAMPLES[word]


def _pick_sidebar() -> Source:
    """The examples, the encoder, and sentences from a corpus."""
    offered = [Source("encoder", "all-MiniLM-L6-v2", DEFAULT_ENCODER), *on_this_machine()]
    with st.sidebar:
        pick_preset((WORD, TEXT), PRESETS, "Examples")
        keys = {f"{source.kind} {source.name}": source for source in offered}
        if st.session_state.get("words_context_encoder") not in keys:
            st.session_state.pop("words_context_encoder", None)
        key = st.selectbox(
            "Encoder",
            list(keys),
            format_func=lambda key: keys[key].title if key in keys else key,
            key="words_context_encoder",
            persist_state="session",
            help="Of a BERT encoder every layer is read. Another one, and a .gguf file, gives a vector of the whole "
            "sentence.",
        )
        with st.expander("Sentences from a corpus", icon=":material/description:", key="words_context_corpus_open"):
            _take_from_corpus()
    return keys.get(key or "", offered[0])


def _take_from_corpus() -> None:
    titles = {spec.key: spec.title for spec in catalog.of_kind("corpus")} | corpora.saved()
    key = st.selectbox("Corpus", list(titles), format_func=lambda key: titles.get(key, key), key="words_context_corpus")

    def take() -> None:
        word = (st.session_state.get(WORD) or FIRST).strip()
        try:
            found = words_in_context.sentences_of(cached_documents.corpus(key), word) if key else []
        except UserError as problem:
            st.session_state["words_context_told"] = f"{problem.what} {problem.next_step}"
            return
        if found:
            st.session_state[TEXT] = "\n".join(found)
        st.session_state["words_context_told"] = f"{len(found)} sentences with “{word}” in this corpus."

    st.button("Take its sentences with the word", on_click=take, key="words_context_take", width="stretch")
    if told := st.session_state.pop("words_context_told", ""):
        st.text(told)


def _result(settings: PageSettings, source: Source, word: str, occurrences: list[Occurrence], place: Any) -> None:
    """The picture in `place`, beside the sentences; below both what it says and how it is computed."""
    with place:
        found = _vectors(source, occurrences)
    if found is None:
        return
    states, names, occurrences, pieces = found
    senses = [item.sense for item in occurrences]
    layers = [separation(state, senses) for state in states]
    chosen = len(names) - 1
    if len(names) > 1:
        if st.session_state.get("words_context_layer", 0) > chosen:
            st.session_state["words_context_layer"] = chosen  # the encoder before had more layers
        with st.sidebar:
            chosen = st.slider(
                "Layer of the map", 0, len(names) - 1, len(names) - 1, key="words_context_layer", bind="query-params"
            )
    lengths = np.maximum(np.linalg.norm(states[chosen], axis=1, keepdims=True), 1e-12)
    points = principal_components(states[chosen] / lengths, 2)
    with place:
        show_figure(
            layers_and_map(
                layers,
                names,
                chosen,
                points,
                senses,
                [item.sentence for item in occurrences],
                _title(word, layers, names),
                dark(),
                440,
            ),
            "word-in-context",
            {
                "layer": names,
                "same_sense": [item.same for item in layers],
                "other_sense": [item.other for item in layers],
                "nearest_right": [item.right for item in layers],
                "counted": [item.counted for item in layers],
                "right_by_chance": [item.by_chance for item in layers],
                "p": [item.p_value for item in layers],
            },
        )
    _read(settings, word, layers, names, chosen, senses, pieces)
    _method(settings, source, word, occurrences, chosen)


def _vectors(
    source: Source, occurrences: list[Occurrence]
) -> tuple[np.ndarray, list[str], list[Occurrence], list[tuple[str, ...]]] | None:
    """(states (L, N, D), names of the layers, the occurrences they are of, the word's pieces in each); None while a
    job is under way."""
    if _layered(source):
        found = cached_words.word_states(source.name, tuple(occurrences))
        if len(found.kept) < len(occurrences):
            show_note(f"{len(occurrences) - len(found.kept)} sentences left out:", "the encoder does not read so far.")
        if len(found.kept) < 2:
            raise UserError("At least two sentences are needed.", "Put the word nearer to the beginning.")
        kept = [occurrences[row] for row in found.kept]
        return found.states, [str(layer) for layer in range(len(found.states))], kept, list(found.pieces)
    texts = [item.sentence for item in occurrences]
    answer = result_or_progress(compare_encoders.encoding_texts(source, texts), "Encoding", compare_encoders.worker())
    if answer is None:
        return None
    return np.array(cached_documents.array(answer["vectors"]))[None], [SENTENCE], occurrences, [()] * len(texts)


def _layered(source: Source) -> bool:
    if source.kind == "encoder":
        return True
    return source.kind == "folder" and words_in_context.has_layers(source.name)


def _title(word: str, layers: list[Separation], names: list[str]) -> str:
    last, where = layers[-1], f"layer {names[-1]}" if len(names) > 1 else "the vector of the sentence"
    if not last.counted:
        return f"“{word}” in {len(last.pairs) and round((1 + (1 + 8 * len(last.pairs)) ** 0.5) / 2)} contexts"
    verdict = judge([Test(last.same - last.other, last.p_value, side="greater")])[0]
    if not verdict.is_testable:
        return f"“{word}”: its senses cannot be compared at {where}, {verdict.reason}"
    separates = "separates" if verdict.is_finding else "does not separate"
    return f"“{word}”: {where} {separates} its senses ({verdict.p_words})"


def _read(
    settings: PageSettings,
    word: str,
    layers: list[Separation],
    names: list[str],
    chosen: int,
    senses: list[str],
    pieces: list[tuple[str, ...]],
) -> None:
    here = layers[chosen]
    caveat = _static(settings, word, senses)
    split = max(pieces, key=len, default=())
    if len(split) > 1:
        caveat += f" The encoder cuts the word into {' '.join(split)}; the mean of the pieces is its vector."
    if len(names) == 1:
        caveat += " This encoder gives one vector for the whole sentence, so the other words count as well."
    if not here.counted:
        show_reading(
            "The mean cosine of “{}” with itself in another sentence is {} here; label the senses to compare them.",
            word,
            f"{float(here.pairs.mean()):.2f}",
            caveat=caveat,
        )
        return
    where = f"At layer {names[chosen]}" if len(names) > 1 else "By the vectors of the sentences"
    show_reading(
        where
        + ", pairs of one sense have a mean cosine of {}, of different senses {}; the nearest other occurrence has "
        "the same sense for {} of {} (labels at random: {}; p = {}).",
        f"{here.same:.2f}",
        f"{here.other:.2f}",
        here.right,
        here.counted,
        f"{here.by_chance:.1f}",
        f"{here.p_value:.2g}",
        caveat=caveat,
    )


def _static(settings: PageSettings, word: str, senses: list[str]) -> str:
    """What the static set says: one vector, and which of the senses' names it is nearest to."""
    if word not in settings.vectors and word.lower() not in settings.vectors:
        return f"“{word}” is out of vocabulary of {settings.title}."
    text = f"{settings.title} has one vector for all sentences, so every pair has cosine 1."
    cosines = words_in_context.static_cosines(settings.vectors, word, [sense for sense in senses if sense])
    if len(cosines) > 1:
        ordered = sorted(cosines.items(), key=lambda item: -item[1])
        text += " Its cosine with " + ", ".join(f"“{name}” is {value:.2f}" for name, value in ordered) + "."
    return text


def _method(settings: PageSettings, source: Source, word: str, occurrences: list[Occurrence], chosen: int) -> None:
    layered = _layered(source)
    text = "\n".join(f"{item.sense}: {item.sentence}" if item.sense else item.sentence for item in occurrences)
    states = (
        f"states = in_context({source.name!r}, sentences).states"
        if layered
        else f"states = encode({replace(source)!r}, [s.sentence for s in sentences], lambda part, doing: None)[None]"
    )
    imports = (
        "from core.workflows.words_in_context import in_context"
        if layered
        else "from core.workflows.compare_encoders import Source, encode"
    )
    show_method(
        r"\overline{\cos}_{\text{same}} = \frac{1}{|P|}\sum_{(i,j) \in P} \cos(h^l_i, h^l_j), \qquad "
        r"P = \{(i,j): \text{sense}_i = \text{sense}_j\}",
        "Ethayarajh 2019 (contextual vectors by layer); Devlin et al. 2019 (BERT); Peters et al. 2018 (ELMo, one word "
        "in different contexts).",
        f"import numpy as np\n{imports}\nfrom core.documents.projection import principal_components\n"
        f"from core.words.senses import read_sentences, separation\n"
        f"sentences, _ = read_sentences({text!r}, {word!r})\n{states}\n"
        f"units = states[{chosen}] / np.linalg.norm(states[{chosen}], axis=1, keepdims=True)\n"
        'result = {"layers": [separation(state, [s.sense for s in sentences]) for state in states],\n'
        '          "points": principal_components(units, 2)}',
        {"encoder": source.title, "static vectors": settings.title, "occurrences": len(occurrences)},
        "Layer 0 is the embedding of the subword pieces with their positions, before any attention; each further "
        "layer mixes in the other words of the sentence. Where a word is cut into pieces, their vectors are averaged. "
        "The map shows the first two principal components of the vectors at length 1. p: labels dealt at random, in "
        "all ways or in 4,000, make same - other as large.",
    )


VIEW = View("context", "Context", 10, show)
