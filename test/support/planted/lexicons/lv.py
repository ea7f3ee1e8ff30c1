"""Latvian."""

from .stems import roots_of, stems_of

ENDINGS = ["s", "a", "am", "u", "ā", "i", "iem", "us", "os", "as"]
FIRST = ["b", "c", "d", "g", "k", "ķ", "l", "ļ", "m", "n", "s", "š"]
MIDDLE = ["a", "ā", "e", "ē", "i", "ī", "o", "u", "ū", "ai", "ie"]
LAST = ["b", "d", "g", "k", "l", "m", "n", "r", "s", "t", "v", "ž", "š", "ļ", "ņ"]
ROOTS = roots_of(FIRST, MIDDLE, LAST)
STEMS = stems_of(ROOTS, ENDINGS)
