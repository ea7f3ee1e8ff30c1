"""Is a picture fit to be shown? A small network on its thumbnail.

POST /moderate {"id": 7} → {"fit": true, "score": 0.83}
Sync endpoints run in threads, here four of them, as each takes memory. A picture that is not on the disk is fetched from the store, and
its thread waits for it.
PORT says where, REMOTE where the store is; SLOW_PATH=off has all pictures on the disk.
"""

import http.client
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import anyio.to_thread
import numpy
from fastapi import FastAPI
from pydantic import BaseModel, Field

from chance import is_slow
from serving import remote, serve

SHARE = 0.025
THREADS = 4
SIDE = 48
FILTERS = 20


class Picture(BaseModel):
    id: int = Field(ge=0)


class Pictures:
    def __init__(self, store: str) -> None:
        self.store = store
        self.disk = numpy.random.default_rng(20).random((64, SIDE, SIDE))

    def thumbnail(self, picture: int) -> numpy.ndarray:
        pixels = self.disk[picture % len(self.disk)]
        if is_slow(picture, SHARE):
            return pixels * self.fetch(picture)
        return pixels

    def fetch(self, picture: int) -> float:
        connection = http.client.HTTPConnection(self.store, timeout=5)
        try:
            connection.request("GET", f"/after/120?of={picture}")
            answer = connection.getresponse().read()
        finally:
            connection.close()
        return json.loads(answer)["value"]


class Network:
    def __init__(self) -> None:
        chance = numpy.random.default_rng(21)
        self.filters = chance.normal(size=(FILTERS, 3, 3))
        self.weights = chance.normal(size=FILTERS)

    def score(self, pixels: numpy.ndarray) -> float:
        scores = [self.strength(pixels, kernel) for kernel in self.filters]
        return float(1 / (1 + numpy.exp(-(self.weights @ scores))))

    def strength(self, pixels: numpy.ndarray, kernel: numpy.ndarray) -> float:
        inside = SIDE - 2
        total = numpy.zeros((inside, inside))
        for row in range(3):
            for column in range(3):
                total += kernel[row, column] * pixels[row : row + inside, column : column + inside]
        return float(numpy.maximum(total, 0).mean())


@asynccontextmanager
async def few_threads(_: FastAPI) -> AsyncIterator[None]:
    anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
    yield


app = FastAPI(title="Moderation", lifespan=few_threads)
pictures = Pictures(remote())
network = Network()


@app.post("/moderate")
def moderate(picture: Picture) -> dict[str, float | bool]:
    pixels = pictures.thumbnail(picture.id)
    score = network.score(pixels)
    return {"fit": score > 0.5, "score": round(score, 3)}


if __name__ == "__main__":
    serve(app)
