from starlette.endpoints import HTTPEndpoint
from starlette.responses import JSONResponse
from starlette.routing import Route


class Completion(HTTPEndpoint):
    async def get(self, request):
        return JSONResponse({})

    async def post(self, request):
        return JSONResponse({})


async def embeddings(request):
    return JSONResponse({})


async def show(request):
    return JSONResponse({})


class Cache(dict):
    def add_route(self, path, value):
        self[path] = value


Cache().add_route("/not-a-route", 1)

model_routes = [
    Route("/", show, name="models"),
    Route("/{model:str}", show),
]
