from fastapi import APIRouter, FastAPI


def build_admin_router() -> APIRouter:
    admin = APIRouter(prefix="/models")

    @admin.put("/{name}")
    async def load(name: str):
        return name

    async def unload(name: str):
        return name

    admin.add_api_route("/{name}", unload, methods=["DELETE"])
    return admin


def register_health(app: FastAPI) -> None:
    @app.get("/health")
    def health():
        return {}

    @app.head("/ping")
    def ping():
        return {}


class Registry:
    def get(self, path):
        return path

    def post(self, path, handler):
        return handler


registry = Registry()
registry.get("/not/a/route")
registry.post("/not/a/route", None)
