from litserve import LitServer

from apis import RankAPI

server = LitServer(RankAPI(), workers_per_device=2)
