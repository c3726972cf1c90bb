"""Models that one press fetches from the Hugging Face hub: those of the talk of 2023, today's small ones, encoders.

Sizes are decimal bytes as the hub showed them in August 2026, estimates until the hub is asked; context lengths are
those trained with. What a model's makers or converters leave unsure stands in `doubt`; once a file is here, its own
header is believed instead. Left out because no sound .gguf file was found: Pygmalion 7B and GPT4All-J (their successors
on the same data are here) and BLOOM 7b1 (the known conversion is cut short; BLOOMZ 7b1 is here).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from core.models import hub, on_disk
from core.models.specs import Commercial, Spec

READ_AT_ONCE = 4096  # tokens of context in the memory estimate
AROUND_BYTES = 150_000_000  # interpreter, libraries and intermediate results beside weights, keys and values


class _Model(NamedTuple):
    """`file` is a pattern; `cache` what a token of context takes, in bytes (layers x 2 x key-value width x 2)."""

    key: str
    title: str
    repo: str
    file: str
    megabytes: float
    millions: float
    context: int
    licence: str
    commercial: Commercial
    chats: bool
    cache: int | None
    note: str
    doubt: str = ""


_UNNAMED = "the repository's name is not confirmed"
# A row to each model.
# fmt: off
_TODAY = (
    _Model("smollm2-135m-q8", "SmolLM2 135M Instruct, 8 bits", "mradermacher/SmolLM2-135M-Instruct-GGUF",
           "SmolLM2-135M-Instruct.Q8_0.gguf", 145, 135, 8192, "Apache-2.0", "yes", True, 23_040,
           "the embedded model with finer weights: what does quantisation change?"),
    _Model("gemma-3-270m", "Gemma 3 270M", "ggml-org/gemma-3-270m-it-GGUF", "gemma-3-270m-it-Q8_0.gguf", 292, 268,
           32_768, "Gemma terms of use", "terms", True, 18_432,
           "262,144 tokens on 640 dimensions: most of its weights are the embedding table", _UNNAMED),
    _Model("smollm2-360m", "SmolLM2 360M Instruct", "mradermacher/SmolLM2-360M-Instruct-GGUF",
           "SmolLM2-360M-Instruct.Q8_0.gguf", 386, 362, 8192, "Apache-2.0", "yes", True, 40_960,
           "a clear step up from 135M"),
    _Model("qwen3-0.6b", "Qwen3 0.6B", "unsloth/Qwen3-0.6B-GGUF", "Qwen3-0.6B-Q4_K_M.gguf", 397, 600, 32_768,
           "Apache-2.0", "yes", True, 114_688, "the smallest that thinks aloud before it answers",
           "the file's size is an estimate"),
    _Model("qwen2.5-0.5b", "Qwen2.5 0.5B Instruct", "QuantFactory/Qwen2.5-0.5B-Instruct-GGUF",
           "Qwen2.5-0.5B-Instruct.Q4_K_M.gguf", 398, 494, 32_768, "Apache-2.0", "yes", True, 12_288,
           "a vocabulary of 151,000 on a small body"),
    _Model("llama-3.2-1b", "Llama 3.2 1B Instruct", "bartowski/Llama-3.2-1B-Instruct-GGUF",
           "Llama-3.2-1B-Instruct-Q4_K_M.gguf", 808, 1240, 131_072, "Llama 3.2 community licence", "terms", True,
           32_768, "pruned and distilled from the 8B"),
    _Model("qwen2.5-1.5b", "Qwen2.5 1.5B Instruct", "bartowski/Qwen2.5-1.5B-Instruct-GGUF",
           "Qwen2.5-1.5B-Instruct-Q4_K_M.gguf", 986, 1540, 32_768, "Apache-2.0", "yes", True, 28_672,
           "much for its size"),
    _Model("granite-4.0-350m", "Granite 4.0 350M", "unsloth/granite-4.0-350m-GGUF", "*Q4_K_M.gguf", 235, 352, 32_768,
           "Apache-2.0", "yes", True, None, "its training is documented throughout", "size and context are estimates"),
    _Model("granite-4.0-h-350m", "Granite 4.0 H 350M", "ibm-granite/granite-4.0-h-350m-GGUF", "*Q4_K_M.gguf", 220, 340,
           32_768, "Apache-2.0", "yes", True, None, "a Mamba-2 hybrid: a state of constant size instead of a cache",
           _UNNAMED),
    _Model("granite-4.0-1b", "Granite 4.0 1B", "ibm-granite/granite-4.0-1b-GGUF", "*Q4_0.gguf", 978, 1600, 131_072,
           "Apache-2.0", "yes", True, None, "100,352 tokens of vocabulary", _UNNAMED),
    _Model("lfm2-350m", "LFM2 350M", "LiquidAI/LFM2-350M-GGUF", "LFM2-350M-Q4_K_M.gguf", 229, 350, 32_768, "LFM 1.0",
           "terms", True, None, "short convolutions beside attention: fast without a graphics card"),
    _Model("lfm2.5-1.2b", "LFM2.5 1.2B Instruct", "LiquidAI/LFM2.5-1.2B-Instruct-GGUF", "*Q4_K_M.gguf", 730, 1170,
           32_768, "LFM 1.0", "terms", True, None, "the refresh of 2026", _UNNAMED),
    _Model("qwen3.5-0.8b", "Qwen3.5 0.8B", "unsloth/Qwen3.5-0.8B-GGUF", "*Q4_K_M.gguf", 530, 800, 262_144,
           "Apache-2.0", "yes", True, None, "of March 2026: linear attention in most layers", _UNNAMED),
    _Model("qwen3.5-2b", "Qwen3.5 2B", "unsloth/Qwen3.5-2B-GGUF", "*Q4_K_M.gguf", 1280, 2000, 262_144, "Apache-2.0",
           "yes", True, None, "of March 2026: linear attention in most layers", _UNNAMED),
    _Model("qwen3.5-4b", "Qwen3.5 4B", "unsloth/Qwen3.5-4B-GGUF", "*Q4_K_M.gguf", 2650, 4000, 262_144, "Apache-2.0",
           "yes", True, None, "of March 2026: linear attention in most layers", _UNNAMED),
    _Model("gemma-3-1b", "Gemma 3 1B", "unsloth/gemma-3-1b-it-GGUF", "gemma-3-1b-it-Q4_K_M.gguf", 806, 1000, 32_768,
           "Gemma terms of use", "terms", True, 26_624, "most layers look back 512 tokens only"),
    _Model("tinyllama-1.1b", "TinyLlama 1.1B Chat", "TheBloke/TinyLlama-1.1B-Chat-v1.0-GGUF",
           "tinyllama-1.1b-chat-v1.0.Q4_K_M.gguf", 668, 1100, 2048, "Apache-2.0", "yes", True, 22_528,
           "LLaMA's architecture and tokenizer in small: a bridge from 2023"),
    _Model("qwen3-1.7b", "Qwen3 1.7B", "bartowski/Qwen_Qwen3-1.7B-GGUF", "*Q4_K_M.gguf", 1300, 1700, 32_768,
           "Apache-2.0", "yes", True, 114_688, "many languages; its thinking can be switched off", _UNNAMED),
    _Model("smollm2-1.7b", "SmolLM2 1.7B Instruct", "bartowski/SmolLM2-1.7B-Instruct-GGUF",
           "SmolLM2-1.7B-Instruct-Q4_K_M.gguf", 1060, 1700, 8192, "Apache-2.0", "yes", True, 196_608,
           "its training data are published"),
    _Model("smollm3-3b", "SmolLM3 3B", "bartowski/HuggingFaceTB_SmolLM3-3B-GGUF", "*Q4_K_M.gguf", 1920, 3100, 65_536,
           "Apache-2.0", "yes", True, 73_728, "thinking can be switched on"),
    _Model("qwen2.5-3b", "Qwen2.5 3B Instruct", "lmstudio-community/Qwen2.5-3B-Instruct-GGUF",
           "Qwen2.5-3B-Instruct-Q4_K_M.gguf", 1930, 3090, 32_768, "Qwen research licence", "no", True, 36_864,
           "the one size of its family that is for research only"),
    _Model("llama-3.2-3b", "Llama 3.2 3B Instruct", "bartowski/Llama-3.2-3B-Instruct-GGUF",
           "Llama-3.2-3B-Instruct-Q4_K_M.gguf", 2020, 3210, 131_072, "Llama 3.2 community licence", "terms", True,
           114_688, "Llama 3's 128,256 tokens"),
    _Model("phi-3.5-mini", "Phi-3.5 mini", "bartowski/Phi-3.5-mini-instruct-GGUF", "Phi-3.5-mini-instruct-Q4_K_M.gguf",
           2390, 3820, 131_072, "MIT", "yes", True, 393_216, "trained on text like a textbook's; Llama 2's tokenizer"),
    _Model("gemma-3-4b", "Gemma 3 4B", "bartowski/google_gemma-3-4b-it-GGUF", "*it-Q4_K_M.gguf", 2490, 3900, 131_072,
           "Gemma terms of use", "terms", True, 139_264, "140 languages"),
    _Model("qwen3-4b-2507", "Qwen3 4B Instruct 2507", "unsloth/Qwen3-4B-Instruct-2507-GGUF",
           "Qwen3-4B-Instruct-2507-Q4_K_M.gguf", 2500, 4020, 262_144, "Apache-2.0", "yes", True, 147_456,
           "answers without thinking aloud"),
    _Model("qwen3-4b", "Qwen3 4B", "bartowski/Qwen_Qwen3-4B-GGUF", "*Q4_K_M.gguf", 2500, 4020, 40_960, "Apache-2.0",
           "yes", True, 147_456, "thinks by default; can be switched off"),
    _Model("gemma-4-e2b", "Gemma 4 E2B", "unsloth/gemma-4-E2B-it-GGUF", "*it-Q4_K_M.gguf", 3300, 5100, 131_072,
           "Apache-2.0", "terms", True, None, "embeddings for each layer: 2.3 billion of 5.1 at work",
           "one card says Gemma terms of use; the repository's name is not confirmed"),
    _Model("mistral-7b", "Mistral 7B Instruct v0.3", "bartowski/Mistral-7B-Instruct-v0.3-GGUF",
           "Mistral-7B-Instruct-v0.3-Q4_K_M.gguf", 4370, 7250, 32_768, "Apache-2.0", "yes", True, 131_072,
           "the yardstick of the second generation"))
_TALK = (
    _Model("pythia-70m", "Pythia 70M", "mradermacher/pythia-70m-GGUF", "pythia-70m.Q8_0.gguf", 76.7, 70, 2048,
           "Apache-2.0", "yes", False, 12_288, "the smallest real GPT, trained on the Pile"),
    _Model("pythia-160m", "Pythia 160M", "mradermacher/pythia-160m-GGUF", "pythia-160m.Q8_0.gguf", 175, 162, 2048,
           "Apache-2.0", "yes", False, 36_864, "one step up the ladder of sizes"),
    _Model("pythia-410m", "Pythia 410M", "mradermacher/pythia-410m-GGUF", "pythia-410m.Q8_0.gguf", 433, 405, 2048,
           "Apache-2.0", "yes", False, 98_304, "the same data again, more weights"),
    _Model("pythia-1.4b", "Pythia 1.4B", "mradermacher/pythia-1.4b-GGUF", "pythia-1.4b.Q4_K_M.gguf", 916, 1410, 2048,
           "Apache-2.0", "yes", False, 196_608, "the upper end of the small ones"),
    _Model("bloom-560m", "BLOOM 560M", "QuantFactory/bloom-560m-GGUF", "bloom-560m.Q8_0.gguf", 881, 559, 2048,
           "BigScience RAIL 1.0", "terms", False, 98_304, "46 languages: half of its weights are the vocabulary's"),
    _Model("bloomz-560m", "BLOOMZ 560M", "QuantFactory/bloomz-560m-GGUF", "bloomz-560m.Q8_0.gguf", 881, 559, 2048,
           "BigScience RAIL 1.0", "terms", False, 98_304, "BLOOM tuned on many tasks"),
    _Model("bloom-1b1", "BLOOM 1b1", "RichardErkhov/bigscience_-_bloom-1b1-gguf", "bloom-1b1.Q4_K_M.gguf", 980, 1070,
           2048, "BigScience RAIL 1.0", "terms", False, 147_456, "how many tokens a language costs"),
    _Model("bloomz-7b1", "BLOOMZ 7b1", "hzjane/bloomz-7b1-gguf", "bloomz-7b1-q4_0.gguf", 4840, 7070, 2048,
           "BigScience RAIL 1.0", "terms", False, 491_520, "for BLOOM 7b1, whose file is nowhere whole"),
    _Model("dolly-v2-3b", "Dolly v2 3B", "mradermacher/dolly-v2-3b-GGUF", "dolly-v2-3b.Q4_K_M.gguf", 1790, 2770, 2048,
           "MIT", "yes", False, 327_680, "instructions that a company's people wrote, openly licensed"),
    _Model("dolly-v2-7b", "Dolly v2 7B", "mav23/dolly-v2-7b-GGUF", "dolly-v2-7b.Q4_0.gguf", 3920, 6860, 2048, "MIT",
           "yes", False, 524_288, "the same recipe on Pythia 6.9B"),
    _Model("open-llama-3b-v2", "OpenLLaMA 3B v2", "maddes8cht/openlm-research-open_llama_3b_v2-gguf",
           "openlm-research-open_llama_3b_v2-Q4_0.gguf", 1980, 3430, 2048, "Apache-2.0", "yes", False, 332_800,
           "LLaMA made again from open data"),
    _Model("open-llama-7b-v2", "OpenLLaMA 7B v2", "mav23/open_llama_7b_v2-GGUF", "open_llama_7b_v2.Q4_K_M.gguf", 4080,
           6740, 2048, "Apache-2.0", "yes", False, 524_288, "LLaMA's shape, a tokenizer of its own"),
    _Model("llama-7b", "LLaMA 7B", "TheBloke/LLaMA-7b-GGUF", "llama-7b.Q4_K_M.gguf", 4080, 6740, 2048,
           "LLaMA research licence", "no", False, 524_288, "the one that brought language models to laptops"),
    _Model("llama-2-7b-chat", "Llama 2 7B Chat", "TheBloke/Llama-2-7B-Chat-GGUF", "llama-2-7b-chat.Q4_K_M.gguf", 4080,
           6740, 4096, "Llama 2 community licence", "terms", False, 524_288,
           "the first Llama tuned on people's preferences", _UNNAMED),
    _Model("alpaca-7b", "Alpaca 7B (native, enhanced)", "Pi3141/alpaca-7b-native-enhanced-GGUF", "ggml-model-q4_k.gguf",
           4080, 6740, 2048, "LLaMA research licence; data CC BY-NC 4.0", "no", False, 524_288,
           "instructions for a few hundred dollars", "its repository says WTFPL, which does not fit its origin"),
    _Model("guanaco-7b", "Guanaco 7B", "TheBloke/guanaco-7B-GGUF", "Guanaco-7B.Q4_K_M.gguf", 4080, 6740, 2048,
           "LLaMA research licence", "no", False, 524_288, "QLoRA: tuned on one graphics card"),
    _Model("vicuna-7b-v1.5", "Vicuna 7B v1.5", "TheBloke/vicuna-7B-v1.5-GGUF", "vicuna-7b-v1.5.Q4_K_M.gguf", 4080, 6740,
           4096, "Llama 2 community licence", "terms", False, 524_288, "tuned on conversations that people shared"),
    _Model("metharme-7b", "Metharme 7B", "tensorblock/metharme-7b-GGUF", "metharme-7b-Q4_K_M.gguf", 4080, 6740, 2048,
           "LLaMA research licence", "no", False, 524_288, "role play, with tokens for the roles",
           "its repository states no licence"),
    _Model("pygmalion-2-7b", "Pygmalion 2 7B", "TheBloke/Pygmalion-2-7B-GGUF", "pygmalion-2-7b.Q4_K_M.gguf", 4080, 6740,
           4096, "Llama 2 community licence", "terms", False, 524_288, "for Pygmalion 7B, which exists as GGML only"),
    _Model("mpt-7b-instruct", "MPT-7B Instruct", "mradermacher/mpt-7b-instruct-GGUF", "mpt-7b-instruct.Q4_K_M.gguf",
           4270, 6650, 2048, "Apache-2.0", "yes", False, 524_288, "ALiBi: no position embedding at all",
           "an earlier version was CC BY-SA 3.0"),
    _Model("mpt-7b-chat", "MPT-7B Chat", "mav23/mpt-7b-chat-GGUF", "mpt-7b-chat.Q4_K_M.gguf", 4270, 6650, 2048,
           "CC BY-NC-SA 4.0", "no", False, 524_288, "not for commerce because of its chats"),
    _Model("mpt-7b-storywriter", "MPT-7B StoryWriter", "QuantFactory/mpt-7b-storywriter-GGUF",
           "mpt-7b-storywriter.Q4_K_M.gguf", 4270, 6650, 65_536, "Apache-2.0", "yes", False, 524_288,
           "65,000 tokens of context in May 2023; trained on books3"),
    _Model("falcon-7b", "Falcon 7B", "mav23/falcon-7b-GGUF", "falcon-7b.Q4_0.gguf", 4210, 7220, 2048, "Apache-2.0",
           "yes", False, 8_192, "one head of keys and values for all: a very small cache"),
    _Model("falcon-7b-instruct", "Falcon 7B Instruct", "ei-grad/falcon-7b-instruct-q4",
           "falcon-7b-instruct-q4_0.gguf", 4210, 7220, 2048, "Apache-2.0", "yes", False, 8_192,
           "first on the leaderboard of June 2023"),
    _Model("gpt4all-falcon", "GPT4All Falcon", "maddes8cht/nomic-ai-gpt4all-falcon-gguf",
           "ggml-nomic-ai-gpt4all-falcon-Q4_0.gguf", 4210, 7220, 2048, "Apache-2.0", "yes", False, 8_192,
           "for GPT4All-J, which llama.cpp does not run: the same prompts"))
# fmt: on


class _Encoder(NamedTuple):
    key: str
    repo: str
    megabytes: float
    dimension: int
    reads: int
    licence: str
    note: str
    doubt: str = ""


# fmt: off
_ENCODERS = (
    _Encoder("all-mpnet-base-v2", "sentence-transformers/all-mpnet-base-v2", 438, 768, 384, "Apache-2.0",
             "the best of its family"),
    _Encoder("multi-qa-minilm", "sentence-transformers/multi-qa-MiniLM-L6-cos-v1", 91, 384, 512, "Apache-2.0",
             "trained on 215 million questions with their answers"),
    _Encoder("multilingual-minilm", "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2", 471, 384, 128,
             "Apache-2.0", "more than 50 languages"),
    _Encoder("bge-small-en-v1.5", "BAAI/bge-small-en-v1.5", 133, 384, 512, "MIT",
             "questions begin with: Represent this sentence for searching relevant passages: "),
    _Encoder("bge-base-en-v1.5", "BAAI/bge-base-en-v1.5", 409, 768, 512, "MIT",
             "questions begin with: Represent this sentence for searching relevant passages: "),
    _Encoder("e5-small-v2", "intfloat/e5-small-v2", 133, 384, 512, "MIT", "texts begin with query: or passage: "),
    _Encoder("multilingual-e5-small", "intfloat/multilingual-e5-small", 471, 384, 512, "MIT",
             "many languages; texts begin with query: or passage: "),
    _Encoder("gte-small", "thenlper/gte-small", 67, 384, 512, "MIT", "half the download of bge-small"),
    _Encoder("static-retrieval-en", "sentence-transformers/static-retrieval-mrl-en-v1", 125, 1024, 0, "Apache-2.0",
             "a table of tokens and their mean: no network at all"),
    _Encoder("static-similarity-multilingual", "sentence-transformers/static-similarity-mrl-multilingual-v1", 433, 1024,
             0, "Apache-2.0", "the same for many languages"),
    _Encoder("potion-base-8m", "minishlab/potion-base-8M", 30, 256, 0, "MIT", "the smallest that is of use"),
    _Encoder("potion-base-32m", "minishlab/potion-base-32M", 129, 512, 0, "MIT", "the best of the static ones"),
    _Encoder("qwen3-embedding-0.6b", "Qwen/Qwen3-Embedding-0.6B", 1191, 1024, 32_768, "Apache-2.0",
             "questions begin with an instruction; 100 languages"))
# fmt: on


def language_models() -> list[Spec]:
    """One spec for each language model of this file, today's first."""
    return [
        _language_model(model, tags)
        for models, tags in ((_TODAY, "today"), (_TALK, "of the talk, 2023"))
        for model in models
    ]


