import http from 'node:http';
import process from 'node:process';
import { isSlow, uniform } from './chance.mjs';

// POST /tag {"id": 7} → {"tag": "refund", "confidence": 0.71}
// Tags short messages by the words in them. Some messages are long threads: every pair of their words becomes an object, all of them alive
// until the thread is tagged, so that the garbage collector copies them again and again.
// PORT (8080) says where; SLOW_PATH=off leaves threads out.

const SHARE = 0.02;
const WORDS = 2000;
const TAGS = ['refund', 'delivery', 'praise', 'other'];
const MESSAGE = 480;
const THREAD = 500;
const weights = TAGS.map((_, tag) =>
  Float64Array.from({ length: WORDS }, (_, word) => uniform(tag * WORDS + word, 20)),
);

class Pair {
  constructor(first, second, next) {
    this.first = { word: first, weight: 0 };
    this.second = { word: second, weight: 0 };
    this.next = next;
  }
}

function wordsOf(id, count) {
  return Array.from({ length: count }, (_, position) => Math.floor(WORDS * uniform(id * 1000 + position, 21)));
}

/** The pairs of a text's words, newest first. */
function pairsOf(words) {
  let pairs = null;
  for (const first of words) {
    for (const second of words) pairs = new Pair(first, second, pairs);
  }
  return pairs;
}

function scorePairs(pairs, scores) {
  for (let pair = pairs; pair !== null; pair = pair.next) {
    scores[(pair.first.word + pair.second.word) % TAGS.length] += 1e-6;
  }
}

function scoreWords(words, scores) {
  for (const word of words) {
    for (let tag = 0; tag < TAGS.length; tag++) {
      for (let other = 0; other < words.length; other++) scores[tag] += weights[tag][word] * weights[tag][words[other]];
    }
  }
}

function tag(id) {
  const scores = TAGS.map(() => 0);
  const words = wordsOf(id, MESSAGE);
  scoreWords(words, scores);
  if (isSlow(id, SHARE)) scorePairs(pairsOf(wordsOf(id, THREAD)), scores);
  const best = scores.indexOf(Math.max(...scores));
  return { tag: TAGS[best], confidence: scores[best] / scores.reduce((sum, score) => sum + score) };
}

async function readJson(request) {
  let body = '';
  for await (const chunk of request) body += chunk;
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

async function handle(request, response) {
  if (request.url === '/healthz') return answer(response, 200, { ok: true });
  const question = await readJson(request);
  if (request.url !== '/tag' || !Number.isInteger(question?.id)) {
    return answer(response, 422, { error: 'POST /tag {"id": a whole number}' });
  }
  return answer(response, 200, tag(question.id));
}

function answer(response, status, content) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(content));
}

const server = http.createServer((request, response) => void handle(request, response));
server.listen(Number(process.env.PORT ?? 8080), '127.0.0.1', () => {
  process.stdout.write(`Listening on http://127.0.0.1:${server.address().port}\n`);
});
