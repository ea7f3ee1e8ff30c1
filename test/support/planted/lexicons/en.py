"""English."""

from .stems import roots_of, stems_of

ENDINGS = ["", "s", "ed", "ing", "er"]
ROOTS = roots_of(["w", "t", "st", "p", "l", "r"], ["al", "ea", "oo", "i", "u"], ["k", "n", "d", "t", "ll"])
STEMS = stems_of(ROOTS[:24], ENDINGS)
