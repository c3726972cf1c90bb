"""A LLaMA in PyTorch, small enough to read: RMS norm, rotary positions, SwiGLU, input and output table shared."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Shape:
    """Sizes of the model. Row widths are multiples of 32, the block of Q8_0 and Q4_0."""

    vocabulary: int = 3072
    width: int = 192
    layers: int = 6
    heads: int = 4
    hidden: int = 512
    context: int = 512
    rope_base: float = 10_000.0
    norm_epsilon: float = 1e-5

    def as_dict(self) -> dict[str, Any]:
        """For checkpoints."""
        return asdict(self)


def _layer_type(shape: Shape) -> Any:
    """The class of one layer: attention, then the SwiGLU network, each after a norm and added to its input."""
    import torch
    from torch import nn
    from torch.nn import functional

    def rotated(x: Any, turns: Any) -> Any:
        # Pairs lie side by side (2i, 2i + 1), as in LLaMA's own weights and as llama.cpp wants them.
        pairs = torch.view_as_complex(x.float().unflatten(-1, (-1, 2)))
        return torch.view_as_real(pairs * turns).flatten(-2)

    def attention(q: Any, k: Any, v: Any) -> Any:
        # Written out: for rows this short it takes a quarter less time on a CPU than the fused kernel.
        scores = torch.matmul(q * q.shape[-1] ** -0.5, k.transpose(-1, -2))
        later = torch.full(scores.shape[-2:], float("-inf"), dtype=scores.dtype).triu(1)
        return torch.matmul(torch.softmax(scores + later, dim=-1).to(v.dtype), v)

    class Layer(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.attention_norm = nn.RMSNorm(shape.width, eps=shape.norm_epsilon)
            self.attention_in = nn.Linear(shape.width, 3 * shape.width, bias=False)  # queries, keys, values
            self.attention_out = nn.Linear(shape.width, shape.width, bias=False)
            self.mlp_norm = nn.RMSNorm(shape.width, eps=shape.norm_epsilon)
            self.mlp_in = nn.Linear(shape.width, 2 * shape.hidden, bias=False)  # gate, up
            self.mlp_out = nn.Linear(shape.hidden, shape.width, bias=False)

        def forward(self, x: Any, turns: Any) -> Any:
            batch, length, width = x.shape
            mixture = self.attention_in(self.attention_norm(x)).view(batch, length, 3 * shape.heads, -1)
            turned = rotated(mixture[:, :, : 2 * shape.heads], turns).to(mixture.dtype).transpose(1, 2)
            values = mixture[:, :, 2 * shape.heads :].transpose(1, 2)
            mixed = attention(turned[:, : shape.heads], turned[:, shape.heads :], values)
            x = x + self.attention_out(mixed.transpose(1, 2).reshape(batch, length, width))
            gate, up = self.mlp_in(self.mlp_norm(x)).chunk(2, dim=-1)
            return x + self.mlp_out(functional.silu(gate) * up)

    return Layer


def _turns(shape: Shape) -> Any:
    """Turns of the rotary positions: (1, context, 1, half a head), complex."""
    import torch

    half = shape.width // shape.heads // 2
    frequencies = shape.rope_base ** (-torch.arange(half).float() / half)
    angles = torch.outer(torch.arange(shape.context).float(), frequencies)
    return torch.polar(torch.ones_like(angles), angles)[None, :, None, :]


def build(shape: Shape, seed: int = 0) -> Any:
    """A freshly initialised model: tokens (B, T) -> logits (B, T, vocabulary).

    With `at`, a mask (B, T) that is true in N places: logits (N, vocabulary) there, which saves time in training.
    """
    import torch
    from torch import nn
    from torch.nn import functional

    layer = _layer_type(shape)

    class Pocket(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.table = nn.Embedding(shape.vocabulary, shape.width)
            self.layers = nn.ModuleList(layer() for _ in range(shape.layers))
            self.norm = nn.RMSNorm(shape.width, eps=shape.norm_epsilon)
            self.register_buffer("turns", _turns(shape), persistent=False)

        def forward(self, tokens: Any, at: Any = slice(None)) -> Any:
            x = self.table(tokens)
            for each in self.layers:
                x = each(x, self.turns[:, : tokens.shape[1]])
            return functional.linear(self.norm(x[at]), self.table.weight)

    torch.manual_seed(seed)
    model = Pocket()
    for name, weight in model.named_parameters():
        if weight.dim() == 2:
            deep = name.endswith(("attention_out.weight", "mlp_out.weight"))
            spread = 0.02 if name.startswith("table") else weight.shape[1] ** -0.5
            nn.init.normal_(weight, std=spread / (2 * shape.layers) ** 0.5 if deep else spread)
    return model
