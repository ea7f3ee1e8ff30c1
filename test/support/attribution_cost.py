"""Prints what a request costs in a small ASGI application, in µs: called as it is, and as the shipped lines wrap it."""

import asyncio
import json
import sys
import time

import tailflame_attribution

REQUESTS = 4000


async def app(scope, receive, send):
    for _ in range(4):
        await asyncio.sleep(0)
    await asyncio.gather(asyncio.sleep(0), asyncio.sleep(0))
    await asyncio.sleep(0.0015)


async def mean_of(application, headers):
    scope = {"type": "http", "headers": headers}
    begun = time.process_time_ns()
    for _ in range(REQUESTS // 20):
        await asyncio.gather(*(application(scope, None, None) for _ in range(20)))
    return (time.process_time_ns() - begun) / REQUESTS / 1000


async def main(traceparent):
    told = [(b"traceparent", traceparent.encode())]
    await mean_of(app, [])
    wrapped = tailflame_attribution.asgi(app)
    plain = min([await mean_of(app, []) for _ in range(3)])
    untold = min([await mean_of(wrapped, []) for _ in range(3)])
    asked = min([await mean_of(wrapped, told) for _ in range(3)])
    print(json.dumps({"plain": plain, "without traceparent": untold, "told of": asked}))


asyncio.run(main(sys.argv[1]))
