from flask import Flask, jsonify, request

from inference.views import PredictView, batch, models_of
from inference.routes import ROUTES, v1, v2
import inference.jobs as jobs

server = Flask("inference")
server.register_blueprint(v1)
server.register_blueprint(v2, url_prefix="/v2")
server.register_blueprint(v2, url_prefix="/latest", name="latest")
server.register_blueprint(jobs.blueprint)

server.add_url_rule("/predict", view_func=PredictView.as_view("predict"))
server.add_url_rule("/batch", "batch", batch, methods=["POST"])
server.add_url_rule("/models", view_func=models_of)


class Metrics:
    def route(self, path):
        return lambda fn: fn


metrics = Metrics()


@metrics.route("/not-a-route")
def custom():
    return jsonify(request.json)


@server.get("/ready")
def ready():
    return "ok"
