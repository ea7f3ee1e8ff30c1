from starlette.responses import PlainTextResponse
from starlette.routing import Route, Router


def reload(request):
    return PlainTextResponse("ok")


admin = Router([Route("/reload", reload, methods=["POST"])])
