"""Is a payment fraudulent? An ensemble of small trees on what the payment is worth and when it was made.

POST /score {"id": 7} → {"score": 0.12, "worth": 31.5}
The rate of a currency that is not in the table is asked of another service, by a client that blocks, in an async endpoint.
PORT says where, REMOTE where the other service is; SLOW_PATH=off makes all payments in known currencies.
"""

import http.client
import json
import math
import random

from fastapi import FastAPI
from pydantic import BaseModel, Field

from chance import is_slow
from serving import remote, serve

SHARE = 0.025
TREES = 900
DEPTH = 5


class Payment(BaseModel):
    id: int = Field(ge=0)


class Rates:
    """What currencies are worth."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.known = {"EUR": 1.0, "USD": 0.92, "GBP": 1.17, "CHF": 1.04}

    def rate_of(self, currency: str) -> float:
        if currency in self.known:
            return self.known[currency]
        return self.ask(currency)

    def ask(self, currency: str) -> float:
        connection = http.client.HTTPConnection(self.host, timeout=5)
        try:
            connection.request("GET", f"/after/40?of={currency}")
            answer = connection.getresponse().read()
        finally:
            connection.close()
        return json.loads(answer)["value"]


class Forest:
    def __init__(self) -> None:
        chance = random.Random(20)
        nodes = 2**DEPTH - 1
        self.trees = [
            [(chance.randrange(4), chance.random()) for _ in range(nodes)] + [(0, chance.gauss(0, 1))] * (nodes + 1)
            for _ in range(TREES)
        ]

    def score(self, features: list[float]) -> float:
        total = 0.0
        for tree in self.trees:
            total += self.leaf(tree, features)
        return 1 / (1 + math.exp(-total / math.sqrt(TREES)))

    def leaf(self, tree: list[tuple[int, float]], features: list[float]) -> float:
        node = 0
        for _ in range(DEPTH):
            feature, limit = tree[node]
            node = 2 * node + (1 if features[feature] < limit else 2)
        return tree[node][1]


app = FastAPI(title="Payments")
forest = Forest()
rates = Rates(remote())


def currency_of(payment: Payment) -> str:
    if is_slow(payment.id, SHARE):
        return f"X{payment.id % 97:02d}"
    return ("EUR", "USD", "GBP", "CHF")[payment.id % 4]


def features_of(payment: Payment, worth: float) -> list[float]:
    chance = random.Random(payment.id)
    return [worth / 100, chance.random(), chance.random(), (payment.id % 24) / 24]


@app.post("/score")
async def score(payment: Payment) -> dict[str, float]:
    rate = rates.rate_of(currency_of(payment))
    worth = rate * (1 + payment.id % 100)
    return {"score": round(forest.score(features_of(payment, worth)), 4), "worth": round(worth, 2)}


if __name__ == "__main__":
    serve(app)
