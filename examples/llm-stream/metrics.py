"""What the engine says of itself under /metrics, by the names vLLM has for the same things."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

if TYPE_CHECKING:
    from engine import Engine, Generation

MODEL = "tiny-random-llama"
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 7.5, 10, 20, 40)

registry = CollectorRegistry()


def named(kind: type, name: str, text: str, **options: object) -> Gauge | Counter | Histogram:
    return kind(f"vllm:{name}", text, ["model_name"], registry=registry, **options).labels(MODEL)


RUNNING = named(Gauge, "num_requests_running", "Number of requests in the batch.")
WAITING = named(Gauge, "num_requests_waiting", "Number of requests in the queue.")
CACHE = named(Gauge, "kv_cache_usage_perc", "KV cache in use, 1 is all of it.")
QUERIES = named(Counter, "prefix_cache_queries", "Tokens of prompts that were looked up in the prefix cache.")
HITS = named(Counter, "prefix_cache_hits", "Tokens of prompts that were found in the prefix cache.")
PREEMPTIONS = named(Counter, "num_preemptions", "Requests sent back to the queue because the KV cache was full.")
PROMPT_TOKENS = named(Counter, "prompt_tokens", "Tokens of prompts.")
WRITTEN_TOKENS = named(Counter, "generation_tokens", "Tokens written.")
QUEUED = named(Histogram, "request_queue_time_seconds", "From the arrival of a request to its first step.", buckets=SECONDS)
FIRST = named(Histogram, "time_to_first_token_seconds", "From the arrival of a request to its first token.", buckets=SECONDS)
BETWEEN = named(Histogram, "inter_token_latency_seconds", "From one token to the next.", buckets=SECONDS)
WHOLE = named(Histogram, "e2e_request_latency_seconds", "From the arrival of a request to its last token.", buckets=SECONDS)
SUCCESS = Counter("vllm:request_success", "Requests by what ended them.", ["model_name", "finished_reason"], registry=registry)


def observe(engine: Engine) -> None:
    RUNNING.set(len(engine.running))
    WAITING.set(len(engine.waiting))
    CACHE.set(engine.blocks.used)


def begun(generation: Generation) -> None:
    QUEUED.observe(monotonic() - generation.arrived)
    QUERIES.inc(generation.prompt_length)
    HITS.inc(generation.cached)
    PROMPT_TOKENS.inc(generation.prompt_length)


def written(generation: Generation) -> None:
    now = monotonic()
    (FIRST if generation.written == 1 else BETWEEN).observe(now - generation.last)
    generation.last = now
    WRITTEN_TOKENS.inc()


def finished(generation: Generation, reason: str) -> None:
    SUCCESS.labels(MODEL, reason).inc()
    if reason != "abort":
        WHOLE.observe(monotonic() - generation.arrived)


def text() -> bytes:
    return generate_latest(registry)
