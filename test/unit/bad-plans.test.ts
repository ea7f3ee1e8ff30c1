import assert from 'node:assert/strict';
import test from 'node:test';
import { PlanError } from '../../src/load/plan/plan-error.ts';
import { PlanFileError } from '../../src/load/plan/read/plan-fault.ts';
import { readPlan } from '../../src/load/plan/read/plan-file.ts';

/** The content of a plan file, and its faults as `line:column: sentence`. */
type BadPlan = readonly [text: string, ...faults: string[]];

const TARGET = 'target: http://127.0.0.1:8000\n';
/** After {@link TARGET}: line 2. */
const after = (text: string, ...faults: string[]): BadPlan => [`${TARGET}${text}\n`, ...faults];
/** Below the address of a step: line 4, column 5. */
const inStep = (text: string, ...faults: string[]): BadPlan =>
  after(`steps:\n  - get: /a\n    ${text.replaceAll('\n', '\n    ')}`, ...faults);
/** A check of a step: line 5, column 9. */
const inCheck = (text: string, ...faults: string[]): BadPlan =>
  inStep(`check:\n  - ${text.replaceAll('\n', '\n    ')}`, ...faults);

const faultsOf = (text: string): readonly string[] => {
  try {
    readPlan(text, 'shop/a.load.yaml', { SET: 'x' });
  } catch (error) {
    assert.ok(error instanceof PlanFileError && error instanceof PlanError, String(error));
    const lines = error.faults.map(({ line, column, message }) => `${line}:${column}: ${message}`);
    assert.equal(error.message, lines.map((line) => `shop/a.load.yaml:${line}`).join('\n'));
    return lines;
  }
  return [];
};

const assertFaults = (plans: readonly BadPlan[]): void => {
  for (const [text, ...faults] of plans) assert.deepEqual(faultsOf(text), faults, text);
};

test('what is no plan at all', () => {
  assertFaults([
    ['', '1:1: There is nothing here; it must be a map such as {target: http://127.0.0.1:8000}.'],
    ['# nothing yet\n', '1:1: There is nothing here; it must be a map such as {target: http://127.0.0.1:8000}.'],
    ['- a\n', '1:1: A plan must be a map such as {target: http://127.0.0.1:8000}, not a list.'],
    ['hello\n', '1:1: A plan must be a map such as {target: http://127.0.0.1:8000}, not "hello".'],
    [
      'name: x\n',
      '1:1: "target" is missing: a URL such as http://127.0.0.1:8000, or a map such as {url: http://127.0.0.1:8000, http: "2"}.',
    ],
    [
      'target:\n',
      '1:1: "target" is empty; it must be a URL such as http://127.0.0.1:8000, or a map such as {url: http://127.0.0.1:8000, http: "2"}.',
    ],
  ]);
});

test('faults of the target', () => {
  assertFaults([
    ['target: localhost:8000\n', '1:9: localhost:// cannot be load-tested. Write http://localhost:8000.'],
    ['target: ftp://host/x\n', '1:9: ftp:// cannot be load-tested. Use http:// or https://.'],
    [
      'target: 8000\n',
      '1:9: "target" must be a URL such as http://127.0.0.1:8000, or a map such as {url: http://127.0.0.1:8000, http: "2"}, not 8000.',
    ],
    ['target: { urll: "http://a" }\n', '1:11: "urll" is not known here; did you mean "url"?'],
    ['target: { url: "http://a", http: 3 }\n', '1:34: "http" must be "1.1", "2" or auto, not 3.'],
    [
      'target: { url: "http://a", http: atuo }\n',
      '1:34: "http" must be "1.1", "2" or auto, not "atuo"; did you mean "auto"?',
    ],
    ['target: { url: "http://a", tls: { cert: a.pem } }\n', '1:35: "cert" needs its "key" beside it.'],
    ['target: { url: "http://a", redirects: 21 }\n', '1:39: "redirects" must be a whole number from 0 to 20, not 21.'],
    [
      'target: { url: "http://a", keepAlive: sometimes }\n',
      '1:39: "keepAlive" must be true or false, not "sometimes".',
    ],
    [
      'target: http://${host}/x\n',
      '1:16: "${host}" cannot be in the target\'s address: only values of the environment can, such as ${env.HOST}.',
    ],
    [
      'target: http://${env.HSOT}/x\nenvironment: { HOST: a }\n',
      '1:16: There is no environment variable HSOT; did you mean "${env.HOST}"?',
    ],
    [
      'target: ${env.HOST}/x\nenvironment: { HOST: a }\n',
      '1:9: "a/x" is not a URL. Give one such as http://127.0.0.1:8000/predict.',
    ],
  ]);
});

