"""Hungarian."""

from .stems import roots_of, stems_of

ENDINGS = ["t", "nak", "ban", "ból", "hoz", "nál", "ra", "ról", "ig", "ért"]
FIRST = ["b", "cs", "d", "f", "gy", "h", "k", "l", "m", "ny", "sz", "z"]
MIDDLE = ["a", "á", "e", "é", "i", "o", "ó", "ö", "ő", "u", "ü"]
LAST = ["b", "d", "g", "k", "l", "m", "n", "r", "s", "t", "v", "sz", "gy", "ny", "zs"]
ROOTS = roots_of(FIRST, MIDDLE, LAST)
STEMS = stems_of(ROOTS, ENDINGS)
