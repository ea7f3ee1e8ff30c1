import litserve

from apis import EmbedAPI, RankAPI

embed = EmbedAPI(api_path="/embed")
server = litserve.LitServer([embed, RankAPI(api_path="/rank")], timeout=30)
