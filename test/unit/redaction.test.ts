import assert from 'node:assert/strict';
import test from 'node:test';
import { plainPlan } from '../../src/load/plan/plain-plan.ts';
import type { Plan, Step } from '../../src/load/plan/plan.ts';
import { lacksSecrets, Redactor, tellsSecret, withoutSecrets } from '../../src/load/plan/redaction.ts';

const plain = plainPlan({
  url: 'http://user:hunter2@127.0.0.1:1/p?api_key=hunter2&x=1',
  method: 'POST',
  headers: { Authorization: 'Bearer hunter2', 'X-Api-Key': 'hunter2', accept: 'text/html' },
  body: '{"password":"hunter2","nested":{"token":"hunter2"},"text":"kept"}',
});
const [scenario] = plain.scenarios;
const [step] = scenario!.steps;
const plan: Plan = {
  ...plain,
  environment: { DB_PASSWORD: 'hunter2' },
  setup: {
    refresh: null,
    steps: [{ ...step!, body: { kind: 'form', fields: { password: 'hunter2', user: 'ada' } } }],
  },
  scenarios: [
    {
      ...scenario!,
      steps: [
        step!,
        { ...step!, name: 'json', body: { kind: 'json', value: { secret: 'hunter2', n: 1 } } },
        { ...step!, name: 'parts', body: { kind: 'multipart', parts: [{ name: 'api_key', value: 'hunter2' }] } },
        { ...step!, name: 'reference', headers: { authorization: 'Bearer ${secrets.token}' } },
      ],
    },
  ],
};

test('no secret is written with a plan', () => {
  const text = JSON.stringify(withoutSecrets(plan));
  assert.ok(!text.includes('hunter2'), text);
  assert.ok(text.includes('kept') && text.includes('text/html') && text.includes('ada'));
  assert.ok(text.includes('Bearer ${secrets.token}'), 'a reference tells no secret');
});

/** The step of a plan as it is written. */
const written = (change: Partial<Step>): Step => {
  const sent: Plan = { ...plain, scenarios: [{ ...scenario!, steps: [{ ...step!, ...change }] }] };
  return withoutSecrets(sent).scenarios[0]!.steps[0]!;
};
const writtenText = (text: string): unknown => {
  const { body } = written({ body: { kind: 'text', text } });
  return body?.kind === 'text' ? body.text : null;
};