test('faults of keys that are not known', () => {
  assertFaults([
    after('laod: 60/s', '2:1: "laod" is not known here; did you mean "load"?'),
    after('graceful_stop: 5s', '2:1: "graceful_stop" is not known here; did you mean "gracefulStop"?'),
    after(
      'rat: 60',
      '2:1: "rat" is not known here; there are name, target, environment, secrets, data, setup, steps, scenarios, load, duration, warmup, timeout, gracefulStop, connections, maxInFlight, generators, seed, objectives, split and tags.',
    ),
    after(
      'generator: 2\nsede: 1',
      '2:1: "generator" is not known here; did you mean "generators"?',
      '3:1: "sede" is not known here; did you mean "seed"?',
    ),
    after('load:\n  rat: 60', '3:3: "rat" is not known here; did you mean "rate"?'),
    inStep('chek: []', '4:5: "chek" is not known here; did you mean "check"?'),
    after('steps:\n  - gett: /a', '3:5: "gett" is not known here; did you mean "get"?'),
    after('steps:\n  - url: /a', '3:5: "url" is not known here; write the method before the address: get: /items.'),
    after('data:\n  users: { fiel: a.csv }', '3:12: "fiel" is not known here; did you mean "file"?'),
    after(
      'scenarios:\n  - wieght: 1\n    steps: [{ get: /a }]',
      '3:5: "wieght" is not known here; did you mean "weight"?',
    ),
    after('setup: { step: [{ get: /a }] }', '2:10: "step" is not known here; did you mean "steps"?'),
  ]);
});

test('faults of loads', () => {
  assertFaults([
    after(
      'load: fast',
      '2:7: "load" must be a load such as 60/s, 8 users or {stages: [{rate: 50, for: 10s}]}, not "fast".',
    ),
    after('load: 0/s', '2:7: "load" must be 0.01 to 1000000 requests per second, not "0/s".'),
    after('load: 2.5 users', '2:7: "load" must be a whole number from 1 to 100000, not "2.5 users".'),
    after(
      'load: 8 users for ages',
      '2:7: "load" must be a load such as 60/s, 8 users or {stages: [{rate: 50, for: 10s}]}, not "8 users for ages".',
    ),
    after('load: 8 users for 1ms', '2:7: "load" must be a time from 100ms to 24h, not "8 users for 1ms".'),
    after(
      'load: true',
      '2:7: "load" must be a load such as 60/s, 8 users or {stages: [{rate: 50, for: 10s}]}, not true.',
    ),
    after('load: {}', '2:7: A load has a rate, users, stages or a replay, such as {rate: 60}.'),
    after('load: { rate: 0 }', '2:15: "rate" must be 0.01 to 1000000 requests per second, not 0.'),
    after('load: { rate: 60, users: 8 }', '2:19: "rate" and "users" cannot both be here: a load is one of them.'),
    after(
      'load: { rate: 60, arrivals: poison }',
      '2:29: "arrivals" must be constant, poisson or gamma, not "poison"; did you mean "poisson"?',
    ),
    after('load: { rate: 60, burstiness: 2 }', '2:19: "burstiness" goes with arrivals: gamma.'),
    after(
      'load: { users: 8, arrivals: constant }',
      '2:19: "arrivals" is for a rate: users send when they have been answered.',
    ),
    after('load: { rate: 60, speed: 2 }', '2:19: "speed" goes with "replay".'),
    after('load: { users: 100001 }', '2:16: "users" must be a whole number from 1 to 100000, not 100001.'),
    after(
      'load: 60/s for 10s\nduration: 5s',
      '3:1: "load: 60/s for 10s" says how long the load is already: take out one of them.',
    ),
    after(
      'load: { stages: [{ rate: 5, for: 1s }] }\nduration: 5s',
      '3:1: The stages say how long the load is already: take out one of them.',
    ),
    after(
      'load: { stages: [] }',
      '2:17: "stages" must be a list of stages, such as [{rate: 50, for: 10s}, {ramp: 200, for: 30s}], not an empty list.',
    ),
    after('load:\n  stages:\n    - rate: 5', '4:7: "for" is missing: a time such as 500ms, 10s, 2m or 1h.'),
    after(
      'load:\n  stages:\n    - { for: 5s }',
      '4:7: A stage has a level: rate or ramp, in iterations a second, or users or rampUsers.',
    ),
    after(
      'load:\n  stages:\n    - { rate: 5, for: 10s }\n    - { users: 5, for: 10s }',
      '5:9: A load is of a rate or of users all along: the stages before this one are of a rate.',
    ),
    after(
      'load:\n  stages:\n    - { rampUser: 5, for: 10s }',
      '4:9: "rampUser" is not known here; did you mean "rampUsers"?',
    ),
    after('load:\n  stages:\n    - { rate: 5, from: 1, for: 10s }', '4:18: "from" goes with "ramp" or "rampUsers".'),
    after(
      'load: { stages: [{ rate: 0, for: 10s }] }',
      '2:17: The highest level must be 0.01 to 1000000 requests per second, not 0.',
    ),
    after(
      'load: { stages: [{ rate: 1, for: 20h }, { rate: 2, for: 20h }] }',
      '2:17: The stages together must take a time from 100ms to 24h, not 40h.',
    ),
  ]);
});

