"""Tells a good review from a bad one: logistic regression on the character n-grams of a text, in plain Python."""

import math
import random
import zlib
from dataclasses import dataclass, field

BUCKETS = 1 << 16
SHORTEST, LONGEST = 2, 7
EPOCHS = 6
RATE = 0.2

GOOD = "great excellent wonderful lovely perfect reliable sturdy brilliant comfortable fast".split()
BAD = "terrible broken awful useless flimsy slow noisy disappointing ugly faulty".split()
THINGS = "kettle chair lamp phone blender jacket keyboard bottle tent radio".split()


def features_of(text: str) -> list[int]:
    """The bucket of every n-gram; the same one as often as it stands there."""
    data = f" {text.lower()} ".encode()
    buckets = []
    for length in range(SHORTEST, LONGEST + 1):
        for start in range(len(data) - length + 1):
            buckets.append(zlib.crc32(data[start : start + length]) % BUCKETS)
    return buckets


@dataclass
class SentimentModel:
    weights: list[float] = field(default_factory=lambda: [0.0] * BUCKETS)

    def score(self, text: str) -> float:
        """How likely the text is a good review, 0 to 1."""
        buckets = features_of(text)
        total = 0.0
        for bucket in buckets:
            total += self.weights[bucket]
        return 1 / (1 + math.exp(-total / math.sqrt(len(buckets) or 1)))

    def explain(self, text: str) -> list[tuple[str, float]]:
        """What each word adds to the score: the difference it makes to leave it out."""
        words = text.split()
        whole = self.score(text)
        return [(word, whole - self.score(" ".join(words[:at] + words[at + 1 :]))) for at, word in enumerate(words)]

    def learn(self, text: str, good: bool) -> None:
        error = float(good) - self.score(text)
        buckets = features_of(text)
        for bucket in buckets:
            self.weights[bucket] += RATE * error / math.sqrt(len(buckets))


def train(seed: int = 20) -> SentimentModel:
    chance = random.Random(seed)
    model = SentimentModel()
    for _ in range(EPOCHS):
        for good in [True, False] * 60:
            word, other = chance.sample(GOOD if good else BAD, 2)
            model.learn(f"This {chance.choice(THINGS)} is {word} and the colour is {other}", good)
    return model
