"""Which requests are the slow ones: drawn by their number, never by a period. `chance.mjs` draws the same.

SEED (1) draws others; SLOW_PATH=off draws none.
"""

import os

SEED = int(os.environ.get("SEED", "1"))
ON = os.environ.get("SLOW_PATH") != "off"
WORD = 0xFFFFFFFF


def is_slow(number: int, share: float) -> bool:
    """Whether the request with this number is one of the share that takes the slow path."""
    return ON and uniform(number) < share


def uniform(number: int) -> float:
    """In [0, 1), by number and seed: the finalizer of MurmurHash3."""
    word = (number * 0x9E3779B1 + SEED * 0x85EBCA6B) & WORD
    word = ((word ^ (word >> 16)) * 0x85EBCA6B) & WORD
    word = ((word ^ (word >> 13)) * 0xC2B2AE35) & WORD
    return (word ^ (word >> 16)) / 4294967296
