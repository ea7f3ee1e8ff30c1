from aiohttp import web


class Admin:
    def __init__(self):
        self.app = web.Application()
        self.app.router.add_post("/login", self.login)
        self.app.add_routes([web.view("/users", Users)])

    async def login(self, request):
        return web.Response()


class Users(web.View):
    async def get(self):
        return web.Response()


def make_admin():
    admin = Admin()
    return admin.app
