"""What the shop sells."""

import random

TRAITS = 8
_chance = random.Random(20)
CATALOGUE = [[_chance.random() for _ in range(TRAITS)] for _ in range(1000)]


def novelty_of(product: int) -> float:
    """The mean distance of a product from all others."""
    own = CATALOGUE[product]
    total = 0.0
    for other in CATALOGUE:
        for mine, theirs in zip(own, other):
            total += abs(mine - theirs)
    return total / len(CATALOGUE)