def _language_model(model: _Model, era: str) -> Spec:
    size = int(model.megabytes * 1e6)
    cache = model.cache * min(model.context, READ_AT_ONCE) if model.cache else size // 5
    return Spec(
        model.key,
        model.title,
        "language-model",
        f"{model.repo} on the Hugging Face hub",
        model.licence,
        model.commercial,
        "core.prompting.engine:from_spec",
        model.note,
        size_bytes=size,
        memory_bytes=size + cache + AROUND_BYTES,
        locate=lambda: hub.kept(model.repo, model.file) or on_disk.named(model.file),
        repo=model.repo,
        files=(model.file,),
        parameters=int(model.millions * 1e6),
        context=model.context,
        chats=model.chats,
        doubt=model.doubt,
        era=era,
    )


def encoders() -> list[Spec]:
    """One spec for each sentence encoder of this file."""
    return [
        Spec(
            item.key,
            item.repo.split("/")[1],
            "sentence-encoder",
            f"{item.repo} on the Hugging Face hub",
            item.licence,
            "yes",
            "core.documents.encoders:from_spec",
            f"{item.dimension} dimensions; {item.note}",
            size_bytes=int(item.megabytes * 1e6),
            locate=_folder(item.repo),
            repo=item.repo,
            context=item.reads or None,
            doubt=item.doubt,
        )
        for item in _ENCODERS
    ]


def _folder(repo: str) -> Any:
    return lambda: hub.folder_of(repo) if hub.kept(repo, "*.safetensors") else None
