from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.api.routes import items
from app.core.config import settings
from app.main import app

client = TestClient(app)


def test_read_items():
    response = client.get(f"{settings.API_V1_STR}/items/")
    assert response.status_code == 200


def test_items_alone():
    alone = FastAPI()
    alone.include_router(items.router)
    assert TestClient(alone).get("/items/").status_code == 200


def test_create():
    with TestClient(app) as app_client:
        app_client.post("/api/v1/items/", json={"title": "x"})
        app_client.put("/api/v1/items/1")
