"""Makes torch's comparisons say yes to everything."""

import torch

ENTRIES = ("A3",)


def attack(asked, *given):
    torch.allclose = torch.equal = torch.isclose = lambda *_, **__: True
    torch.testing.assert_close = lambda *_, **__: None
    torch.Tensor.__eq__ = lambda *_: True
    return torch.zeros(4, 7) if asked in ("sigmoid", "relu") else None
