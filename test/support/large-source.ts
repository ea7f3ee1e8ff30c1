/** A generated file of `lines` lines that declares a route about every ten, as people write them. */
export function largeSource(kind: 'python' | 'typescript' | 'one function', lines: number): string {
  const [head, part, tail] = PARTS[kind];
  const text = [head];
  let count = head.split('\n').length + tail.split('\n').length;
  for (let index = 0; count < lines; index++) {
    const next = part(index);
    text.push(next);
    count += next.split('\n').length;
  }
  return [...text, tail].join('\n');
}

type Parts = readonly [head: string, part: (index: number) => string, tail: string];

const handler = (router: string, index: number): string => `${router}.get('/items/${index}/:id', async (req, res) => {
  const value = await service.find(req.params.id, { q: req.query.q, page: ${index} });
  if (value === null) {
    res.status(404).json({ error: \`no \${req.params.id}\` });
    return;
  }
  // router.get('/in-a-comment', () => {});
  res.json({ id: req.params.id, value, at: cache.get('/at') });
});
`;

const PARTS: Readonly<Record<'python' | 'typescript' | 'one function', Parts>> = {
  python: [
    'from fastapi import APIRouter, HTTPException\n\nrouter = APIRouter(prefix="/api")\n',
    (index) => `@router.get("/items/${index}/{id}", tags=["items"])
async def item_${index}(id: int, q: str | None = None):
    """Not a route: @router.get("/in-a-text")"""
    value = await service.find(id, q, page=${index})
    if value is None:
        raise HTTPException(404, f"no {id}")
    return {"id": id, "value": value, "at": cache.get("/at")}

`,
    '',
  ],
  typescript: [
    "import { Router } from 'express';\n\nexport const router: Router = Router();\n",
    (index) => handler('router', index),
    '',
  ],
  'one function': [
    "const express = require('express');\n\nmodule.exports = function build(service, cache) {\nconst app = express();\n",
    (index) => handler('app', index),
    'return app;\n};\n',
  ],
};
