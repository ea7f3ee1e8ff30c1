"""What is a word's stem? By the endings of its language.

POST /stem {"id": 7} → {"language": "en", "stem": "walk", "nearest": "walk"}
A language's lexicon is a module that is imported when it is first used. Memory is short: of the rare languages only the newest stays.
PORT says where; SLOW_PATH=off lets no rare language come.
"""

import importlib
import random
import sys
from types import ModuleType

from fastapi import FastAPI
from pydantic import BaseModel, Field

from chance import is_slow
from serving import serve

SHARE = 0.03
RARE = ("da", "fi", "hu", "is", "lv")
COMMON = "en"


class Word(BaseModel):
    id: int = Field(ge=0)


class Lexicons:
    def __init__(self) -> None:
        self.common = importlib.import_module(f"lexicons.{COMMON}")
        self.rare: ModuleType | None = None

    def lexicon(self, language: str) -> ModuleType:
        if language == COMMON:
            return self.common
        name = f"lexicons.{language}"
        if self.rare is not None and self.rare.__name__ == name:
            return self.rare
        if self.rare is not None:
            sys.modules.pop(self.rare.__name__, None)
        self.rare = importlib.import_module(name)
        return self.rare


def word_of(word: int, lexicon: ModuleType) -> str:
    chance = random.Random(word)
    return chance.choice(lexicon.ROOTS) + chance.choice(lexicon.ENDINGS)


def distance(one: str, other: str) -> int:
    """Levenshtein's."""
    above = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        current = [row]
        for column, wanted in enumerate(other, 1):
            current.append(min(current[-1] + 1, above[column] + 1, above[column - 1] + (letter != wanted)))
        above = current
    return above[-1]


def nearest_root(word: str, lexicon: ModuleType) -> str:
    return min(lexicon.ROOTS[:120], key=lambda root: distance(word, root))


app = FastAPI(title="Stems")
lexicons = Lexicons()


def language_of(word: Word) -> str:
    return RARE[word.id % len(RARE)] if is_slow(word.id, SHARE) else COMMON


@app.post("/stem")
async def stem(word: Word) -> dict[str, str]:
    language = language_of(word)
    lexicon = lexicons.lexicon(language)
    text = word_of(word.id, lexicon)
    return {"language": language, "stem": lexicon.STEMS.get(text, ""), "nearest": nearest_root(text, lexicon)}


if __name__ == "__main__":
    serve(app)
