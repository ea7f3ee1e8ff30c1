import httpx
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Host, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from gateway.admin import admin
from gateway.endpoints import Completion, embeddings, model_routes

upstream = httpx.AsyncClient()


async def homepage(request):
    await upstream.get("/upstream")
    return JSONResponse({})


async def echo(websocket):
    await websocket.accept()


routes = [
    Route("/", homepage),
    Route("/embeddings", endpoint=embeddings, methods=["POST"]),
    Mount(
        "/v1",
        routes=[
            Route("/completions", Completion),
            Mount("/models", routes=model_routes),
            WebSocketRoute("/ws", echo),
        ],
    ),
    Mount("/static", app=StaticFiles(directory="static"), name="static"),
    Mount("/admin", app=admin),
]

app = Starlette(debug=True, routes=routes)


async def late(request):
    return JSONResponse({})


app.add_route("/late/{rest:path}", late, methods=["GET", "PUT"])
