/**
 * Tells Tailflame exactly what each request of a load test had done for it: when the main thread worked for it, and which operations it
 * waited for. Copy this file beside your service and load it before anything else:
 *
 *     node --require ./tailflame-attribution.cjs server.mjs
 *
 * or as the first import of your program, `import './tailflame-attribution.cjs'`. Without the environment variable TAILFLAME_ATTRIBUTION it
 * does nothing. `tailflame run --start … --attribution` sets it; a service you start yourself is given an empty folder in it. Only requests
 * to node:http and node:https servers that carry a `traceparent` of Tailflame's are told of, in the main thread. Node 18 or newer.
 *
 * What is told goes into memory first, and from there into the file PID.jsonl in that folder, four times a second. Where memory or file
 * would become too large it is counted as lost instead: the service never waits. A line is a JSON array; times are whole µs of the clock
 * of `process.hrtime` (on Linux CLOCK_MONOTONIC):
 *
 *     ["begin", version, pid, runtime]
 *     ["place", number, [[file, function, line], …]]              where an operation was begun, innermost first
 *     ["worked", trace id, thread, from, to]
 *     ["suspended", trace id, thread, from, to, number of place]  until an operation of at least 1 ms was over
 *     ["lost", records since the last line of this kind]
 *
 * Node keeps no stack for a suspended async function. So a wait is told by where its operation was begun, for those that can be seen to
 * begin: fetch, requests of node:http, connecting, files, timers, child processes. A driver that keeps its connection open shows none.
 */
'use strict';

const VERSION = 1;
/** The first half of every trace id that Tailflame sends begins with this. */
const MARK = '7a11f1a3';
const SHORTEST_WAIT_US = 1000;
const MOST_IN_MEMORY = 200_000;
const MOST_PLACES = 10_000;
const MOST_FRAMES = 24;
const MOST_BYTES = 256 * 1024 * 1024;
const WRITE_EVERY_MS = 250;
const OWNER = Symbol('tailflame.owner');
const BEGUN = Symbol('tailflame.begun');
/** Sockets outlive the request that opened them, and what they bring may be for any other. */
const SHARED = new Set([
  'TCPWRAP',
  'PIPEWRAP',
  'TLSWRAP',
  'TTYWRAP',
  'HTTP2SESSION',
  'TCPSERVERWRAP',
  'PIPESERVERWRAP',
]);
/** What the program begins and waits for. */
const OPERATIONS = new Set([
  'TCPCONNECTWRAP',
  'PIPECONNECTWRAP',
  'GETADDRINFOREQWRAP',
  'FSREQCALLBACK',
  'FSREQPROMISE',
  'Timeout',
  'PROCESSWRAP',
  'PBKDF2REQUEST',
  'SCRYPTREQUEST',
  'RANDOMBYTESREQUEST',
  'ZLIB',
]);

function install(folder) {
  const { createHook, executionAsyncResource } = require('node:async_hooks');
  const http = require('node:http');
  const https = require('node:https');
  const { performance } = require('node:perf_hooks');
  const records = new Records(folder);
  const thread = String(process.pid);
  const offset = Number(process.hrtime.bigint()) / 1000 - performance.now() * 1000;
  const now = () => Math.round(performance.now() * 1000 + offset);

  let owner = null;
  let since = 0;
  const outer = [];
  const switchTo = (next) => {
    if (next === owner) return;
    const at = now();
    if (owner !== null) records.add(`["worked","${owner}","${thread}",${since},${at}]`);
    owner = next;
    since = at;
  };
  const waited = (request, begun, place) => {
    const at = now();
    if (at - begun < SHORTEST_WAIT_US) return;
    records.add(`["suspended","${request}","${thread}",${begun},${at},${records.place(place)}]`);
  };
  const here = () => {
    const place = {};
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = MOST_FRAMES;
    // Its text is made only where it is asked for.
    Error.captureStackTrace(place, here);
    Error.stackTraceLimit = limit;
    return place;
  };

  createHook({
    init(_id, type, _trigger, resource) {
      const current = executionAsyncResource()[OWNER];
      if (current === undefined || SHARED.has(type)) return;
      resource[OWNER] = current;
      if (OPERATIONS.has(type)) resource[BEGUN] = { at: now(), place: here() };
    },
    before() {
      const resource = executionAsyncResource();
      const request = resource[OWNER];
      const begun = resource[BEGUN];
      if (begun !== undefined) {
        resource[BEGUN] = undefined;
        waited(request, begun.at, begun.place);
      }
      outer.push(owner);
      switchTo(request ?? null);
    },
    after() {
      switchTo(outer.pop() ?? null);
    },
  }).enable();

  for (const { prototype } of [http.Server, https.Server]) {
    const { emit } = prototype;
    prototype.emit = function (event, request, ...rest) {
      if (event === 'request') {
        const trace = traceOf(request.headers.traceparent);
        executionAsyncResource()[OWNER] = trace ?? undefined;
        switchTo(trace);
      }
      return emit.call(this, event, request, ...rest);
    };
  }

  const outgoing = (begin) =>
    function (...given) {
      const request = owner;
      const made = begin.apply(this, given);
      if (request === null) return made;
      const at = now();
      const place = here();
      let told = false;
      const over = () => {
        if (!told) waited(request, at, place);
        told = true;
      };
      if (typeof made.then === 'function') {
        // Handed on, so that a failure that nobody handles stays one.
        return made.finally(over);
      }
      made.once('close', over).prependOnceListener('response', (response) => {
        over();
        // Node throws an answer away that nobody listens for, and takes us for somebody.
        if (made.listenerCount('response') === 0) response.resume();
      });
      return made;
    };
  for (const module of [http, https]) {
    module.request = outgoing(module.request);
    module.get = outgoing(module.get);
  }
  require('node:module').syncBuiltinESMExports();
  if (globalThis.fetch) globalThis.fetch = outgoing(globalThis.fetch);
}

