"""How the planted servers are served: PORT (8000) on this machine, silently."""

import os

import uvicorn
from fastapi import FastAPI


def serve(app: FastAPI) -> None:
    @app.get("/healthz")
    async def healthz() -> dict[str, bool]:
        return {"ok": True}

    uvicorn.run(app, host="127.0.0.1", port=int(os.environ.get("PORT", "8000")), log_level="warning")


def remote() -> str:
    """Host and port of the other service (remote.mjs)."""
    return os.environ["REMOTE"]
