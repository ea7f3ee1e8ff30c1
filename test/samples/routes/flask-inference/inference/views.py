from flask.views import MethodView


class PredictView(MethodView):
    init_every_request = False

    def get(self):
        return {"inputs": []}

    def post(self):
        return {"label": "worn"}


def batch():
    return []


def models_of():
    return []