const APIS = 'openai-chat, openai-completions, openai-responses, ollama-chat, ollama-generate, tgi, sse, json-lines';

test('faults of streams', () => {
  assertFaults([
    inStep('stream: openai', `4:13: "stream" must be auto, off or an API: ${APIS}, not "openai".`),
    inStep('stream: true', `4:13: "stream" must be auto, off or an API: ${APIS}, not true.`),
    inStep('stream: { api: tgj }', `4:20: "api" must be auto or an API: ${APIS}, not "tgj"; did you mean "tgi"?`),
    inStep(
      'stream: { cancel: { after: 20 } }',
      '4:13: This request asks for no stream that is known by its path and body. Say whose it is: {api: openai-chat}, or {api: sse} for any other.',
    ),
    inStep('stream: { api: sse, tokeniser: a.json }', '4:25: "tokeniser" is not known here; did you mean "tokenizer"?'),
    inStep('stream: { api: sse, cancel: 20 }', '4:33: "cancel" must be a map such as {after: 20, share: 10%}, not 20.'),
    inStep(
      'stream: { api: sse, cancel: { after: 0 } }',
      '4:42: "after" must be a whole number from 1 to 1000000, not 0.',
    ),
    inStep(
      'stream: { api: sse, cancel: { after: 1, share: 110% } }',
      '4:52: "share" must be a share such as 10%, not "110%".',
    ),
  ]);
});

test('faults of times and numbers', () => {
  assertFaults([
    after('duration: 10 sec', '2:11: "duration" must be a time such as 500ms, 10s, 2m or 1h, not "10 sec".'),
    after('duration: 50ms', '2:11: "duration" must be a time from 100ms to 24h, not "50ms".'),
    after('duration: -5', '2:11: "duration" must be a time such as 500ms, 10s, 2m or 1h, not -5.'),
    after('duration:\n  seconds: 10', '3:3: "duration" must be a time such as 500ms, 10s, 2m or 1h, not a map.'),
    after('duration:', '2:1: "duration" is empty; it must be a time such as 500ms, 10s, 2m or 1h.'),
    after('warmup: 2h', '2:9: "warmup" must be a time from 0s to 1h, not "2h".'),
    after('timeout: 5ms', '2:10: "timeout" must be a time from 10ms to 1h, not "5ms".'),
    after('generators: 0', '2:13: "generators" must be a whole number from 1 to 64, not 0.'),
    after('generators: 65', '2:13: "generators" must be a whole number from 1 to 64, not 65.'),
    after('generators: two', '2:13: "generators" must be a whole number from 1 to 64, not "two".'),
    after('seed: 1.5', '2:7: "seed" must be a whole number from 0 to 2147483647, not 1.5.'),
    after('seed: 2147483648', '2:7: "seed" must be a whole number from 0 to 2147483647, not 2147483648.'),
    after('split: 5', '2:8: "split" must be the name of a header, such as x-cache, not 5.'),
    after('split: x cache', '2:8: "x cache" is not a header\'s name.'),
    after('maxInFlight: 0', '2:14: "maxInFlight" must be a whole number from 1 to 1000000, not 0.'),
    after('connections: 1e6', '2:14: "connections" must be a whole number from 1 to 100000, not 1000000.'),
    inStep('think: 3s-1s', '4:12: "think" must be a time such as 1s, or a range such as 1s-3s, not "3s-1s".'),
    inStep('think: 100-300ms', '4:12: "think" must be a time such as 1s, or a range such as 1s-3s, not "100-300ms".'),
    inStep('think: 2h', '4:12: "think" must be a time from 0s to 1h, not "2h".'),
  ]);
});

