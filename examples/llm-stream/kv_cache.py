"""Keys and values of the tokens computed so far, in blocks that sequences with the same beginning share."""

import hashlib
from collections import OrderedDict

import numpy

BLOCK = 16


class KvCache:
    """The memory itself: a slot a token, BLOCK slots a block."""

    def __init__(self, blocks: int, layers: int, heads: int, width: int):
        self.keys = numpy.zeros((layers, heads, blocks * BLOCK, width), dtype=numpy.float32)
        self.values = numpy.zeros_like(self.keys)

    def write(self, layer: int, slots: numpy.ndarray, keys: numpy.ndarray, values: numpy.ndarray) -> None:
        """keys and values: (tokens, heads, width)."""
        self.keys[layer][:, slots] = keys.transpose(1, 0, 2)
        self.values[layer][:, slots] = values.transpose(1, 0, 2)

    def read(self, layer: int, slots: numpy.ndarray) -> tuple[numpy.ndarray, numpy.ndarray]:
        """(heads, tokens, width) each."""
        return self.keys[layer].take(slots, axis=1), self.values[layer].take(slots, axis=1)


class Blocks:
    """Who holds which block. A block nobody holds any more keeps its content until it is the oldest such and is needed."""

    def __init__(self, count: int):
        self.count = count
        self.holders = [0] * count
        self.free: OrderedDict[int, None] = OrderedDict.fromkeys(range(count))
        self.key_of: dict[int, bytes] = {}
        self.block_of: dict[bytes, int] = {}

    @property
    def used(self) -> float:
        """The share that sequences hold."""
        return 1 - len(self.free) / self.count

    def take(self) -> int | None:
        """An empty block; None where sequences hold all of them."""
        if not self.free:
            return None
        block, _ = self.free.popitem(last=False)
        key = self.key_of.pop(block, None)
        if key is not None:
            del self.block_of[key]
        self.holders[block] = 1
        return block

    def known(self, keys: list[bytes]) -> list[int]:
        """The blocks that hold the beginning of a sequence already, to be held by one more."""
        blocks = []
        for key in keys:
            block = self.block_of.get(key)
            if block is None:
                break
            self.holders[block] += 1
            self.free.pop(block, None)
            blocks.append(block)
        return blocks

    def name(self, block: int, key: bytes) -> None:
        """Lets others find a block that is full and computed."""
        if key not in self.block_of:
            self.key_of[block] = key
            self.block_of[key] = block

    def release(self, blocks: list[int]) -> None:
        """The last of a sequence are the first to go: they are of use to the fewest others."""
        for block in reversed(blocks):
            self.holders[block] -= 1
            if self.holders[block] == 0:
                self.free[block] = None


def keys_of(tokens: list[int], before: bytes = b"") -> list[bytes]:
    """What each full block of a sequence is known by: its tokens and all before it."""
    keys = []
    for start in range(0, len(tokens) - BLOCK + 1, BLOCK):
        before = hashlib.blake2b(before + repr(tokens[start : start + BLOCK]).encode(), digest_size=16).digest()
        keys.append(before)
    return keys
