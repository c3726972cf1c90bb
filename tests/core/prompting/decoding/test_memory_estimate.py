import pytest

from core.errors import UserError
from core.models.gguf import header as gguf_header
from core.prompting.decoding.memory_estimate import check_fits, estimate
from core.prompting.engine import Settings, open_model
from tests.support.gguf_files import Shape, random_model


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    shape = Shape(width=512, layers=8, heads=8, hidden=1024, vocabulary=8000, context=8192)
    return random_model(tmp_path_factory.mktemp("m") / "m.gguf", shape=shape, half=True)


def test_keys_and_values_by_hand(path):
    """8 layers x 2 x 8 heads x 64 wide x 1,000 tokens x 2 bytes = 16,384,000 bytes."""
    need = estimate(gguf_header.read(path), 1000)
    assert need.cache == 16_384_000
    assert need.working == 512 * 4 * (6 * 512 + 2 * 1024) + 4 * 8000
    assert need.total == need.weights + need.cache + need.working + need.process


@pytest.mark.parametrize("n_ctx", [512, 8192])
def test_what_was_foretold_is_what_it_takes(path, n_ctx):
    model = open_model(path, n_ctx=n_ctx, threads=1)
    list(model.generate([300] * 300, Settings(temperature=0, max_tokens=4)))
    measured = model.memory_measured
    if measured is None:
        pytest.skip("this system does not say what a process holds")
    assert model.memory_estimated == pytest.approx(measured, rel=0.1)
    model.close()


def test_a_load_that_cannot_fit_is_refused_with_the_length_that_can(path):
    header = gguf_header.read(path)
    room = estimate(header, 2048).total
    with pytest.raises(UserError, match="needs about") as refused:
        check_fits(header, 8192, memory=(int(room + 20e6 + 0.1 * 1e9), 1_000_000_000))
    assert refused.value.next_step == "A context of 2,048 tokens fits."
    with pytest.raises(UserError) as refused:
        check_fits(header, 8192, memory=(1000, 1_000_000_000))
    assert "smaller model" in refused.value.next_step
    check_fits(header, 8192, memory=(8_000_000_000, 16_000_000_000))
