"""Tables of stems, made when a lexicon is imported."""


def roots_of(first: list[str], middle: list[str], last: list[str]) -> list[str]:
    return [a + b + c for a in first for b in middle for c in last]


def stems_of(roots: list[str], endings: list[str]) -> dict[str, str]:
    """The stem of every word that a root and one or two endings make; of a word that several roots make, the shortest."""
    endings = [first + second for first in endings for second in ("", *endings[:3])]
    stems: dict[str, str] = {}
    for root in roots:
        for ending in endings:
            known = stems.get(root + ending)
            if known is None or len(root) < len(known):
                stems[root + ending] = root
    return stems
