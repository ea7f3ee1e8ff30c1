"""A recommender: how much will a customer spend on each of some products?

POST /predict {"customer": 7, "products": [1, 2, 3]}  by a Gaussian process, with its doubt; a sync endpoint, run in a thread.
POST /rank    the products in order, by a linear model in the event loop; an async endpoint.
GET  /healthz

PORT (8000) and HOST (127.0.0.1) say where; SLOW_PATH=off never computes a customer's profile again.
"""

import asyncio
import os
from typing import Annotated

import numpy
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel, Field
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, WhiteKernel
from sklearn.linear_model import Ridge

from customers import CustomerProfiles
from products import CATALOGUE, novelty_of

FEATURES = 9


class Question(BaseModel):
    customer: int = Field(ge=0, lt=100)
    products: list[Annotated[int, Field(ge=0, lt=len(CATALOGUE))]] = Field(min_length=1, max_length=50)


def train() -> tuple[GaussianProcessRegressor, Ridge]:
    chance = numpy.random.default_rng(20)
    features = chance.random(size=(500, FEATURES))
    spent = features @ chance.normal(size=FEATURES) + 0.1 * chance.normal(size=500)
    process = GaussianProcessRegressor(RBF(2.0) + WhiteKernel(0.01), optimizer=None).fit(features, spent)
    return process, Ridge().fit(features, spent)


app = FastAPI(title="Recommender")
process, linear = train()
profiles = CustomerProfiles(refresh=os.environ.get("SLOW_PATH") != "off")


def features_of(question: Question) -> numpy.ndarray:
    """One row a product: how far each of its traits suits the customer, and how unlike all others it is."""
    profile = profiles.profile_of(question.customer)
    rows = []
    for product in question.products:
        suits = [part * trait for part, trait in zip(profile, CATALOGUE[product])]
        rows.append([*suits, novelty_of(product)])
    return numpy.array(rows)


@app.post("/predict")
def predict(question: Question) -> dict[str, list[float]]:
    spent, doubt = process.predict(features_of(question), return_std=True)
    return {"spent": spent.round(3).tolist(), "doubt": doubt.round(3).tolist()}


@app.post("/rank")
async def rank(question: Question) -> dict[str, list[int]]:
    spent = linear.predict(features_of(question))
    await asyncio.sleep(0)  # lets other requests in between
    order = numpy.argsort(-spent)
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
