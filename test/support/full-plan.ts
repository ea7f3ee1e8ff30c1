import path from 'node:path';
import { PLAIN_STEP } from '../../src/load/plan/plain-plan.ts';
import type { Plan } from '../../src/load/plan/plan.ts';

/** A plan file with every key there is, and the plan it means. */
export const FULL_FILE = 'plans/checkout.load.yaml';
export const FULL_ENVIRONMENT = { REGION: 'us', HOME: '/home/ann', UNUSED: 'x' };

const file = (name: string): string => path.resolve('plans', name);

export const FULL_TEXT = `# yaml-language-server: $schema=../schema/load-plan.schema.json
name: checkout
target:
  url: http://127.0.0.1:8000/api/
  http: 2
  tls: { ca: ca.pem, cert: certs/me.pem, key: ../me.key, serverName: shop.test, verify: false }
  socket: /run/app.sock
  keepAlive: false
  compression: true
  redirects: 3
  streams: 10
  headers: { accept: application/json, x-version: 1.10 }
  metrics:
    - auto
    - http://127.0.0.1:8002/metrics
    - url: http://127.0.0.1:9400/metrics
      series: [DCGM_FI_*, 'up{job=~"a|b"}']
      every: 2s
      headers: { authorization: "Bearer \${secrets.token}" }
  logs: server.log
  attribution: true
connections: 64
timeout: 5s
environment: { REGION: eu, SHOP: 007 }
secrets: { token: API_TOKEN }
data:
  users: users.csv
  items: { file: items.jsonl, order: shuffle, end: stop }
  asked: { prompts: sharegpt.json, turns: 2, output: 64, order: shuffle, end: stop }
  questions: { prompts: questions.jsonl }
  chats:
    tokens: { mean: 200, deviation: 150, shape: lognormal, least: 10, most: 500 }
    output: { least: 10, most: 20 }
    turns: 3
    shared: { tokens: 200, groups: 4 }
    tokenizer: model/tokenizer.json
    fresh: true
  short: { tokens: { mean: 50, deviation: 10 }, shared: 30 }
setup:
  refresh: \${expires_in}s
  steps:
    - post: /login
      json: { user: a, password: "\${secrets.token}" }
      extract: { session: $.access_token, expires_in: $.expires_in }
scenarios:
  - name: buy
    weight: 3
    tags: { kind: write }
    steps:
      - name: cart
        post: /cart
        query: { size: 3, region: "\${env.REGION}", home: "\${env.HOME}" }
        headers: { authorization: "Bearer \${session}" }
        json: { item: "\${users.item}", n: "\${counter}", size: 1.10, note: null, tags: [a, true] }
        extract:
          id: $.id
          place: { header: location }
          number: { regex: 'id=(\\d+)', default: 0 }
          all: { regex: 'id=(\\d+)', group: 0 }
          word: { regex: '\\w+' }
          maybe: { json: $.maybe, default: "" }
        check:
          - status: 201
          - status: [200, 2XX, "204"]
          - latency: <500ms
          - latency: 1m30s
          - json: $.ok
          - json: $.item
            equals: "\${users.item}"
          - json: $.count
            equals: 1
          - json: $.price
            above: 0.5
          - json: $.price
            below: 100
          - json: $.error
            absent: true
          - json: $.items
            nonempty: true
          - header: content-type
            contains: json
          - header: etag
            exists: true
          - body: nonempty
          - body: ok
          - body: { contains: nonempty }
          - body: { matches: "^{" }
          - body: { equals: "{}" }
          - body: { absent: true }
        think: 1s-3s
        timings: { queue: $.queue, compute: { header: x-time }, unit: us }
        tags: { tier: gold }
      - put: /cart/\${id}?full=1
        body: |
          line one
            line two
        think: 0.5
      - put: /cart/\${id}
        form: { user: "\${users.name}", amount: 1.50 }
      - post: /invocations
        json: { instances: [[1, 2]] }
        batch: 8
        timings: { compute: { regex: 'took (\\d+)' } }
      - post: /rerank
        json: { query: a, documents: [b] }
        batch: "\${env.REGION}"
  - name: look
    tags: { kind: read }
    steps:
      - get: http://127.0.0.1:8000/items
      - get: http://127.0.0.1:9000/items?secret=1
      - patch: /picture
        file: cat.jpg
      - delete: ""
      - post: /pictures
        multipart:
          note: "for \${users.name}"
          image: { file: cat.jpg }
          more: [{ file: dog, type: image/x-dog, filename: "\${counter}.dog" }, plain]
      - head: /
      - options: /
      - post: /v1/chat/completions
        json: { model: m, stream: true }
        stream: { cancel: { after: 20, share: 10% }, tokenizer: tokenizer.json }
      - post: /v1/completions
        json: { stream: true }
        stream: off
      - post: /api/generate
        json: { model: m }
      - post: /events
        stream: sse
      - post: /mine
        stream: { api: openai-chat, cancel: { after: 3 } }
load:
  arrivals: gamma
  burstiness: 0.5
  stages:
    - rate: 50
      for: 10s
    - ramp: 200
      for: 30s
      name: climb
    - { ramp: 10, from: 100, for: 1m30s }
    - { rate: 0, for: 1500ms }
warmup: 3s
gracefulStop: 10
maxInFlight: 1000
generators: 2
seed: 7
objectives:
  - p(99)<250
  - latency{step:cart}: p(95)<300
  - "failures{tier:gold}: rate<1%"
  - { objective: p(99)<500, window: 10s, abort: true, after: 5s }
split: X-Cache
tags: { team: search }
`;

