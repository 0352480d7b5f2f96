"""Large blocks of memory for intermediate values, which programs share: each is one program's for a call at a time."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

from tl_dsl.evaluate.arena import ALIGNMENT

Array = np.ndarray[Any, np.dtype[Any]]

IDLE_LIMIT = 1 << 29
"""How many bytes are kept for the next call; blocks beyond that are released."""


class Block:
    """Memory that programs may take views of as long as the block is there."""

    def __init__(self, nbytes: int) -> None:
        self.memory = aligned(nbytes)


class Blocks:
    """Blocks that no call is using: as many as calls ran at the same time, and as long as the longest asked for."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._idle: list[Block] = []
        self._lock = threading.Lock()

    def take(self, nbytes: int) -> Block:
        """A block of at least that many bytes, which nobody else has until it is given back."""
        with self._lock:
            block = self._idle.pop() if self._idle else None
        if block is not None and block.memory.size >= nbytes:
            return block
        del block  # a shorter one is released before a longer one is made
        return Block(_rounded(nbytes))

    def give_back(self, block: Block) -> None:
        """The block is kept for the next call, or released when too much is kept already."""
        with self._lock:
            if self.idle_bytes + block.memory.size <= self.limit:
                self._idle.append(block)

    @property
    def idle_bytes(self) -> int:
        """How many bytes are kept."""
        return sum([block.memory.size for block in self._idle])

    def clear(self) -> None:
        """Release all blocks that no call is using."""
        with self._lock:
            self._idle.clear()


BLOCKS = Blocks(IDLE_LIMIT)


def aligned(nbytes: int) -> Array:
    """New bytes that begin at a multiple of the alignment."""
    block = np.empty(nbytes + ALIGNMENT, np.uint8)
    start = -block.ctypes.data % ALIGNMENT
    return block[start : start + nbytes]


def _rounded(nbytes: int) -> int:
    """A little more, so that slowly growing sizes do not ask for a new block each time."""
    step = 1 << max(nbytes.bit_length() - 3, 0)
    return -(-nbytes // step) * step