test('faults of requests', () => {
  assertFaults([
    after('steps: []', '2:8: "steps" must be a list of steps, such as [{get: /items}], not an empty list.'),
    after('steps:\n  get: /a', '3:3: "steps" must be a list of steps, such as [{get: /items}], not a map.'),
    after(
      'steps:\n  - name: a',
      '3:5: A step sends something: get: /items, or another of get, post, put, patch, delete, head, options.',
    ),
    after(
      'steps:\n  - get: /a\n    post: /b',
      '4:5: "get" and "post" cannot both be here: a step is one request. Write two steps.',
    ),
    after('steps:\n  - get: 5', '3:10: "get" must be an address such as /items, not 5.'),
    after(
      'steps:\n  - get: http://',
      '3:10: "http://" is not an address. Write one such as /path, or http://host/path.',
    ),
    after(
      'steps:\n  - get: ftp://host/a',
      '3:10: "ftp://host/a" is not an address. Write one such as /path, or http://host/path.',
    ),
    inStep('json: {}\nbody: a', '5:5: "json" and "body" cannot both be here: a request has one body.'),
    inStep('headers: [a]', '4:14: "headers" must be a map of headers, such as {accept: application/json}, not a list.'),
    inStep('headers: { "a b": c }', '4:16: "a b" is not a header\'s name.'),
    inStep('headers: { a: "b\\nc" }', '4:19: The header a would hold a line break, which no header can.'),
    inStep('headers: { Accept: a, accept: b }', '4:27: "accept" is here already, as "Accept".'),
    inStep('headers: { upgrade: h2c }', '4:16: The header upgrade belongs to the connection and cannot be set.'),
    inStep('headers: { a: { b: c } }', '4:19: "a" must be a text, not a map.'),
    inStep('multipart: { a: { fil: cat.jpg } }', '4:23: "fil" is not known here; did you mean "file"?'),
    inStep('multipart: { a: [{ type: image/png }] }', '4:22: "file" is missing: the name of a file.'),
    inStep('tags: gold', '4:11: "tags" must be a map of texts, such as {tier: gold}, not "gold".'),
    after(
      'steps: [{ get: /a }]\nscenarios: [{ steps: [{ get: /b }] }]',
      '3:1: "steps" and "scenarios" cannot both be here: put these steps into a scenario.',
    ),
    after(
      'scenarios: []',
      '2:12: "scenarios" must be a list of scenarios, such as [{name: buy, steps: [{post: /cart}]}], not an empty list.',
    ),
    after(
      'scenarios:\n  - { weight: 0, steps: [{ get: /a }] }',
      '3:3: No scenario has any weight: give at least one of them a weight above 0.',
    ),
    after(
      'scenarios:\n  - { name: a, steps: [{ get: /a, name: b }] }\n  - { name: a, steps: [{ get: /c, name: b }] }',
      '4:13: There is another scenario named "a": give each a name of its own.',
      '4:41: There is another step named "b": give each a name of its own.',
    ),
  ]);
});

test('faults of extractions', () => {
  assertFaults([
    inStep('extract: [id]', '4:14: "extract" must be a map such as {id: $.id}, not a list.'),
    inStep(
      'extract: { id: id }',
      "4:20: \"id\" is not a JSONPath: expected '$', found 'i' ('id':0). A path begins with $, such as $.id.",
    ),
    inStep(
      'extract: { id: 5 }',
      '4:20: "id" must be a JSONPath such as $.id, {header: location} or {regex: \'id=(\\d+)\'}, not 5.',
    ),
    inStep(
      'extract: { id: $.a[0] }',
      '4:23: Within { } and [ ], a text that holds {, [ or ${…} needs quotes around it.',
    ),
    inStep('extract: { id: "$.a[" }', '4:20: "$.a[" is not a JSONPath: unclosed bracketed selection (\'$.a[\':4).'),
    inStep(
      'extract: { id: {} }',
      "4:20: Say where the value is: a JSONPath such as $.id, {header: location} or {regex: 'id=(\\d+)'}.",
    ),
    inStep('extract: { id: { heder: location } }', '4:22: "heder" is not known here; did you mean "header"?'),
    inStep(
      'extract: { id: { json: $.a, header: b } }',
      '4:33: "json" and "header" cannot both be here: a value comes from one place.',
    ),
    inStep('extract: { id: { regex: "(" } }', '4:29: "(" is not a regular expression: Unterminated group.'),
    inStep(
      'extract: { id: { regex: a, group: 1 } }',
      '4:39: "a" has 0 groups, so there is no group 1. Group 0 is the whole match.',
    ),
    inStep('extract: { id: { json: $.a, group: 1 } }', '4:33: "group" goes with "regex", not with "json".'),
    inStep(
      'extract: { counter: $.a }',
      '4:16: "counter" already has a meaning of its own in ${…}: choose another name.',
    ),
    inStep('extract: { a.b: $.a }', '4:16: "a.b" cannot be a name: use letters, digits, _ and -, such as order_id.'),
  ]);
});

