import litserve as ls


class EmbedAPI(ls.LitAPI):
    def setup(self, device):
        self.model = {}

    def predict(self, x):
        return self.model.get("/predict")


class RankAPI(ls.LitAPI):
    def predict(self, x):
        return x
