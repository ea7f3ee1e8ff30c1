"""A service whose answers wait for another server: /awaited on its event loop, /blocking in a thread of its pool."""

import http.client
import itertools
import os

import aiohttp
import tailflame_attribution
import uvicorn
from fastapi import FastAPI

ADDRESS = os.environ["DOWNSTREAM"]
app = FastAPI()
app.add_middleware(tailflame_attribution.asgi)
count = itertools.count()
connections = []


def path_of_next():
    return "/slow" if next(count) % 24 == 7 else "/fast"


async def fetch_profile(session, path):
    async with session.get(f"http://{ADDRESS}{path}") as answer:
        return await answer.text()


def load_profile(path):
    connection = http.client.HTTPConnection(ADDRESS)
    connection.request("GET", path)
    text = connection.getresponse().read().decode()
    connection.close()
    return text


def work(text):
    return sum(ord(letter) * number for letter in text for number in range(1500))


@app.get("/awaited")
async def awaited():
    if not connections:
        connections.append(aiohttp.ClientSession())
    return {"profile": work(await fetch_profile(connections[0], path_of_next()))}


@app.get("/blocking")
def blocking():
    return {"profile": work(load_profile(path_of_next()))}


@app.get("/healthz")
async def healthz():
    return {}


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="warning")