test('faults of batches and of timings', () => {
  const rows = 'a whole number from 1 to 100000, or a text such as ${env.BATCH}';
  const time = 'a map such as {queue: $.queue_ms, compute: {header: x-compute-time}}';
  assertFaults([
    inStep('batch: 0', `4:12: "batch" must be ${rows}, not 0.`),
    inStep('batch: 1.5', `4:12: "batch" must be ${rows}, not 1.5.`),
    inStep('batch: many', `4:12: "batch" must be ${rows}, not "many".`),
    inStep('batch: [1, 8]', `4:12: "batch" must be ${rows}, not a list.`),
    inStep(
      'batch: ${env.SIZE}',
      '4:12: There is no environment variable SIZE; set it, or give it a value under "environment".',
    ),
    inStep('timings: yes', `4:14: "timings" must be ${time}, not "yes".`),
    inStep('timings: {}', `4:14: Say where a time is told: ${time}.`),
    inStep(
      'timings: { queue: queue }',
      `4:23: "queue" is not a JSONPath: expected '$', found 'q' ('queue':0). A path begins with $, such as $.id.`,
    ),
    inStep('timings: { queue: $.a, unit: min }', '4:34: "unit" must be ms, us, ns or s, not "min".'),
    inStep(
      'timings: { total: $.a }',
      `4:14: Say where a time is told: ${time}.`,
      '4:16: "total" is not known here; there are queue, compute and unit.',
    ),
  ]);
});

test('faults of checks', () => {
  assertFaults([
    inStep(
      'check: { status: 200 }',
      '4:12: "check" must be a list of checks, such as [{status: 200}, {json: $.ok}], not a map.',
    ),
    inStep(
      'check: [status]',
      '4:13: Item 1 of "check" must be a check such as {status: 200}, {json: $.ok} or {latency: <500ms}, not "status".',
    ),
    inCheck('sttus: 200', '5:9: "sttus" is not known here; did you mean "status"?'),
    inCheck('equals: 200', '5:9: Say what is checked: status, latency, json, header or body.'),
    inCheck(
      'status: 2x',
      '5:17: "status" must be a status such as 200, a class such as 2xx, or a list of them, not "2x".',
    ),
    inCheck(
      'status: [200, 999]',
      '5:23: Item 2 of "status" must be a status such as 200, a class such as 2xx, or a list of them, not 999.',
    ),
    inCheck(
      'status: 200\nheader: a',
      '6:9: "status" and "header" cannot both be here: a check looks at one thing. Write two checks.',
    ),
    inCheck('latency: 500', '5:18: "latency" must be a time with its unit, such as <500ms, not 500.'),
    inCheck('latency: <500', '5:18: "latency" must be a time with its unit, such as <500ms, not "<500".'),
    inCheck(
      'latency: <500ms\nbelow: 5',
      '6:9: "below" does not go with "latency"; write what it has to be after "latency:".',
    ),
    inCheck(
      'json: ok',
      "5:15: \"ok\" is not a JSONPath: expected '$', found 'o' ('ok':0). A path begins with $, such as $.id.",
    ),
    inCheck('json: $.a\nequal: 5', '6:9: "equal" is not known here; did you mean "equals"?'),
    inCheck(
      'json: $.a\nequals: 5\nabove: 3',
      '7:9: "equals" and "above" cannot both be here: a check asks one thing. Write two checks.',
    ),
    inCheck('json: $.a\nabove: much', '6:16: "above" must be a number, not "much".'),
    inCheck('json: $.a\nexists: false', '6:17: "exists" must be true, not false.'),
    inCheck('body: { matchs: a }', '5:17: "matchs" is not known here; did you mean "matches"?'),
    inCheck('body: { matches: "(" }', '5:26: "(" is not a regular expression: Unterminated group.'),
    inCheck('body: ok\nequals: ok', '6:9: "equals" does not go with "body"; write body: {equals: …}.'),
    inCheck('body: {}', '5:15: Say what the body has to be, such as {contains: ok}.'),
  ]);
});

