import { Router } from 'express';
import { DOCUMENTS } from './documents.mjs';

/** The routes for searches; server.mjs puts them under /v1/search. @param vectors of the documents */
export function searchRouter(embedder, vectors) {
  const router = Router();

  router.post('/nearest', (request, response) => {
    const { text, top = 3 } = request.body ?? {};
    if (typeof text !== 'string' || text.trim() === '' || !Number.isInteger(top) || top < 1) {
      response.status(422).json({ error: '{"text": "…", "top": 3} was expected' });
      return;
    }
    const vector = embedder.embed(text);
    const ranked = vectors.map((other, at) => ({ text: DOCUMENTS[at], score: similarity(vector, other) }));
    ranked.sort((a, b) => b.score - a.score);
    response.json({ nearest: ranked.slice(0, top) });
  });

  router.get('/documents/:id', (request, response) => {
    const text = DOCUMENTS[Number(request.params.id)];
    if (text === undefined) response.status(404).json({ error: 'There is no such document.' });
    else response.json({ text });
  });

  return router;
}

function similarity(one, other) {
  let sum = 0;
  for (let at = 0; at < one.length; at++) sum += one[at] * other[at];
  return Number(sum.toFixed(4));
}
