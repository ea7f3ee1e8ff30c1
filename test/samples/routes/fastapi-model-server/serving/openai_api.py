from fastapi import APIRouter, Depends

from .protocol import *
from .tokens import router as token_router

router = APIRouter()
VERSION = "/v1"


@router.get(f"{VERSION}/models")
async def show_available_models():
    return {"data": []}


@router.post(VERSION + "/completions", dependencies=[Depends(validate_json)])
async def create_completion(body: dict):
    return body


@router.post(CHAT_PATH)
@router.post("/chat")
async def create_chat_completion(body: dict):
    return body


router.include_router(token_router, prefix=f"{VERSION}/tokens")