test('faults of names in templates', () => {
  assertFaults([
    after(
      'setup: { steps: [{ post: /login, extract: { token: $.t } }] }\nsteps:\n  - get: /a\n    headers: { authorization: "Bearer ${toekn}" }',
      '5:39: "${toekn}" is not known here; did you mean "${token}"?',
    ),
    after(
      'steps:\n  - get: /a/${nothing}',
      '3:13: "${nothing}" is not known here; no step before this one extracts it.',
    ),
    after('steps:\n  - get: /${cuonter}', '3:11: "${cuonter}" is not known here; did you mean "${counter}"?'),
    after(
      'steps:\n  - get: /${',
      '3:10: "${" opens a placeholder and does not close it. Write }, or $${ for a literal ${.',
    ),
    after(
      'steps:\n  - get: /${random-id}',
      '3:11: "${random-id}" is not known here; no step before this one extracts it.',
    ),
    after(
      'steps:\n  - get: /${random.itn(1,2)}',
      '3:10: "${random.itn(1,2)}" is not known. Did you mean random.int(1,100)?',
    ),
    after(
      'steps:\n  - get: /${random.int(2,1)}',
      '3:10: "${random.int(2,1)}" cannot be drawn. Write it as ${random.int(1,100)}.',
    ),
    after(
      'steps:\n  - get: /${env.NOPE}',
      '3:11: There is no environment variable NOPE; set it, or give it a value under "environment".',
    ),
    after(
      'environment: { REGION: eu }\nsteps:\n  - get: /${env.REGOIN}/${env.SET}',
      '4:11: There is no environment variable REGOIN; did you mean "${env.REGION}"?',
    ),
    after(
      'secrets: { token: API_TOKEN }\nsteps:\n  - get: /${secrets.tokn}',
      '4:11: There is no "tokn" under "secrets"; did you mean "token"?',
    ),
    after('steps:\n  - get: /${secrets.token}', '3:11: There is no "token" under "secrets"; there are none.'),
    after(
      'secrets: { token: sk-12345 }',
      '2:19: This must be the name of an environment variable, such as API_TOKEN, that holds the secret. The secret itself is never written in a plan.',
    ),
    after('secrets: sk-12345', '2:10: "secrets" must be a map such as {token: API_TOKEN}.'),
    after(
      'data: { users: u.csv }\nsteps:\n  - get: /${usres.name}',
      '4:11: There is no "usres" under "data"; did you mean "users"?',
    ),
    after('steps:\n  - get: /${zzzzzz.name}', '3:11: There is no "zzzzzz" under "data"; there are none.'),
    after(
      'data: { users: u.csv }\nsteps:\n  - get: /${users}',
      '4:11: "${users}" is a row: say which column of it, such as ${users.id}.',
    ),
    after('data: { env: u.csv }', '2:9: "env" already has a meaning of its own in ${…}: choose another name.'),
    after(
      'data: { users: { file: u.csv, order: suffle } }',
      '2:38: "order" must be sequence, shuffle or random, not "suffle"; did you mean "shuffle"?',
    ),
    after(
      'data: { users: { file: u.csv, order: random, end: stop } }',
      '2:51: Rows drawn at random have no last one to stop after. Write order: shuffle.',
    ),
    after('data: { chat: { tokens: 0 } }', '2:25: "tokens" must be a whole number from 1 to 1000000, not 0.'),
    after(
      'data: { chat: { tokens: 10-20 } }',
      '2:25: "tokens" must be a number of tokens such as 200, or a map such as {mean: 200, deviation: 50} or {least: 100, most: 300}, not "10-20".',
    ),
    after('data: { chat: { tokens: { mean: 10 } } }', '2:27: "mean" needs its "deviation" beside it.'),
    after('data: { chat: { tokens: { deviation: 10 } } }', '2:25: "deviation" needs a "mean" beside it.'),
    after(
      'data: { chat: { tokens: { least: 20, most: 10 } } }',
      '2:44: "most" must not be below "least", which is 20.',
    ),
    after(
      'data: { chat: { tokens: { least: 20 } } }',
      '2:25: Say what the lengths are: {mean: 200, deviation: 50} or {least: 100, most: 300}.',
    ),
    after(
      'data: { chat: { tokens: { men: 20, deviation: 5 } } }',
      '2:27: "men" is not known here; did you mean "mean"?',
    ),
    after('data: { chat: { tokens: 10, sharde: 20 } }', '2:29: "sharde" is not known here; did you mean "shared"?'),
    after(
      'data: { chat: { tokens: 10, shared: { groups: 2 } } }',
      '2:37: "tokens" is missing: a whole number from 1 to 1000000.',
    ),
    after('data: { chat: { prompts: a.json, turn: 2 } }', '2:34: "turn" is not known here; did you mean "turns"?'),
    after(
      'data: { chat: { tokens: 10 } }\nsteps:\n  - post: /a\n    json: { a: "${chat.promt}", b: "${chat.output_tokens}", c: "${chat.turn2}", d: "${chat.turn1}" }',
      '5:17: "chat" has no "promt"; did you mean "prompt"?',
      '5:37: "chat" does not say how long answers are to be: give it "output", such as output: 64.',
      '5:65: "chat" has 1 of these: give it "turns" for more.',
    ),
    after(
      'steps:\n  - get: /a/${id}\n  - { get: /b, extract: { id: $.id } }',
      '3:13: "${id}" is not known here: step "GET /b" extracts it, and comes later.',
    ),
    inStep(
      'body: ${id}\nextract: { id: $.id }',
      '4:11: "${id}" is not known here: this step extracts it, from its answer.',
    ),
    after(
      'scenarios:\n  - { name: a, steps: [{ get: /a, extract: { id: $.id } }] }\n  - { name: b, steps: [{ get: "/${id}" }] }',
      '4:33: "${id}" is not known here: scenario "a" extracts it.',
    ),
    inStep(
      'extract: { id: $.id }\njson:\n  list:\n    - a: "${id.x}"',
      '7:15: There is no "id" under "data"; there are none.',
    ),
    [
      'target:\n  url: http://a\n  headers: { authorization: "Bearer ${token}" }\nsetup: { steps: [{ post: /login, extract: { token: $.t } }] }\nsteps: [{ get: /a }]\n',
      '3:37: "${token}" is not known yet in step "POST /login", which sends this header too. Set it in the steps that come after.',
    ],
    after(
      'setup: { refresh: soon, steps: [{ get: /a }] }',
      '2:19: "refresh" must be a time such as 10m, or ${expires_in}s, not "soon".',
    ),
    after(
      'setup: { refresh: "${expires}s", steps: [{ get: /a, extract: { expires_in: $.e } }] }',
      '2:20: "${expires}" is not known here; did you mean "${expires_in}"?',
    ),
    after(
      'steps:\n  - post: /a\n    body: |\n      first ${counter}\n      second ${conter}',
      '6:14: "${conter}" is not known here; did you mean "${counter}"?',
    ),
  ]);
});

