from core.prompting.decoding.kv_cache import KVCache, common


class FakeContext:
    """Remembers tokens as a llama context does, and says what was asked of it."""

    def __init__(self, can_go_back: bool = True) -> None:
        self.tokens: list[int] = []
        self.can_go_back, self.read_tokens = can_go_back, 0

    def decode(self, tokens, all_scores=False):
        self.tokens += tokens
        self.read_tokens += len(tokens)

    def keep(self, count):
        if count == 0 or not self.can_go_back:
            self.tokens = []
            return count == 0
        self.tokens = self.tokens[:count]
        return True

    def save(self):
        return bytes(self.tokens)

    def restore(self, state):
        self.tokens = list(state)
        return True


def ask(memory: KVCache, prompt: list[int], conversation: str = "") -> int:
    kept = memory.recall(prompt, conversation)
    memory.read(prompt[kept:])
    assert memory.context.tokens == memory.tokens == prompt
    return kept


def test_a_common_beginning_is_kept_and_the_last_token_always_read():
    memory = KVCache(FakeContext())
    assert [ask(memory, prompt) for prompt in ([1, 2, 3], [1, 2, 9, 9], [1, 2, 9, 9], [7])] == [0, 2, 3, 0]
    assert common([1, 2], [1, 2, 3]) == 2 and common([], [1]) == 0


def test_two_conversations_do_not_evict_each_other():
    memory = KVCache(FakeContext())
    one, two = list(range(50)), list(range(100, 150))
    assert ask(memory, one, "a") == 0 and ask(memory, two, "b") == 0
    assert ask(memory, one + [5], "a") == 50 and ask(memory, two + [6], "b") == 50


def test_a_recurrent_model_reads_everything_again():
    memory = KVCache(FakeContext(can_go_back=False))
    ask(memory, [1, 2, 3, 4])
    assert ask(memory, [1, 2, 9]) == 0


def test_a_cold_start_is_cold():
    memory = KVCache(FakeContext())
    ask(memory, [1, 2, 3, 4])
    memory.forget()
    assert ask(memory, [1, 2, 3, 4]) == 0
