import litserve as ls

from apis import EmbedAPI, RankAPI
from client import warm

if __name__ == "__main__":
    api = EmbedAPI(max_batch_size=8)
    server = ls.LitServer(api, accelerator="auto", api_path="/v1/embed")
    warm("/predict")
    server.run(port=8000)
