import bentoml


class api:
    def __init__(self, fn):
        self.fn = fn


@bentoml.service
class Ranking:
    @bentoml.api(input_spec=dict)
    def rank(self, items: list) -> list:
        return items

    @api
    def not_an_api(self):
        return None

    @staticmethod
    def api(self):
        return "bentoml.api"