test('secrets are removed by the names of fields from forms, and from JSON with placeholders or cut off', () => {
  const removed: readonly (readonly [string, string])[] = [
    ['user=a&password=hunter2', 'user=a&password=<removed>'],
    ['api%5Fkey=hunter2&user=a+b\n', 'api%5Fkey=<removed>&user=a+b\n'],
    ['token=${secrets.token}&n=1', 'token=${secrets.token}&n=1'],
    ['{"password": "hunter2", "n": ${counter}}', '{"password": "<removed>", "n": ${counter}}'],
    ['{"n": ${counter}, "l": [${a}, {"token": "hunter2"}]}', '{"n": ${counter}, "l": [${a}, {"token": "<removed>"}]}'],
    ['{"a": 1}\n{"secret": "hun\\"ter2"}\n', '{"a": 1}\n{"secret": "<removed>"}\n'],
    ['{"a": "x", "token": "hunt', '{"a": "x", "token": "<removed>'],
    ['no field="password" of anything', 'no field="password" of anything'],
    ['<input name="token" value="kept">', '<input name="token" value="kept">'],
  ];
  for (const [text, expected] of removed) {
    assert.equal(writtenText(text), expected);
    assert.equal(new Redactor([]).body(text), expected);
  }
  const part = (name: string, value: string): string =>
    `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  assert.equal(
    new Redactor([]).body(`${part('user', 'ada')}${part('api_key', 'hun\r\nter2')}--b--\r\n`),
    `${part('user', 'ada')}${part('api_key', '<removed>')}--b--\r\n`,
  );
  assert.equal(
    new Redactor([]).body(part('api_key', 'hun\r\nter2').slice(0, -4)),
    part('api_key', '<removed>').slice(0, -2),
    'of one that was cut off, too',
  );
});

test('below the name of a secret every text is removed, and no number', () => {
  const json = '{"credentials":{"user":"ada","pins":["1234",5,{"a":"b"}]},"after":["kept"],"max_tokens":64}';
  const expected =
    '{"credentials":{"user":"<removed>","pins":["<removed>",5,{"a":"<removed>"}]},"after":["kept"],"max_tokens":64}';
  assert.equal(writtenText(json), expected);
  const { body } = written({ body: { kind: 'json', value: JSON.parse(json) } });
  assert.deepEqual(body, { kind: 'json', value: JSON.parse(expected) });
});

test('counts of tokens, tokenizers and authors are no secrets, and what begins like them is one', () => {
  const pairs = [
    ['x-tokens', '5'],
    ['max_tokens_total', '5'],
    ['x-tokenizer', 'bpe'],
    ['author', 'ada'],
    ['book_authors', 'ada'],
    ['x-tokenstring', 'hunter2'],
    ['authorization', 'hunter2'],
    ['x-author-session', 'hunter2'],
  ] as const;
  assert.deepEqual(new Redactor([]).headers(pairs), {
    'x-tokens': '5',
    max_tokens_total: '5',
    'x-tokenizer': 'bpe',
    author: 'ada',
    book_authors: 'ada',
    'x-tokenstring': '<removed>',
    authorization: '<removed>',
    'x-author-session': '<removed>',
  });
  assert.equal(writtenText('{"tokenString":"hunter2"}'), '{"tokenString":"<removed>"}');
  assert.equal(writtenText('{"authors":["ada"]}'), '{"authors":["ada"]}');
});

test('keys to services, and what addresses carry in any value, are removed as well', () => {
  const pairs = [
    ['ocp-apim-subscription-key', 'hunter2'],
    ['x-functions-key', 'hunter2'],
    ['x-access-key', 'hunter2'],
    ['location', 'https://sso.example/cb?access_token=hunter2&n=1'],
    ['x-monkey', 'capuchin'],
  ] as const;
  assert.deepEqual(new Redactor([]).headers(pairs), {
    'ocp-apim-subscription-key': '<removed>',
    'x-functions-key': '<removed>',
    'x-access-key': '<removed>',
    location: 'https://sso.example/cb?access_token=removed&n=1',
    'x-monkey': 'capuchin',
  });
  assert.equal(
    writtenText('{"private_key":"hunter2","jwt":"hunter2"}'),
    '{"private_key":"<removed>","jwt":"<removed>"}',
  );
  const { environment } = withoutSecrets({
    ...plan,
    environment: { BASE: 'https://bob:hunter2@staging/', REGION: 'eu' },
  });
  assert.deepEqual(environment, { BASE: 'https://removed:removed@staging/', REGION: 'eu' });
});

test('what would be written down otherwise tells a secret', () => {
  const told = [
    'http://h/p?api_key=hunter2',
    'http://ann:hunter2@h/',
    '{"password":"hunter2"}',
    'user=ann&token=hunter2',
  ];
  assert.deepEqual(told.map(tellsSecret), [true, true, true, true]);
  assert.deepEqual(['http://h/p?x=1', '{"text":"hello"}', ''].map(tellsSecret), [false, false, false]);
});

test('what a set-up extracts later is a secret from then on, beside what was one before', () => {
  const redactor = new Redactor(['first-token']);
  redactor.learn(['second-token']);
  assert.equal(redactor.text('first-token, second-token'), '<removed>, <removed>');
});

test('a value that the load makes up itself is no secret, with a few letters around it', () => {
  const headers = {
    'x-session-id': 'load-${iteration}',
    'x-token': '${user}-${random.int(1,9)}',
    Cookie: 'session=s${ counter };theme=dark',
    'x-secret': 'hunter2-${iteration}',
    'api-key': 'k-${key}',
  };
  assert.deepEqual(written({ headers }).headers, {
    'x-session-id': 'load-${iteration}',
    'x-token': '${user}-${random.int(1,9)}',
    Cookie: 'session=s${ counter };theme=<removed>',
    'x-secret': '<removed>',
    'api-key': '<removed>',
  });
  assert.equal(writtenText('{"session": "load-${iteration}"}'), '{"session": "load-${iteration}"}');
});

test('what has no secrets is written as it was', () => {
  for (const text of ['{"id": 12345678901234567890, "x": 1.0}', '[1.50]', '"text"', '', 'a & b = c', '{"a":"\\u00e9"}'])
    assert.equal(writtenText(text), text);
  assert.equal(writtenText('{"n": 1234567890123456789, "key": "a"}'), '{"n": 1234567890123456789, "key": "<removed>"}');
});

test('a value is a reference only where nothing but the word of a scheme stands before it', () => {
  const headers = {
    Cookie: 'session=abc123; csrf=${csrf};theme=dark; ${more}',
    authorization: 'Bearer ${secrets.token}',
    'x-token': '${token}',
    'x-auth': 'hunter2 ${token}',
    'x-secret': '${token}hunter2',
    'api-key': 'abc, ${token}',
  };
  assert.deepEqual(written({ headers }).headers, {
    Cookie: 'session=<removed>; csrf=${csrf};theme=<removed>; ${more}',
    authorization: 'Bearer ${secrets.token}',
    'x-token': '${token}',
    'x-auth': '<removed>',
    'x-secret': '<removed>',
    'api-key': '<removed>',
  });
});

test('a plan from which a secret was removed is known to lack it, one that only refers to secrets is not', () => {
  assert.equal(lacksSecrets(plan), false);
  assert.equal(lacksSecrets(withoutSecrets(plan)), true);
  const get = (url: string): Plan => plainPlan({ url, method: 'GET', headers: {}, body: null });
  const open = get('http://127.0.0.1:1/p?x=removed-items&kind=1');
  const target = { ...open.target, headers: { authorization: 'Bearer ${secrets.token}' } };
  assert.equal(lacksSecrets(withoutSecrets({ ...open, target })), false);
  for (const url of [
    'http://127.0.0.1:1/p?api_key=k',
    'http://127.0.0.1:1/p?token=k&x=1',
    'http://u:p@127.0.0.1:1/p',
  ]) {
    assert.equal(lacksSecrets(withoutSecrets(get(url))), true, url);
  }
});

test('no secret is kept of what went over the wire, by name or by value', () => {
  const redactor = new Redactor(['s3cr3t-value', 'ab']);
  const headers = redactor.headers([
    ['authorization', 'Bearer x'],
    ['x-trace', 'user s3cr3t-value'],
    ['accept', 'ab'],
  ]);
  assert.deepEqual(headers, { authorization: '<removed>', 'x-trace': 'user <removed>', accept: 'ab' });
  assert.equal(
    redactor.url('http://a:b@h/p?token=1&x=s3cr3t-value'),
    'http://removed:removed@h/p?token=removed&x=<removed>',
  );
  assert.equal(redactor.body('{"password":"x","note":"s3cr3t-value"}'), '{"password":"<removed>","note":"<removed>"}');
});

test('a secret is known by its value also as JSON, addresses and forms write it', () => {
  const redactor = new Redactor(['p"w d/ü+1']);
  for (const [text, kept] of [
    ['say p"w d/ü+1.', 'say <removed>.'],
    [JSON.stringify({ note: 'is p"w d/ü+1' }), '{"note":"is <removed>"}'],
    [`/x/${encodeURIComponent('p"w d/ü+1')}/y`, '/x/<removed>/y'],
    ['/x/p"w%20d/%C3%BC+1', '/x/<removed>'],
    [new URLSearchParams({ q: 'p"w d/ü+1' }).toString(), 'q=<removed>'],
  ] as const) {
    assert.equal(redactor.text(text), kept);
  }
});
