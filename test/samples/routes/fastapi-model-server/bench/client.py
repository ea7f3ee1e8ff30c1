import httpx
import requests

app = httpx.Client(base_url="http://localhost:8000")


def warm_up(client: httpx.Client):
    client.post("/generate", json={"prompt": "x"})
    requests.get("/health")
    app.get("/v1/models")


text = """
@app.post("/generated")
def generated(): ...
"""
