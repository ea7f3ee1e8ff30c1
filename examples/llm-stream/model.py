"""A transformer as Llama is built: RMS norm, rotary positions, grouped heads, gated units. Its 8 million weights are random."""

import numpy

from kv_cache import KvCache

LAYERS = 4
WIDTH = 384
HEADS = 6
KV_HEADS = 2
HEAD_WIDTH = WIDTH // HEADS
HIDDEN = 1024
# About one token in so many ends an answer.
MEAN_ANSWER = 150


class Chunk:
    """Tokens of one sequence that one step computes: the rest of a prompt, or the last token written."""

    def __init__(self, tokens: list[int], start: int, slots: numpy.ndarray):
        self.tokens = tokens
        self.start = start
        # Where in the cache each token from the first to the last of these has its keys and values.
        self.slots = slots


class Transformer:
    def __init__(self, vocabulary: int, spoken: list[int], end: int):
        """spoken: the tokens it may write besides `end`."""
        chance = numpy.random.default_rng(20)

        def matrix(inputs: int, outputs: int) -> numpy.ndarray:
            return chance.standard_normal((inputs, outputs), dtype=numpy.float32) / numpy.float32(inputs**0.5)

        self.embedding = chance.standard_normal((vocabulary, WIDTH), dtype=numpy.float32)
        self.layers = [
            (matrix(WIDTH, WIDTH + 2 * KV_HEADS * HEAD_WIDTH), matrix(WIDTH, WIDTH), matrix(WIDTH, 2 * HIDDEN), matrix(HIDDEN, WIDTH))
            for _ in range(LAYERS)
        ]
        self.head = matrix(WIDTH, vocabulary)
        self.bias = numpy.full(vocabulary, -numpy.inf, dtype=numpy.float32)
        self.bias[spoken] = 0
        self.bias[end] = numpy.log(len(spoken) / MEAN_ANSWER)

    def forward(self, chunks: list[Chunk], cache: KvCache) -> numpy.ndarray:
        """Computes all chunks at once, with what the cache holds of their sequences. Returns a row of logits a chunk, for its next token."""
        tokens = [token for chunk in chunks for token in chunk.tokens]
        positions = numpy.concatenate([numpy.arange(chunk.start, len(chunk.slots)) for chunk in chunks])
        ends = numpy.cumsum([len(chunk.tokens) for chunk in chunks])
        # BLAS takes one row along another way than four, which are hardly slower: without padding a batch of two would pay for that.
        padding = -len(tokens) % 4
        hidden = self.embedding[tokens + [0] * padding]
        rotation = rotation_of(numpy.pad(positions, (0, padding)))
        for layer, (attend, join, widen, narrow) in enumerate(self.layers):
            queries, keys, values = self.heads_of(normal(hidden) @ attend, rotation)
            seen = numpy.zeros_like(hidden)
            for chunk, end in zip(chunks, ends):
                rows = slice(end - len(chunk.tokens), end)
                cache.write(layer, chunk.slots[chunk.start :], keys[rows], values[rows])
                seen[rows] = attention(queries[rows], *cache.read(layer, chunk.slots), chunk.start)
            hidden = hidden + seen @ join
            gate, up = numpy.split(normal(hidden) @ widen, 2, axis=1)
            hidden = hidden + (gate / (1 + numpy.exp(-gate)) * up) @ narrow
        return normal(hidden[ends - 1]) @ self.head + self.bias

    def heads_of(self, projected: numpy.ndarray, rotation: tuple) -> tuple[numpy.ndarray, numpy.ndarray, numpy.ndarray]:
        heads = projected.reshape(len(projected), HEADS + 2 * KV_HEADS, HEAD_WIDTH)
        turned = rotate(heads[:, : HEADS + KV_HEADS], rotation)
        return turned[:, :HEADS], turned[:, HEADS:], heads[:, HEADS + KV_HEADS :]


def attention(queries: numpy.ndarray, keys: numpy.ndarray, values: numpy.ndarray, start: int) -> numpy.ndarray:
    """queries: (tokens, heads, width) of the positions from `start`; keys and values: (heads, positions, width) of all up to the last."""
    count = len(queries)
    grouped = queries.reshape(count, KV_HEADS, -1, HEAD_WIDTH).transpose(1, 2, 0, 3).reshape(KV_HEADS, -1, HEAD_WIDTH)
    scores = grouped @ keys.transpose(0, 2, 1) / numpy.float32(HEAD_WIDTH**0.5)
    if count > 1:
        later = numpy.arange(keys.shape[1]) > numpy.arange(start, start + count)[:, None]
        scores = numpy.where(numpy.tile(later, (HEADS // KV_HEADS, 1)), -numpy.inf, scores)
    powers = numpy.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = (powers / powers.sum(axis=-1, keepdims=True)) @ values
    return mixed.reshape(KV_HEADS, -1, count, HEAD_WIDTH).transpose(2, 0, 1, 3).reshape(count, WIDTH)


def normal(rows: numpy.ndarray) -> numpy.ndarray:
    return rows / numpy.sqrt((rows * rows).mean(axis=1, keepdims=True) + 1e-6)


def rotation_of(positions: numpy.ndarray) -> tuple[numpy.ndarray, numpy.ndarray]:
    half = HEAD_WIDTH // 2
    angles = positions[:, None] / 10000 ** (numpy.arange(half) / half)
    return numpy.cos(angles).astype(numpy.float32)[:, None], numpy.sin(angles).astype(numpy.float32)[:, None]


def rotate(heads: numpy.ndarray, rotation: tuple[numpy.ndarray, numpy.ndarray]) -> numpy.ndarray:
    cosine, sine = rotation
    first, second = numpy.split(heads, 2, axis=-1)
    return numpy.concatenate([first * cosine - second * sine, first * sine + second * cosine], axis=-1)