test('faults of objectives', () => {
  assertFaults([
    after(
      'objectives: p(99)<250',
      '2:13: "objectives" must be a list of objectives, such as ["p(99)<250"], not "p(99)<250".',
    ),
    after(
      'objectives:\n  - p(99)',
      '3:5: "p(99)" is not an objective. Write one such as p(99)<250, latency{step:cart}: p(95)<300 or rate<0.01.',
    ),
    after(
      'objectives:\n  - latncy: p(95)<300',
      '3:5: "latncy: p(95)<300": there is no metric "latncy". Did you mean latency? For example latency: p(99)<250.',
    ),
    after('objectives:\n  - objectve: p(95)<300', '3:5: "objectve" is not known here; did you mean "objective"?'),
    after(
      'objectives:\n  - { objective: p(95)<300, windw: 10s }',
      '3:29: "windw" is not known here; did you mean "window"?',
    ),
    after(
      'objectives:\n  - { objective: p(95)<300, window: 10ms }',
      '3:37: "window" must be a time from 1s to 24h, not "10ms".',
    ),
    after('objectives:\n  - { objective: p(95)<300, abort: soon }', '3:36: "abort" must be true or false, not "soon".'),
    after(
      'objectives:\n  - [p(95)<300]',
      '3:5: Item 1 of "objectives" must be an objective such as p(99)<250, or a map such as {objective: p(99)<250, window: 10s}, not a list.',
    ),
    after(
      'steps: [{ get: /a, name: cart }]\nobjectives:\n  - latency{step:cartt}: p(95)<300\n  - "latency{step:crat}: p(95)<300"\n  - { objective: "latency{ step: carrt }: p(95)<300", window: 10s }',
      '4:18: There is no step "cartt"; did you mean "cart"?',
      '5:19: There is no step "crat"; did you mean "cart"?',
      '6:34: There is no step "carrt"; did you mean "cart"?',
    ),
    after(
      'scenarios: [{ name: buy, steps: [{ get: /a }] }]\nobjectives:\n  - latency{scenario:buyy}: p(95)<300',
      '4:22: There is no scenario "buyy"; did you mean "buy"?',
    ),
    after(
      'load: { stages: [{ rate: 5, for: 5s, name: climb }] }\nobjectives:\n  - latency{stage:clmb}: p(95)<300',
      '4:19: There is no stage "clmb"; did you mean "climb"?',
    ),
    after(
      'tags: { tier: gold }\nobjectives:\n  - latency{teir:gold}: p(95)<300\n  - latency{tier:glod}: p(95)<300',
      '4:13: There is no tag "teir"; did you mean "tier"?',
      '5:18: Nothing has the tag tier "glod"; did you mean "gold"?',
    ),
    after(
      'load: { replay: a.csv }\nobjectives:\n  - latency{stage:climb}: p(95)<300',
      '4:19: A replay has no stages that an objective could be about.',
    ),
    after(
      'steps: [{ get: /a, name: cart }]\nobjectives:\n  - ttft{step:cart}: p(99)<500\n  - itl: p(99)<50\n  - output_tokens: rate>100',
      '4:5: "ttft{step:cart}: p(99)<500": no answer of step "cart" streams. Give the step a stream, such as stream: openai-chat.',
      '5:5: "itl: p(99)<50": no answer streams. Give the step a stream, such as stream: openai-chat.',
      '6:5: "output_tokens: rate>100": no answer streams. Give the step a stream, such as stream: openai-chat.',
    ),
    after(
      'objectives:\n  - goodput: rate>5\n  - failures: rate<1%\n  - latency: avg<100',
      '3:5: "goodput: rate>5" is about requests within the limits that other objectives set to single requests, and there are none. Add one such as latency: p(99)<250.',
    ),
    after(
      'objectives:\n  - goodput: rate>95%\n  - good: p(95)<3',
      '3:5: "goodput: rate>95%": "%" is no unit of goodput. It may be /s, /min or nothing. For example goodput: rate>5.',
      '4:5: "good: p(95)<3": good has no percentiles; it has rate, count. For example good: rate>95%.',
    ),
  ]);
});

