"""Two requests in turns on one event loop, and work of each in a thread: what is told of them against what they say themselves."""

import asyncio
import contextlib
import json
import sys
import threading
import time

import tailflame_attribution

truth = {}


def burn(name, ms):
    begun = time.monotonic_ns()
    while time.monotonic_ns() - begun < ms * 1_000_000:
        pass
    truth[name] = truth.get(name, 0) + (time.monotonic_ns() - begun) / 1e6


async def child(name):
    burn(name, 6)
    await asyncio.sleep(0.02)
    burn(name, 4)


async def app(scope, receive, send):
    name = scope["path"]
    turns, ms = (5, 8) if name == "a" else (3, 3)
    for _ in range(turns):
        burn(name, ms)
        await asyncio.sleep(0)
    await asyncio.gather(child(name), child(name))
    await asyncio.to_thread(burn, f"{name} in a thread", 5)
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), 0.03)


async def main(traces):
    wrapped = tailflame_attribution.asgi(app)
    scope = {"type": "http"}
    await asyncio.gather(
        *(
            wrapped({**scope, "path": name, "headers": [(b"traceparent", trace.encode())]}, None, None)
            for name, trace in traces.items()
        ),
        # A third that is not Tailflame's.
        wrapped({**scope, "path": "c", "headers": []}, None, None),
    )


asyncio.run(main(json.loads(sys.argv[1])))
print(json.dumps({"truth": truth, "thread": str(threading.get_ident())}))
