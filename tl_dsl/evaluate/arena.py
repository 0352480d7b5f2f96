"""One block of memory for all intermediate values of a program: places are given out, taken back and given again."""

from __future__ import annotations

import bisect

ALIGNMENT = 64


class Arena:
    """Plans places in a block of bytes; ``size`` is the block's length so far.

    >>> arena = Arena()
    >>> first, second = arena.take(100), arena.take(8)
    >>> arena.give_back(first, 100)
    >>> first, second, arena.take(50), arena.size
    (0, 128, 0, 192)
    """

    def __init__(self) -> None:
        self.size = 0
        self._free: list[tuple[int, int]] = []  # (start, length), by start, never touching each other

    def take(self, nbytes: int) -> int:
        """The start of a free place of that many bytes: the tightest hole, else the end of the block."""
        length = _rounded(nbytes)
        fitting = [hole for hole in self._free if hole[1] >= length]
        if not fitting:
            return self._extend(length)
        hole = min(fitting, key=lambda h: h[1])
        at = self._free.index(hole)
        start, room = hole
        if room == length:
            del self._free[at]
        else:
            self._free[at] = (start + length, room - length)
        return start

    def give_back(self, start: int, nbytes: int) -> None:
        """Free a place; holes that touch become one."""
        length = _rounded(nbytes)
        at = bisect.bisect(self._free, (start, 0))
        if at < len(self._free) and self._free[at][0] == start + length:
            length += self._free.pop(at)[1]
        if at and sum(self._free[at - 1]) == start:
            at -= 1
            start, length = self._free[at][0], self._free[at][1] + length
            self._free[at] = (start, length)
        else:
            self._free.insert(at, (start, length))

    def _extend(self, length: int) -> int:
        if self._free and sum(self._free[-1]) == self.size:  # the last hole grows
            start, _ = self._free.pop()
        else:
            start = self.size
        self.size = start + length
        return start


def _rounded(nbytes: int) -> int:
    return -(-max(nbytes, 1) // ALIGNMENT) * ALIGNMENT
