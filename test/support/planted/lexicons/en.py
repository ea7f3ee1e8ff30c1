"""English."""

from .stems import roots_of, stems_of

ENDINGS = ["", "s", "ed", "ing", "er"]
ROOTS = roots_of(["w", "t", "st", "p"], ["al", "ea", "oo"], ["k", "n", "d"])
STEMS = stems_of(ROOTS[:24], ENDINGS)
