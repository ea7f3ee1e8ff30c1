from aiohttp import web

routes = web.RouteTableDef()
LOCAL = {}


@routes.get("/api/polls")
async def polls(request):
    return web.json_response(LOCAL.get("/api/polls"))


@routes.view("/api/polls/{id}")
class PollView(web.View):
    async def get(self):
        return web.json_response({})


@routes.route("PATCH", "/api/polls/{id}/title")
async def retitle(request):
    return web.json_response({})
