import os

import requests
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.middleware.cors import CORSMiddleware

from app.api.main import api_router
from app.core.config import settings
from app.metrics import metrics_app


def custom_generate_unique_id(route: APIRoute) -> str:
    return f"{route.tags[0]}-{route.name}"


if os.environ.get("SENTRY_DSN"):
    requests.post("https://sentry.example/announce", json={"release": "1"})

app = FastAPI(
    title=settings.PROJECT_NAME,
    openapi_url=f"{settings.API_V1_STR}/openapi.json",
    generate_unique_id_function=custom_generate_unique_id,
)

if settings.all_cors_origins:
    app.add_middleware(CORSMiddleware, allow_origins=settings.all_cors_origins)

app.include_router(api_router, prefix=settings.API_V1_STR)
app.mount("/internal", metrics_app)


@app.get("/", include_in_schema=False)
async def root():
    return {"docs": f"{settings.API_V1_STR}/docs"}
