"""A model of PyTorch behind FastAPI, with all the native threads that torch starts by itself. For the bench of what the sampler does to it."""

import os

import torch
import uvicorn
from fastapi import FastAPI

WIDTH = 512
LAYERS = 6

torch.manual_seed(1)
layers = [torch.nn.Linear(WIDTH, WIDTH) for _ in range(LAYERS)]
model = torch.nn.Sequential(*[part for layer in layers for part in (layer, torch.nn.ReLU())])
model.eval()
app = FastAPI()


@app.get("/healthz")
def healthz():
    return {"threads": torch.get_num_threads()}


def embed(count: int) -> torch.Tensor:
    with torch.inference_mode():
        return model(torch.randn(count, WIDTH))


@app.post("/embed")
def answer(body: dict):
    vectors = embed(body["rows"])
    return {"norm": vectors.norm().item()}


uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="warning")
