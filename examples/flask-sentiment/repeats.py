"""Watches for reviews that are written by copying others."""

# So many reviews are compared with each other at a time.
WINDOW = 32
# Reviews that differ in fewer of their words than this are repeats.
LEAST_DIFFERENCE = 0.2


def word_distance(one: list[str], other: list[str]) -> int:
    """How many words have to be put in, left out or replaced to make one text of the other."""
    row = list(range(len(other) + 1))
    for at, word in enumerate(one, 1):
        before, row[0] = row[0], at
        for place, match in enumerate(other, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (word != match))
    return row[-1]


class RepeatWatch:
    """With the review that fills the window all pairs are compared there and then, in its request."""

    def __init__(self) -> None:
        self.recent: list[list[str]] = []
        self.repeats: int | None = None

    def observe(self, text: str) -> None:
        self.recent.append(text.split())
        if len(self.recent) < WINDOW:
            return
        reviews, self.recent = self.recent, []
        pairs = [(one, other) for at, one in enumerate(reviews) for other in reviews[:at]]
        self.repeats = sum(word_distance(one, other) < LEAST_DIFFERENCE * len(one) for one, other in pairs)
