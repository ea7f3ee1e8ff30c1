from __future__ import annotations

import bentoml
import httpx
from bentoml import api as endpoint

from ranking import Ranking


@bentoml.service(resources={"cpu": "2"}, traffic={"timeout": 30})
class Summarise:
    ranking = bentoml.depends(Ranking)

    def __init__(self) -> None:
        self.client = httpx.Client()
        self.client.post("/warm")

    @bentoml.api
    def summarise(self, text: str) -> str:
        return self.helper(text)

    @bentoml.api(route="/v2/batch", batchable=True)
    def batch(self, texts: list[str]) -> list[str]:
        return texts

    @endpoint
    async def stats(self) -> dict:
        return {}

    def helper(self, text: str) -> str:
        return text
