from starlette.testclient import TestClient

from gateway.app import app

client = TestClient(app)
client.get("/v1/models/")
