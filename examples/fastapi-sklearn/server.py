"""A recommender: how likely is a customer to buy each of some products?

POST /predict {"customer": 7, "products": [1, 2, 3]}  one answer from a random forest; a sync endpoint, run in a thread.
POST /rank    the same question, answered by a linear model in the event loop; an async endpoint.
GET  /healthz

PORT (8000) and HOST (127.0.0.1) say where; SLOW_PATH=off never computes a customer's profile again.
"""

import asyncio
import os

import numpy
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel, Field
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from customers import CustomerProfiles

PRODUCTS = 200
FEATURES = 16


class Question(BaseModel):
    customer: int = Field(ge=0, lt=100)
    products: list[int] = Field(min_length=1, max_length=50)


def train() -> tuple[RandomForestClassifier, LogisticRegression]:
    chance = numpy.random.default_rng(20)
    features = chance.normal(size=(2000, FEATURES))
    bought = features @ chance.normal(size=FEATURES) + chance.normal(size=2000) > 0
    forest = RandomForestClassifier(n_estimators=80, max_depth=8, random_state=20).fit(features, bought)
    return forest, LogisticRegression().fit(features, bought)


app = FastAPI(title="Recommender")
forest, linear = train()
profiles = CustomerProfiles(refresh=os.environ.get("SLOW_PATH") != "off")


def features_of(question: Question) -> numpy.ndarray:
    """One row a product: the customer's profile, and how the product compares with it."""
    profile = profiles.profile_of(question.customer)
    rows = []
    for product in question.products:
        compared = [part * ((product * (kind + 3)) % PRODUCTS) / PRODUCTS for kind, part in enumerate(profile)]
        rows.append(profile + compared)
    return numpy.array(rows)


@app.post("/predict")
def predict(question: Question) -> dict[str, list[float]]:
    chances = forest.predict_proba(features_of(question))[:, 1]
    return {"chances": chances.round(3).tolist()}


@app.post("/rank")
async def rank(question: Question) -> dict[str, list[int]]:
    chances = linear.predict_proba(features_of(question))[:, 1]
    await asyncio.sleep(0)  # lets other requests in between
    order = numpy.argsort(-chances)
    return {"products": [question.products[index] for index in order]}


@app.get("/healthz")
async def healthz() -> dict[str, bool]:
    return {"ok": True}


if __name__ == "__main__":
    uvicorn.run(
        app,
        host=os.environ.get("HOST", "127.0.0.1"),
        port=int(os.environ.get("PORT", "8000")),
        log_level="warning",
    )
