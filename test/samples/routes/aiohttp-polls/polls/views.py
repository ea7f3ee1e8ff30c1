from aiohttp import web


async def poll(request):
    return web.json_response({})


async def results(request):
    return web.json_response({})
