"""Finnish."""

from .stems import roots_of, stems_of

ENDINGS = ["a", "n", "ssa", "sta", "lla", "lta", "lle", "ksi", "na", "t"]
FIRST = ["h", "j", "k", "l", "m", "n", "p", "r", "s", "t", "v", "y"]
MIDDLE = ["aa", "ee", "ii", "oo", "uu", "yy", "ää", "öö", "uo", "ie", "ai"]
LAST = ["k", "l", "m", "n", "p", "r", "s", "t", "v", "h", "j", "kk", "ll", "tt", "nn"]
ROOTS = roots_of(FIRST, MIDDLE, LAST)
STEMS = stems_of(ROOTS, ENDINGS)