export const FULL_PLAN: Plan = {
  name: 'checkout',
  target: {
    url: 'http://127.0.0.1:8000/api/',
    http: '2',
    tls: {
      ca: file('ca.pem'),
      cert: file('certs/me.pem'),
      key: path.resolve('me.key'),
      serverName: 'shop.test',
      verify: false,
    },
    socket: '/run/app.sock',
    keepAlive: false,
    compression: true,
    redirects: 3,
    streams: 10,
    headers: { accept: 'application/json', 'x-version': '1.10' },
    metrics: [
      'auto',
      'http://127.0.0.1:8002/metrics',
      {
        url: 'http://127.0.0.1:9400/metrics',
        series: ['DCGM_FI_*', 'up{job=~"a|b"}'],
        every: 2000,
        headers: { authorization: 'Bearer ${secrets.token}' },
      },
    ],
    logs: [file('server.log')],
    attribution: true,
  },
  environment: { REGION: 'us', SHOP: '007', HOME: '/home/ann' },
  secrets: { token: 'API_TOKEN' },
  data: {
    users: { file: file('users.csv'), order: 'sequence', end: 'repeat' },
    items: { file: file('items.jsonl'), order: 'shuffle', end: 'stop' },
    asked: {
      file: file('sharegpt.json'),
      order: 'shuffle',
      end: 'stop',
      turns: 2,
      output: { shape: 'fixed', tokens: 64 },
    },
    questions: { file: file('questions.jsonl'), order: 'sequence', end: 'repeat', turns: 1, output: null },
    chats: {
      tokens: { shape: 'lognormal', mean: 200, deviation: 150, least: 10, most: 500 },
      output: { shape: 'uniform', least: 10, most: 20 },
      turns: 3,
      shared: { tokens: 200, groups: 4 },
      tokenizer: file('model/tokenizer.json'),
      fresh: true,
      nonce: 0,
    },
    short: {
      tokens: { shape: 'normal', mean: 50, deviation: 10, least: 1, most: 1_000_000 },
      output: null,
      turns: 1,
      shared: { tokens: 30, groups: 1 },
      tokenizer: null,
      fresh: false,
      nonce: 0,
    },
  },
  setup: {
    refresh: '${expires_in}s',
    steps: [
      {
        ...PLAIN_STEP,
        name: 'POST /login',
        method: 'POST',
        url: '/login',
        body: { kind: 'json', value: { user: 'a', password: '${secrets.token}' } },
        extract: {
          session: { from: 'json', path: '$.access_token', otherwise: null },
          expires_in: { from: 'json', path: '$.expires_in', otherwise: null },
        },
      },
    ],
  },
  scenarios: [
    {
      name: 'buy',
      weight: 3,
      tags: { kind: 'write' },
      steps: [
        {
          name: 'cart',
          method: 'POST',
          url: '/cart',
          query: { size: '3', region: '${env.REGION}', home: '${env.HOME}' },
          headers: { authorization: 'Bearer ${session}' },
          body: {
            kind: 'json',
            value: { item: '${users.item}', n: '${counter}', size: 1.1, note: null, tags: ['a', true] },
          },
          extract: {
            id: { from: 'json', path: '$.id', otherwise: null },
            place: { from: 'header', name: 'location', otherwise: null },
            number: { from: 'regex', pattern: 'id=(\\d+)', group: 1, otherwise: '0' },
            all: { from: 'regex', pattern: 'id=(\\d+)', group: 0, otherwise: null },
            word: { from: 'regex', pattern: '\\w+', group: 0, otherwise: null },
            maybe: { from: 'json', path: '$.maybe', otherwise: '' },
          },
          checks: [
            { on: 'status', accept: [201] },
            { on: 'status', accept: [200, '2xx', 204] },
            { on: 'latency', below: 500 },
            { on: 'latency', below: 90_000 },
            { on: 'json', path: '$.ok', test: 'exists' },
            { on: 'json', path: '$.item', test: 'equals', value: '${users.item}' },
            { on: 'json', path: '$.count', test: 'equals', value: 1 },
            { on: 'json', path: '$.price', test: 'above', value: 0.5 },
            { on: 'json', path: '$.price', test: 'below', value: 100 },
            { on: 'json', path: '$.error', test: 'absent' },
            { on: 'json', path: '$.items', test: 'nonempty' },
            { on: 'header', name: 'content-type', test: 'contains', value: 'json' },
            { on: 'header', name: 'etag', test: 'exists' },
            { on: 'body', test: 'nonempty' },
            { on: 'body', test: 'contains', value: 'ok' },
            { on: 'body', test: 'contains', value: 'nonempty' },
            { on: 'body', test: 'matches', value: '^{' },
            { on: 'body', test: 'equals', value: '{}' },
            { on: 'body', test: 'absent' },
          ],
          think: [1000, 3000],
          stream: null,
          batch: null,
          timings: {
            queue: { from: 'json', path: '$.queue', otherwise: null },
            compute: { from: 'header', name: 'x-time', otherwise: null },
            unit: 'us',
          },
          tags: { tier: 'gold' },
        },
        {
          ...PLAIN_STEP,
          name: 'PUT /cart/${id}',
          method: 'PUT',
          url: '/cart/${id}?full=1',
          body: { kind: 'text', text: 'line one\n  line two\n' },
          think: [500, 500],
        },
        {
          ...PLAIN_STEP,
          name: 'PUT /cart/${id} (2)',
          method: 'PUT',
          url: '/cart/${id}',
          body: { kind: 'form', fields: { user: '${users.name}', amount: '1.50' } },
        },
        {
          ...PLAIN_STEP,
          name: 'POST /invocations',
          method: 'POST',
          url: '/invocations',
          body: { kind: 'json', value: { instances: [[1, 2]] } },
          batch: '8',
          timings: {
            queue: null,
            compute: { from: 'regex', pattern: 'took (\\d+)', group: 1, otherwise: null },
            unit: 'ms',
          },
        },
        {
          ...PLAIN_STEP,
          name: 'POST /rerank',
          method: 'POST',
          url: '/rerank',
          body: { kind: 'json', value: { query: 'a', documents: ['b'] } },
          batch: '${env.REGION}',
        },
      ],
    },
    {
      name: 'look',
      weight: 1,
      tags: { kind: 'read' },
      steps: [
        { ...PLAIN_STEP, name: 'GET /items', method: 'GET', url: 'http://127.0.0.1:8000/items' },
        {
          ...PLAIN_STEP,
          name: 'GET 127.0.0.1:9000/items',
          method: 'GET',
          url: 'http://127.0.0.1:9000/items?secret=1',
        },
        {
          ...PLAIN_STEP,
          name: 'PATCH /picture',
          method: 'PATCH',
          url: '/picture',
          body: { kind: 'file', file: file('cat.jpg') },
        },
        { ...PLAIN_STEP, name: 'DELETE /api/', method: 'DELETE', url: '' },
        {
          ...PLAIN_STEP,
          name: 'POST /pictures',
          method: 'POST',
          url: '/pictures',
          body: {
            kind: 'multipart',
            parts: [
              { name: 'note', value: 'for ${users.name}' },
              { name: 'image', file: file('cat.jpg'), filename: 'cat.jpg', type: 'image/jpeg' },
              { name: 'more', file: file('dog'), filename: '${counter}.dog', type: 'image/x-dog' },
              { name: 'more', value: 'plain' },
            ],
          },
        },
        { ...PLAIN_STEP, name: 'HEAD /', method: 'HEAD', url: '/' },
        { ...PLAIN_STEP, name: 'OPTIONS /', method: 'OPTIONS', url: '/' },
        {
          ...PLAIN_STEP,
          name: 'POST /v1/chat/completions',
          method: 'POST',
          url: '/v1/chat/completions',
          body: { kind: 'json', value: { model: 'm', stream: true } },
          stream: { api: 'openai-chat', cancel: { after: 20, share: 0.1 }, tokenizer: file('tokenizer.json') },
        },
        {
          ...PLAIN_STEP,
          name: 'POST /v1/completions',
          method: 'POST',
          url: '/v1/completions',
          body: { kind: 'json', value: { stream: true } },
        },
        {
          ...PLAIN_STEP,
          name: 'POST /api/generate',
          method: 'POST',
          url: '/api/generate',
          body: { kind: 'json', value: { model: 'm' } },
          stream: { api: 'ollama-generate', cancel: null, tokenizer: null },
        },
        {
          ...PLAIN_STEP,
          name: 'POST /events',
          method: 'POST',
          url: '/events',
          stream: { api: 'sse', cancel: null, tokenizer: null },
        },
        {
          ...PLAIN_STEP,
          name: 'POST /mine',
          method: 'POST',
          url: '/mine',
          stream: { api: 'openai-chat', cancel: { after: 3, share: 1 }, tokenizer: null },
        },
      ],
    },
  ],
  load: {
    model: 'open',
    arrivals: 'gamma',
    burstiness: 0.5,
    stages: [
      { name: 'stage 1', from: 50, to: 50, duration: 10_000 },
      { name: 'climb', from: 50, to: 200, duration: 30_000 },
      { name: 'stage 3', from: 100, to: 10, duration: 90_000 },
      { name: 'stage 4', from: 0, to: 0, duration: 1500 },
    ],
  },
  duration: 131_500,
  warmup: 3000,
  timeout: 5000,
  gracefulStop: 10_000,
  connections: 64,
  maxInFlight: 1000,
  generators: 2,
  seed: 7,
  objectives: [
    { objective: 'p(99)<250', window: null, abort: false, after: 0 },
    { objective: 'latency{step:cart}: p(95)<300', window: null, abort: false, after: 0 },
    { objective: 'failures{tier:gold}: rate<1%', window: null, abort: false, after: 0 },
    { objective: 'p(99)<500', window: 10_000, abort: true, after: 5000 },
  ],
  split: 'x-cache',
  tags: { team: 'search' },
};
