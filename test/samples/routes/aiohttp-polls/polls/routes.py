import pathlib

from polls.views import poll, results

PROJECT_ROOT = pathlib.Path(__file__).parent


def setup_routes(app, base):
    app.router.add_get("/poll/{question_id}", poll, name="poll")
    app.router.add_route("*", "/any", poll)
    app.router.add_route("PUT", r"/poll/{id:\d+}/results", results)
    setup_static_routes(app)


def setup_static_routes(app):
    app.router.add_static("/static/", path=PROJECT_ROOT / "static", name="static")
    app.router.add_delete("/cache", results)
