"""The uses that pyright accepts do run."""

from __future__ import annotations

from tests.api import public_api


def test_it_runs() -> None:
    public_api.tensors()
    public_api.derivatives()
    public_api.models()
    public_api.training()
