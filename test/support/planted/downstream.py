"""When will a parcel arrive? By what is known of its route.

POST /arrival {"id": 7} → {"hours": 31.5}
What a customs office takes is not known here: parcels that pass one await the answer of another service.
PORT says where, REMOTE where the other service is; SLOW_PATH=off lets no parcel pass a customs office.
"""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from fastapi import FastAPI
from pydantic import BaseModel, Field

from chance import is_slow
from serving import remote, serve

SHARE = 0.025
DEPOTS = 100


class Parcel(BaseModel):
    id: int = Field(ge=0)


class Customs:
    """Another service, asked without blocking."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.session: aiohttp.ClientSession | None = None

    async def hours(self, parcel: int) -> float:
        async with self.session.get(f"http://{self.host}/after/80?of={parcel}") as answer:
            content = await answer.json()
        return 10 * content["value"]


class Routes:
    def __init__(self) -> None:
        chance = random.Random(20)
        self.hours = [[1 + 9 * chance.random() for _ in range(DEPOTS)] for _ in range(DEPOTS)]

    def hours_between(self, start: int, end: int) -> float:
        """The shortest way over at most two depots between."""
        best = self.hours[start][end]
        for first in range(DEPOTS):
            best = min(best, self.over(start, first, end))
        return best

    def over(self, start: int, first: int, end: int) -> float:
        reached = self.hours[start][first]
        return reached + min(self.hours[first][second] + self.hours[second][end] for second in range(DEPOTS))


customs = Customs(remote())
routes = Routes()


@asynccontextmanager
async def connected(_: FastAPI) -> AsyncIterator[None]:
    async with aiohttp.ClientSession() as session:
        customs.session = session
        yield


app = FastAPI(title="Parcels", lifespan=connected)


@app.post("/arrival")
async def arrival(parcel: Parcel) -> dict[str, float]:
    hours = routes.hours_between(parcel.id % DEPOTS, parcel.id // DEPOTS % DEPOTS)
    if is_slow(parcel.id, SHARE):
        hours += await customs.hours(parcel.id)
    return {"hours": round(hours, 1)}


if __name__ == "__main__":
    serve(app)
