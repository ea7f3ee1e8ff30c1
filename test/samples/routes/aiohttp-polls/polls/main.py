import aiohttp
from aiohttp import web

from polls.admin import make_admin
from polls.api import routes as api_routes
from polls.routes import setup_routes


async def on_startup(app):
    app["session"] = aiohttp.ClientSession()
    await app["session"].get("/warm")


async def init_app(argv=None):
    app = web.Application()
    app.on_startup.append(on_startup)
    setup_routes(app, "/unused")
    app.add_routes(api_routes)
    app.add_subapp("/admin/", make_admin())
    app.add_routes([
        web.get("/", index),
        web.post("/vote/{choice}", vote),
        web.static("/static", "static"),
    ])
    return app


async def index(request):
    return web.Response(text=request.query.get("/q"))


async def vote(request):
    return web.Response()


if __name__ == "__main__":
    web.run_app(init_app())
