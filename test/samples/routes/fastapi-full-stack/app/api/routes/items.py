import uuid
from typing import Any

import httpx
from fastapi import APIRouter, HTTPException

from app.api.routes.comments import router as comments

router = APIRouter(prefix="/items", tags=["items"])
router.include_router(comments, prefix="/{item_id}/comments")
upstream = httpx.AsyncClient(base_url="http://catalogue")
CACHE: dict[str, Any] = {}


@router.get("/")
async def read_items(skip: int = 0, limit: int = 100) -> Any:
    """Retrieve items.

    @router.get("/in-a-docstring")
    """
    if (held := CACHE.get("/items")) is not None:
        return held
    response = await upstream.get("/items", params={"skip": skip, "limit": limit})
    return response.json()


@router.get("/{id}")
async def read_item(id: uuid.UUID) -> Any:
    item = CACHE.get(str(id))
    if not item:
        raise HTTPException(status_code=404, detail="Item not found")
    return item


@router.post(
    "/",
    status_code=201,
)
async def create_item(item_in: dict) -> Any:
    return item_in


# @router.put("/{id}/commented-out")
@router.api_route("/{id}/archive", methods=["PUT", "DELETE"])
async def archive(id: uuid.UUID) -> None:
    await upstream.delete("/items/archive")
