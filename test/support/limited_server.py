"""Servers that are each limited by something else. The argument says which, PORT where they listen on 127.0.0.1; all answer GET / and GET /healthz.

processes    a process a core, each computes 10 ms for a request
gil          one process whose threads compute 8 ms
threads      four threads, each waits 40 ms
pool         four connections to DOWNSTREAM (a URL), over which every request is passed on
engine       a model server: four requests in its batch, 60 ms each, and a KV cache that they fill; /metrics tells of both as vLLM does
lock         threads that wait 20 ms while they hold a lock
accept       one request at a time, 30 ms, each over a connection of its own that is accepted when the one before is done
descriptors  at most 48 files and connections open
"""

import asyncio
import http.server
import os
import resource
import signal
import socket
import sys
import threading
import time

import aiohttp
import anyio.to_thread
import uvicorn
from fastapi import FastAPI, Response

MODE = sys.argv[1]
PORT = int(os.environ["PORT"])

app = FastAPI()


def compute(seconds: float) -> None:
    """So much of a core's time, however long it takes to get it."""
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        sum(range(300))


@app.get("/healthz")
async def health() -> dict[str, bool]:
    return {"ok": True}


if MODE == "processes":

    @app.get("/")
    async def work() -> dict[str, bool]:
        compute(0.010)
        return {"ok": True}


if MODE == "gil":

    @app.get("/")
    def work_in_thread() -> dict[str, bool]:
        compute(0.008)
        return {"ok": True}


if MODE == "threads":

    @app.on_event("startup")
    async def few_threads() -> None:
        anyio.to_thread.current_default_thread_limiter().total_tokens = 4

    @app.get("/")
    def wait_in_thread() -> dict[str, bool]:
        time.sleep(0.040)
        return {"ok": True}


if MODE == "pool":
    sessions: list[aiohttp.ClientSession] = []

    @app.on_event("startup")
    async def few_connections() -> None:
        sessions.append(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=4)))

    @app.get("/")
    async def pass_on() -> dict[str, bool]:
        async with sessions[0].get(os.environ["DOWNSTREAM"]) as answer:
            await answer.read()
        return {"ok": True}


if MODE == "engine":
    batch = asyncio.Semaphore(4)
    counts = {"running": 0, "waiting": 0}

    @app.get("/")
    async def generate() -> dict[str, bool]:
        counts["waiting"] += 1
        async with batch:
            counts["waiting"] -= 1
            counts["running"] += 1
            await asyncio.sleep(0.060)
            counts["running"] -= 1
        return {"ok": True}

    @app.get("/metrics")
    async def metrics() -> Response:
        text = "".join(
            f'# TYPE vllm:{name} gauge\nvllm:{name}{{model_name="m"}} {value}\n'
            for name, value in (
                ("num_requests_running", counts["running"]),
                ("num_requests_waiting", counts["waiting"]),
                ("kv_cache_usage_perc", counts["running"] / 4),
            )
        )
        return Response(text, media_type="text/plain; version=0.0.4")


if MODE == "lock":
    lock = threading.Lock()

    @app.get("/")
    def wait_with_lock() -> dict[str, bool]:
        with lock:
            time.sleep(0.020)
        return {"ok": True}


if MODE == "descriptors":

    @app.get("/")
    async def answer() -> dict[str, bool]:
        await asyncio.sleep(0.005)
        return {"ok": True}


class OneAtATime(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        time.sleep(0.030)
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(b'{"ok":true}')

    def log_message(self, *_: object) -> None:
        pass


class Patient(http.server.HTTPServer):
    request_queue_size = 128


def serve() -> None:
    # Each process has a socket of its own on the port, so that the system shares connections out among them.
    # By its protocol asyncio knows that it may send without delay.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind(("127.0.0.1", PORT))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", backlog=256))
    server.run(sockets=[listener])


if __name__ == "__main__":
    if MODE == "accept":
        signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
        Patient(("127.0.0.1", PORT), OneAtATime).serve_forever()
    if MODE == "descriptors":
        resource.setrlimit(resource.RLIMIT_NOFILE, (48, 48))
    if MODE == "processes":
        for _ in range((os.cpu_count() or 1) - 1):
            if os.fork() == 0:
                break
    serve()
