from fastapi import FastAPI

metrics_app = FastAPI(docs_url=None)


@metrics_app.get("/metrics/{name:path}")
def metrics(name: str):
    return name
