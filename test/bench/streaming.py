"""What people write who measure a stream by hand: aiohttp, a task a user, each event stamped when its line has been read.

Arguments: address, users, seconds. Prints one JSON object a stream: its number, when its request was made, and when each event with
content was read, in ms on CLOCK_MONOTONIC.
"""

import asyncio
import json
import sys
import time

import aiohttp

URL, USERS, SECONDS = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
BODY = json.dumps(
    {"model": "tiny", "stream": True, "messages": [{"role": "user", "content": "count"}]}
)


def now() -> float:
    return time.clock_gettime(time.CLOCK_MONOTONIC) * 1000


async def user(session: aiohttp.ClientSession, until: float, streams: list) -> None:
    while now() < until:
        stream = {"number": 0, "start": now(), "times": []}
        async with session.post(
            URL, data=BODY, headers={"content-type": "application/json"}
        ) as response:
            async for line in response.content:
                at = now()
                if not line.startswith(b"data: ") or line.startswith(b"data: [DONE]"):
                    continue
                said = json.loads(line[6:])
                if said["choices"] and said["choices"][0]["delta"].get("content"):
                    stream["times"].append(at)
                if said.get("usage"):
                    stream["number"] = said["usage"]["prompt_tokens"]
        streams.append(stream)


async def main() -> None:
    streams: list = []
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        until = now() + SECONDS * 1000
        await asyncio.gather(*(user(session, until, streams) for _ in range(USERS)))
    json.dump(streams, sys.stdout)


asyncio.run(main())
