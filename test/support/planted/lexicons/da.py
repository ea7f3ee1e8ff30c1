"""Danish."""

from .stems import roots_of, stems_of

ENDINGS = ["e", "en", "et", "er", "erne", "ens", "ets", "ede", "ende", "est"]
FIRST = ["b", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s"]
MIDDLE = ["a", "e", "i", "o", "u", "y", "æ", "ø", "å", "ej", "av"]
LAST = ["b", "d", "g", "k", "l", "m", "n", "r", "s", "t", "v", "nd", "ng", "rk", "st"]
ROOTS = roots_of(FIRST, MIDDLE, LAST)
STEMS = stems_of(ROOTS, ENDINGS)
