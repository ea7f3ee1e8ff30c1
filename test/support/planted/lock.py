"""Which documents are nearest to a question? Popular ones come first where they are equally near.

POST /nearest {"id": 7} → {"documents": [3, 14, 15]}
How popular documents are is kept in one ranking behind a lock, which every answer needs; some requests make it anew, and hold the lock
meanwhile. A sync endpoint, run in threads.
PORT says where; SLOW_PATH=off never makes the ranking anew.
"""

import os
import threading

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy
from fastapi import FastAPI
from pydantic import BaseModel, Field

from chance import is_slow
from serving import serve

SHARE = 0.025
DOCUMENTS = 3000
TRAITS = 384
VIEWS = 300_000


class Question(BaseModel):
    id: int = Field(ge=0)


class Ranking:
    """Places of documents by how often they were looked at."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        chance = numpy.random.default_rng(20)
        self.views = chance.zipf(1.3, size=VIEWS) % DOCUMENTS + chance.random(VIEWS)
        self.places = numpy.arange(DOCUMENTS)

    def places_of(self, documents: numpy.ndarray) -> numpy.ndarray:
        with self.lock:
            return self.places[documents]

    def view(self, document: int, question: int) -> None:
        with self.lock:
            self.views[question % VIEWS] = document
            if is_slow(question, SHARE):
                self.rank()

    def rank(self) -> None:
        ordered = numpy.sort(self.views, kind="heapsort")
        edges = numpy.searchsorted(ordered, numpy.arange(DOCUMENTS + 1))
        self.places = numpy.argsort(numpy.argsort(-numpy.diff(edges)))


class Index:
    def __init__(self) -> None:
        self.vectors = numpy.random.default_rng(21).normal(size=(DOCUMENTS, TRAITS))

    def nearest(self, question: int, count: int) -> numpy.ndarray:
        wanted = numpy.random.default_rng(question).normal(size=TRAITS)
        near = self.vectors @ wanted
        return numpy.argpartition(-near, count)[:count]


app = FastAPI(title="Nearest documents")
index = Index()
ranking = Ranking()


@app.post("/nearest")
def nearest(question: Question) -> dict[str, list[int]]:
    documents = index.nearest(question.id, 10)
    order = numpy.argsort(ranking.places_of(documents))
    first = documents[order[:3]]
    ranking.view(int(first[0]), question.id)
    return {"documents": [int(document) for document in first]}


if __name__ == "__main__":
    serve(app)
