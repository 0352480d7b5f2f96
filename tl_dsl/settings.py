"""Settings for the time of a block, a thread at a time."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator


class _Settings(threading.local):
    def __init__(self) -> None:
        self.domain = "raise"


_settings = _Settings()


def domain_checked() -> bool:
    """Whether results that are not finite raise DomainError."""
    return _settings.domain == "raise"


@contextlib.contextmanager
def config(*, domain: str = "raise") -> Iterator[None]:
    """Settings for the time of a block: ``domain="ignore"`` gives numpy's values where DomainError would be raised.

    Errors: ValueError for another word.

    >>> import tl_dsl as tl
    >>> with tl.config(domain="ignore"):
    ...     tl.log(tl.tensor(-1.0))
    Tensor[float64](nan)
    """
    if domain not in ("raise", "ignore"):
        raise ValueError(f'domain is "raise" or "ignore", got {domain!r}')
    before, _settings.domain = _settings.domain, domain
    try:
        yield
    finally:
        _settings.domain = before
