"""A language model as many are served: a document is tokenized in Python, byte pair by byte pair, and continued by a transformer on the GPU.

It prints its port. A request says how many ms either is to take, and `sleep` how long nothing is done: the least and the most, between which it is
drawn. One in so many as `long` says gives the GPU six times as much to do. The work is measured at the start, and so much of it is done as takes that
long; a request that says its `steps` gets these. GPU_LAYERS makes the transformer another than it is. What was done when goes into a file, a line for
each change: `<ms since 1970> <what> begin|end`."""

import json
import os
import random
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import torch

GPU = torch.cuda.is_available()
WIDTH, LAYERS, BATCH, LENGTH = (2048, 8, 2, 1024) if GPU else (64, 2, 1, 64)
LAYERS = int(os.environ.get("GPU_LAYERS", LAYERS))
TEXT = "the quick brown fox jumps over the lazy dog while other animals of the forest watch it " * 4
draws = random.Random(7)
log = open(sys.argv[1], "w", buffering=1)


def learn_merges(text, count):
    """Byte pair encoding: the most frequent pair of symbols becomes a symbol, over and over."""
    symbols, merges = list(text), []
    for _ in range(count):
        counts = {}
        for pair in zip(symbols, symbols[1:]):
            counts[pair] = counts.get(pair, 0) + 1
        best = max(counts, key=counts.get)
        merges.append(best)
        symbols = merge(symbols, best)
    return merges


def merge(symbols, pair):
    merged, at = [], 0
    while at < len(symbols):
        if at + 1 < len(symbols) and (symbols[at], symbols[at + 1]) == pair:
            merged.append(pair[0] + pair[1])
            at += 2
        else:
            merged.append(symbols[at])
            at += 1
    return merged


def tokenize(text):
    symbols = list(text)
    for pair in MERGES:
        symbols = merge(symbols, pair)
    return symbols


MERGES = learn_merges(TEXT, 60)
torch.manual_seed(1)
device = "cuda" if GPU else "cpu"
layer = torch.nn.TransformerEncoderLayer(WIDTH, WIDTH // 64, 4 * WIDTH, batch_first=True, norm_first=True)
model = torch.nn.TransformerEncoder(layer, LAYERS, enable_nested_tensor=False).to(device, torch.bfloat16).eval()
prompt = torch.randn(BATCH, LENGTH, WIDTH, dtype=torch.bfloat16, device=device)


def generate(steps):
    with torch.inference_mode():
        hidden = prompt
        for _ in range(steps):
            hidden = torch.nn.functional.layer_norm(model(hidden), (WIDTH,))
        return hidden.float().mean().cpu().item()


def ms_of(work):
    work()
    begin = time.perf_counter()
    for _ in range(5):
        work()
    return 200 * (time.perf_counter() - begin)


TEXT_MS = ms_of(lambda: tokenize(TEXT))
STEP_MS = ms_of(lambda: generate(1))


def tokenize_document(ms):
    return sum(len(tokenize(TEXT)) for _ in range(round(ms / TEXT_MS)))


class told:
    """Writes into the file when something begins and ends."""

    def __init__(self, what):
        self.what = what

    def __enter__(self):
        log.write(f"{time.time() * 1000:.1f} {self.what} begin\n")

    def __exit__(self, *_):
        log.write(f"{time.time() * 1000:.1f} {self.what} end\n")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        self.answer({"device": torch.cuda.get_device_name() if GPU else "none", "text": TEXT_MS, "step": STEP_MS})

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        ms = {what: draws.uniform(*asked.get(what, (0, 0))) for what in ("tokenize", "sleep", "gpu")}
        factor = 6 if "long" in asked and draws.random() < 1 / asked["long"] else 1
        with told("tokenize"):
            tokens = tokenize_document(ms["tokenize"])
        time.sleep(ms["sleep"] / 1000)
        with told("gpu"):
            mean = generate(asked.get("steps") or max(1, round(factor * ms["gpu"] / STEP_MS)))
        self.answer({"tokens": tokens, "mean": mean})

    def answer(self, what):
        body = json.dumps(what).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """Whoever asked has gone."""


server = Server(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
