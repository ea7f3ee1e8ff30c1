import flask
from flask import Blueprint as Section

PREFIX = "/v1"
ROUTES = {"/a": 1}
ROUTES.get("/a")
v1 = flask.Blueprint("v1", __name__, url_prefix=PREFIX)
v2 = Section("v2", __name__)


@v1.route("/score/<float:threshold>", methods=["POST"])
def score(threshold):
    return {"threshold": threshold}


@v2.route(
    "/score",
    methods=["POST", "PUT"],
)
def score_v2():
    return {}


@v2.get("/files/<path:name>")
def files(name):
    return name
