"""What is a house worth, and why? A linear model with every feature's part in it.

POST /estimate {"id": 7} → {"worth": 310.5, "parts": [[…], …]}
Some estimates are audited: their answers carry the parts of every house they were compared with, and all of that becomes JSON.
PORT says where; SLOW_PATH=off audits none.
"""

import random

from fastapi import FastAPI
from pydantic import BaseModel, Field

from chance import is_slow
from serving import serve

SHARE = 0.02
HOUSES = 1000
FEATURES = 24
NEAREST = 3


class House(BaseModel):
    id: int = Field(ge=0)


class Market:
    """Houses that were sold, and what each feature added to their worth."""

    def __init__(self) -> None:
        chance = random.Random(20)
        self.weights = [chance.gauss(10, 4) for _ in range(FEATURES)]
        self.houses = [[chance.random() for _ in range(FEATURES)] for _ in range(HOUSES)]
        self.parts = [self.parts_of(house) for house in self.houses]

    def parts_of(self, house: list[float]) -> list[float]:
        return [value * weight for value, weight in zip(house, self.weights)]

    def nearest(self, house: list[float]) -> list[int]:
        distances = []
        for index, other in enumerate(self.houses):
            near = abs(house[0] - other[0]) + abs(house[1] - other[1]) + abs(house[2] - other[2])
            far = abs(house[3] - other[3]) + abs(house[4] - other[4]) + abs(house[5] - other[5])
            distances.append((near + far / 4, index))
        return [index for _, index in sorted(distances)[:NEAREST]]

    def worth(self, house: list[float]) -> float:
        return sum(value * weight for value, weight in zip(house, self.weights))


app = FastAPI(title="Houses")
market = Market()


def compared_with(question: House, house: list[float]) -> list[int]:
    if is_slow(question.id, SHARE):
        return list(range(HOUSES))
    return market.nearest(house)


@app.post("/estimate")
async def estimate(question: House):
    house = market.houses[question.id % HOUSES]
    compared = compared_with(question, house)
    return {"worth": round(market.worth(house), 2), "parts": [market.parts[index] for index in compared]}


if __name__ == "__main__":
    serve(app)
