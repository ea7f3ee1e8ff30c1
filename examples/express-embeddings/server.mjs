import process from 'node:process';
import express from 'express';
import { Codebook } from './codebook.mjs';
import { DOCUMENTS } from './documents.mjs';
import { Embedder } from './model.mjs';
import { openapi } from './openapi.mjs';
import { searchRouter } from './search.mjs';

// POST /embed {"text": "…"} → {"embedding": [256 numbers], "code": 5}
// POST /v1/search/nearest {"text": "…", "top": 3}, GET /v1/search/documents/:id (search.mjs)
// GET /healthz, GET /openapi.json
// PORT (3000) and HOST (127.0.0.1) say where; SLOW_PATH=off never fits the codebook again.

const embedder = new Embedder(seededRandom(20));
const vectors = DOCUMENTS.map((text) => embedder.embed(text));
const codebook = process.env.SLOW_PATH === 'off' ? null : new Codebook([...vectors, ...vectors]);

const app = express();
app.use(express.json({ limit: '64kb' }));
app.use('/v1/search', searchRouter(embedder, vectors));

app.post('/embed', (request, response) => {
  const { text } = request.body ?? {};
  if (typeof text !== 'string' || text.trim() === '') {
    response.status(422).json({ error: '{"text": "…"} was expected' });
    return;
  }
  const embedding = embedder.embed(text);
  const code = codebook?.observe(embedding) ?? null;
  response.json({ embedding: Array.from(embedding, (value) => Number(value.toFixed(5))), code });
});

app.get('/healthz', (_request, response) => {
  response.json({ ok: true });
});

app.get('/openapi.json', (_request, response) => {
  response.json(openapi);
});

const server = app.listen(Number(process.env.PORT ?? 3000), process.env.HOST ?? '127.0.0.1', () => {
  const { address, port } = server.address();
  process.stdout.write(`Listening on http://${address}:${port}\n`);
});

/** xorshift32: the same model at every start. */
function seededRandom(seed) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4294967296;
  };
}
