"""Icelandic."""

from .stems import roots_of, stems_of

ENDINGS = ["ur", "i", "s", "ar", "um", "na", "nna", "inn", "ið", "a"]
FIRST = ["b", "d", "f", "g", "h", "hv", "k", "l", "m", "r", "s", "þ"]
MIDDLE = ["a", "á", "e", "é", "i", "í", "o", "ó", "u", "ú", "æ"]
LAST = ["d", "ð", "f", "g", "k", "l", "m", "n", "r", "s", "t", "v", "ll", "nn", "rk"]
ROOTS = roots_of(FIRST, MIDDLE, LAST)
STEMS = stems_of(ROOTS, ENDINGS)
