import pytest

from app import create_app


@pytest.fixture
def client():
    app = create_app()
    return app.test_client()


def test_login(client):
    assert client.get("/auth/login").status_code == 200
    client.post("/auth/login", data={})
    with create_app().test_client() as other:
        other.put("/api/v2/users/1")