test('faults of YAML', () => {
  assertFaults([
    after('name: a\nname: b', '3:1: "name" is here twice: write it once.'),
    after('environment:\n  "A": x\n  "A": y', '4:3: "A" is here twice: write it once.'),
    after('\tname: a', '2:1: A tab cannot indent YAML: use blanks.'),
    after('---\nname: a', '2:1: A plan is a single YAML document: take out the ---.'),
    after('name: !secret a', '2:7: !secret means nothing in a plan.'),
    after('name: "a', '2:7: This text begins with " and does not end with it.'),
    after("name: 'a", "2:7: This text begins with ' and does not end with it."),
    after(
      'tags: {a: b',
      '3:1: This is not YAML: flow map in block collection must be sufficiently indented and end with a }.',
    ),
    after('name: a: b', '2:7: A text that holds ": " needs quotes around it.'),
    after('  name: a', '2:3: This is indented too far: it goes on with the text before it.'),
    after(
      'steps: [{ get: /a, json: { id: ${counter} } }]',
      '2:33: Within { } and [ ], a text that holds {, [ or ${…} needs quotes around it.',
    ),
    after(
      'steps: [{ get: /a }',
      '3:1: This is not YAML: flow sequence in block collection must be sufficiently indented and end with a ].',
    ),
    after('steps:\n  - *frist\nenvironment: &first {}', '3:5: No &frist stands before this *frist; there are none.'),
    after(
      'environment: &first {}\nsteps:\n  - *frist',
      '4:5: No &frist stands before this *frist; did you mean "first"?',
    ),
    after('steps: &a\n  - *a', '3:5: *a is inside of what it stands for, which would have no end.'),
    after('<<: 5', '2:1: << takes in the keys of a map, such as <<: *common.'),
    after(
      '? { a: b }\n: c',
      '2:3: A key has to be a text. Put quotes around it, or around a value that begins with { or [.',
    ),
    inStep(
      'json: { n: 12345678901234567890 }',
      '4:16: 12345678901234567890 is too large to be kept as it is. Put it in quotes, or write the body as a text.',
    ),
    inStep('json: { n: .inf }', '4:16: .inf is no number that JSON has.'),
    after(
      'environment:\n  A: [1]\n  B:',
      '3:6: "A" must be a text, not a list.',
      '4:3: "B" is empty; it must be a text.',
    ),
  ]);
});

test('a small file whose aliases make it a huge one is refused at once', () => {
  const lists = Array.from(
    { length: 20 },
    (_, at) => `    l${at}: &l${at} [${Array(10).fill(at === 0 ? 'x' : `*l${at - 1}`)}]`,
  );
  const faults = faultsOf(`${TARGET}steps:\n- get: /a\n  json:\n${lists.join('\n')}\n`);
  assert.deepEqual(faults, ['9:42: *l3 repeats too much: aliases make 100000 values at most in a file.']);
});
