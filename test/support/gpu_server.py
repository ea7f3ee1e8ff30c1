"""A model server as many are: it tokenizes a prompt, waits for its GPU, and answers. It prints its port. What its GPU does, and when, it
writes into a file: a line for each change."""

import random
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

log = open(sys.argv[1], "w", buffering=1)
durations = random.Random(7)
PROMPT = "the quick brown fox jumps over the lazy dog " * 50


def tokenize(seconds):
    until = time.perf_counter() + seconds
    tokens = 0
    while time.perf_counter() < until:
        tokens += sum(len(word) for word in PROMPT.split())
    return tokens


def generate(seconds):
    log.write(f"{time.time() * 1000:.1f} busy\n")
    time.sleep(seconds)
    log.write(f"{time.time() * 1000:.1f} idle\n")


def answer_in_json(tokens):
    return b'{"tokens": %d}' % tokens


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        tokens = tokenize(durations.uniform(0.2, 0.5))
        generate(durations.uniform(0.2, 0.5))
        body = answer_in_json(tokens)
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