/** The trace id of a `traceparent` of Tailflame's, else null. */
function traceOf(traceparent) {
  const trace = typeof traceparent === 'string' ? traceparent.split('-')[1] : undefined;
  return trace?.length === 32 && trace.startsWith(MARK) ? trace : null;
}

/** What is to be written. */
class Records {
  #file;
  #folder;
  #lines = [];
  #lost = 0;
  #bytes = 0;
  #isBegun = false;
  #places = new Map();
  #numbered = 0;
  /** What is being written, and where in the file; null: there is no place yet. */
  #writing = null;

  constructor(folder) {
    const path = require('node:path');
    this.#folder = folder;
    this.#file = path.join(folder, `${process.pid}.jsonl`);
    setInterval(() => this.#write(), WRITE_EVERY_MS).unref();
    process.on('exit', () => this.#writeLast());
  }

  add(line) {
    if (this.#lines.length >= MOST_IN_MEMORY || this.#bytes > MOST_BYTES) this.#lost++;
    else this.#lines.push(line);
  }

  /** The number of a place, told once; -1 where there are too many. */
  place({ stack }) {
    const known = this.#places.get(stack);
    if (known !== undefined) return known;
    if (this.#places.size >= MOST_PLACES) return -1;
    const number = this.#numbered++;
    this.#places.set(stack, number);
    this.add(JSON.stringify(['place', number, framesOf(stack)]));
    return number;
  }

  #take() {
    const begin = this.#isBegun ? [] : [`["begin",${VERSION},${process.pid},"node"]`];
    const lost = this.#lost > 0 ? [`["lost",${this.#lost}]`] : [];
    const text = `${[...begin, ...this.#lines, ...lost].join('\n')}\n`;
    this.#isBegun = true;
    this.#lost = 0;
    this.#lines = [];
    this.#bytes += text.length;
    return text;
  }

  /** Records were not written: places that were told in them are told again. */
  #lose(count) {
    this.#lost += count;
    this.#places.clear();
    this.#isBegun = false;
  }

  get #isEmpty() {
    return this.#lines.length === 0 && this.#lost === 0;
  }

  #write() {
    if (this.#writing !== null || this.#isEmpty) return;
    const fs = require('node:fs');
    const count = this.#lines.length + this.#lost;
    const writing = { bytes: Buffer.from(this.#take()), at: null };
    this.#writing = writing;
    const over = (isWritten) => {
      this.#writing = null;
      if (!isWritten) this.#lose(count);
    };
    fs.mkdir(this.#folder, { recursive: true }, () => {
      fs.open(this.#file, fs.constants.O_CREAT | fs.constants.O_WRONLY, (failure, file) => {
        if (failure) return over(false);
        fs.fstat(file, (_failure, stat) => {
          const { bytes } = writing;
          writing.at = stat?.size ?? 0;
          fs.write(file, bytes, 0, bytes.length, writing.at, (_failure, written) => {
            const isWritten = written === bytes.length;
            const close = () => fs.close(file, () => over(isWritten));
            // A torn line would take the next one with it.
            if (isWritten) close();
            else fs.ftruncate(file, writing.at, close);
          });
        });
      });
    });
  }

  #writeLast() {
    if (this.#writing === null && this.#isEmpty) return;
    const fs = require('node:fs');
    try {
      fs.mkdirSync(this.#folder, { recursive: true });
      // What is half written is written again over itself, so that it is there, and once.
      if (this.#writing !== null) {
        const { bytes, at } = this.#writing;
        const file = fs.openSync(this.#file, fs.constants.O_CREAT | fs.constants.O_WRONLY);
        fs.writeSync(file, bytes, 0, bytes.length, at ?? fs.fstatSync(file).size);
        fs.closeSync(file);
      }
      if (!this.#isEmpty) fs.appendFileSync(this.#file, this.#take());
    } catch {
      // A folder that cannot be written to costs the records and nothing else.
    }
  }
}

/** `    at name (file:///path/file.mjs:12:5)` and its other forms as [file, function, line]; the runtime's own are left out. */
function framesOf(stack) {
  const { fileURLToPath } = require('node:url');
  const frames = [];
  for (const line of stack.split('\n')) {
    const found = /^\s+at (?:(.*?) \()?((?:file:\/\/|\/|[A-Za-z]:\\).*?):(\d+):\d+\)?$/.exec(line);
    if (found === null) continue;
    const [, name = '', place, number] = found;
    const file = place.startsWith('file:') ? fileURLToPath(place) : place;
    if (file !== __filename) frames.push([file, name.replace(/^async /, ''), Number(number)]);
  }
  return frames;
}

const folder = process.env.TAILFLAME_ATTRIBUTION;
if (folder && require('node:worker_threads').isMainThread) install(folder);
