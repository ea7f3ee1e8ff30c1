import argparse
from contextlib import asynccontextmanager

import aiohttp
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse

from serving import openai_api
from serving.admin import build_admin_router, register_health


@asynccontextmanager
async def lifespan(app: FastAPI):
    async with aiohttp.ClientSession() as session:
        await session.get("http://model-store/warm")
        yield


def build_app(args) -> FastAPI:
    app = FastAPI(lifespan=lifespan)
    app.include_router(openai_api.router)
    app.include_router(build_admin_router(), prefix="/admin")
    register_health(app)
    app.root_path = args.root_path

    @app.exception_handler(ValueError)
    async def on_error(request: Request, error: ValueError):
        return {"error": str(error)}

    @app.post("/generate")
    async def generate(request: Request):
        body = await request.json()
        name = body.get("/prompt")
        return StreamingResponse(iter([name]))

    return app


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--root-path")
    uvicorn.run(build_app(parser.parse_args()))
