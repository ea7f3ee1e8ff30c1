"""Requests wait in a queue, join the batch between two steps, and leave it when they are done: continuous batching, as vLLM does it."""

import threading
from collections import deque
from collections.abc import Callable
from time import monotonic

import numpy

import metrics
from kv_cache import BLOCK, Blocks, KvCache, keys_of
from model import HEAD_WIDTH, KV_HEADS, LAYERS, Chunk, Transformer

# Tokens that sequences can hold together, each with its keys and values.
CACHE_TOKENS = 2048
MOST_RUNNING = 64
# Tokens computed in one step: a long prompt takes several, so that the others' next tokens need not wait for all of it.
STEP_TOKENS = 96
LONGEST = 1024


class Generation:
    """One request: its prompt, and what has been written so far."""

    def __init__(
        self,
        prompt: list[int],
        max_tokens: int,
        min_tokens: int,
        ignore_end: bool,
        temperature: float,
        seed: int | None,
        told: Callable[[int, str | None], None],
    ):
        """told: called in the engine's thread with each token and, with the last one, why it is the last."""
        self.tokens = list(prompt)
        self.prompt_length = len(prompt)
        self.max_tokens = max_tokens
        self.min_tokens = min_tokens
        self.ignore_end = ignore_end
        self.temperature = temperature
        self.chance = numpy.random.default_rng(seed)
        self.told = told
        self.cancelled = False
        self.blocks: list[int] = []
        self.keys: list[bytes] = []
        # Tokens whose keys and values are in the cache.
        self.computed = 0
        # Tokens of the prompt that were there before; None until it is begun.
        self.cached: int | None = None
        self.arrived = monotonic()
        self.last = self.arrived

    @property
    def written(self) -> int:
        return len(self.tokens) - self.prompt_length


class Engine:
    def __init__(self, vocabulary: int, spoken: list[int], end: int):
        self.end = end
        self.model = Transformer(vocabulary, spoken, end)
        self.cache = KvCache(CACHE_TOKENS // BLOCK, LAYERS, KV_HEADS, HEAD_WIDTH)
        self.blocks = Blocks(CACHE_TOKENS // BLOCK)
        self.waiting: deque[Generation] = deque()
        self.running: list[Generation] = []
        self.changed = threading.Condition()
        threading.Thread(target=self.work, name="engine", daemon=True).start()

    def submit(self, generation: Generation) -> None:
        with self.changed:
            self.waiting.append(generation)
            self.changed.notify()

    def cancel(self, generation: Generation) -> None:
        """It leaves before the next step."""
        generation.cancelled = True

    def work(self) -> None:
        while True:
            with self.changed:
                while not self.waiting and not self.running:
                    metrics.observe(self)
                    self.changed.wait()
            self.step()
            metrics.observe(self)

    def step(self) -> None:
        self.drop_cancelled()
        scheduled = self.schedule()
        if not scheduled:
            return
        logits = self.model.forward([self.chunk_of(generation, count) for generation, count in scheduled], self.cache)
        for (generation, count), row in zip(scheduled, logits):
            self.keep(generation, count)
            if generation.computed == len(generation.tokens):
                self.write(generation, row)

    def schedule(self) -> list[tuple[Generation, int]]:
        """Who computes how many tokens in this step: first those under way, then those that wait, as long as there is room."""
        scheduled: list[tuple[Generation, int]] = []
        room = STEP_TOKENS
        before = len(self.running)
        for generation in list(self.running):
            count = min(len(generation.tokens) - generation.computed, room)
            # Those before it may have sent it back to the queue.
            if generation not in self.running or count == 0:
                continue
            if self.hold(generation, generation.computed + count):
                scheduled.append((generation, count))
                room -= count
        full = len(self.running) < before
        while self.waiting and not full and room > 0 and len(self.running) < MOST_RUNNING:
            generation = self.waiting[0]
            if not self.begin(generation):
                break
            self.waiting.popleft()
            self.running.append(generation)
            count = min(len(generation.tokens) - generation.computed, room)
            scheduled.append((generation, count))
            room -= count
        return scheduled

    def begin(self, generation: Generation) -> bool:
        """Gives a sequence the blocks its tokens need, those that hold its beginning already first; False where there are too few."""
        # The last token is always computed: the next one comes from it.
        generation.keys = keys_of(generation.tokens[:-1])
        known = self.blocks.known(generation.keys)
        generation.blocks = known
        needed = -(-len(generation.tokens) // BLOCK) - len(known)
        if needed > len(self.blocks.free):
            self.give_up(generation)
            return False
        generation.blocks = known + [self.blocks.take() for _ in range(needed)]
        generation.computed = len(known) * BLOCK
        if generation.cached is None:
            generation.cached = generation.computed
            metrics.begun(generation)
        return True

    def hold(self, generation: Generation, length: int) -> bool:
        """Blocks for so many tokens, where need be from the youngest sequences, which go back to the queue; False where it went itself."""
        while len(generation.blocks) * BLOCK < length:
            block = self.blocks.take()
            if block is not None:
                generation.blocks.append(block)
                continue
            youngest = self.running.pop()
            self.give_up(youngest)
            self.waiting.appendleft(youngest)
            metrics.PREEMPTIONS.inc()
            if youngest is generation:
                return False
        return True

    def give_up(self, generation: Generation) -> None:
        self.blocks.release(generation.blocks)
        generation.blocks = []
        generation.computed = 0

    def chunk_of(self, generation: Generation, count: int) -> Chunk:
        start = generation.computed
        blocks = numpy.array(generation.blocks)
        slots = (blocks[:, None] * BLOCK + numpy.arange(BLOCK)).ravel()[: start + count]
        return Chunk(generation.tokens[start : start + count], start, slots)

    def keep(self, generation: Generation, count: int) -> None:
        """Notes what was computed, and lets others find the blocks it has filled."""
        before = generation.computed // BLOCK
        generation.computed += count
        for at in range(before, generation.computed // BLOCK):
            if at >= len(generation.keys):
                filled = generation.tokens[at * BLOCK : (at + 1) * BLOCK]
                generation.keys += keys_of(filled, generation.keys[-1] if generation.keys else b"")
            self.blocks.name(generation.blocks[at], generation.keys[at])

    def write(self, generation: Generation, logits: numpy.ndarray) -> None:
        if generation.ignore_end or generation.written < generation.min_tokens:
            logits[self.end] = -numpy.inf
        token = drawn(logits, generation.temperature, generation.chance)
        generation.tokens.append(token)
        ended = token == self.end
        full = generation.written >= generation.max_tokens
        metrics.written(generation)
        if ended or full:
            self.running.remove(generation)
            self.give_up(generation)
            metrics.finished(generation, "stop" if ended else "length")
        generation.told(token, "stop" if ended else "length" if full else None)

    def drop_cancelled(self) -> None:
        for generation in [one for one in self.running if one.cancelled]:
            self.running.remove(generation)
            self.give_up(generation)
            metrics.finished(generation, "abort")
        with self.changed:
            for generation in [one for one in self.waiting if one.cancelled]:
                self.waiting.remove(generation)
                metrics.finished(generation, "abort")


def drawn(logits: numpy.ndarray, temperature: float, chance: numpy.random.Generator) -> int:
    if temperature == 0:
        return int(logits.argmax())
    powers = numpy.exp((logits - logits.max()) / temperature)
    sums = powers.cumsum()
    return int(numpy.searchsorted(sums, chance.random() * sums[-1], side="right"))
