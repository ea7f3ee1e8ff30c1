import os

from fastapi import APIRouter

router = APIRouter(prefix=os.environ.get("TOKENS_PREFIX", "/raw"))
extra = APIRouter(prefix=os.environ["EXTRA_PREFIX"])


@router.post("/encode")
def encode(body: dict):
    return body


@extra.post("/decode")
def decode(body: dict):
    return body
