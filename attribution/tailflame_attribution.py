"""
Tells Tailflame exactly what each request of a load test had done for it: which thread worked for it when, and at which line its coroutines
were suspended. Copy this file beside your service, and wrap the application, outermost:

    import tailflame_attribution

    app.add_middleware(tailflame_attribution.asgi)              # FastAPI and Starlette: the last middleware added
    app = tailflame_attribution.asgi(app)                       # any other ASGI application
    app.wsgi_app = tailflame_attribution.wsgi(app.wsgi_app)     # Flask; and likewise any WSGI application

Without the environment variable TAILFLAME_ATTRIBUTION all of these give back the application itself, and nothing else happens. `tailflame
run --start … --attribution` sets it; a service you start yourself is given an empty folder in it. Only requests that carry a `traceparent`
of Tailflame's are told of. Python 3.8 or newer; threads and asyncio (uvloop too), not gevent.

What is told goes into memory first, and from there into the file PID.jsonl in that folder, four times a second, by a thread of its own.
Where memory or file would become too large it is counted as lost instead: the service never waits. A line is a JSON array; times are
whole µs of CLOCK_MONOTONIC:

    ["begin", version, pid, runtime]
    ["place", number, [[file, function, line], …]]              where a coroutine was suspended, innermost first
    ["worked", trace id, thread, from, to]
    ["suspended", trace id, thread, from, to, number of place]  of at least 1 ms; thread: of its event loop
    ["lost", records since the last line of this kind]
"""

import asyncio
import atexit
import collections
import collections.abc
import contextlib
import contextvars
import itertools
import json
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

__all__ = ["asgi", "wsgi"]

VERSION = 1
# The first half of every trace id that Tailflame sends begins with this.
MARK = "7a11f1a3"
FOLDER = os.environ.get("TAILFLAME_ATTRIBUTION")
SHORTEST_SUSPENSION = 1_000_000  # ns
MOST_IN_MEMORY = 200_000
MOST_PLACES = 10_000
MOST_FRAMES = 64
MOST_BYTES = 256 * 1024 * 1024
WRITE_EVERY = 0.25  # s
# The writer lets go of the interpreter after so many lines, so that no request waits for it.
LINES_AT_A_TIME = 100

_request = contextvars.ContextVar("tailflame_request", default=None)
_now = time.monotonic_ns
_thread = threading.get_ident


def asgi(app):
    """The ASGI application, told of; the application itself where nothing is to be told."""
    return _Asgi(app) if _begun() else app


def wsgi(app):
    """The WSGI application, told of; the application itself where nothing is to be told."""
    return _Wsgi(app) if _begun() else app


class _Records:
    """What is to be written. Threads add to it, and never wait."""

    def __init__(self):
        self.waiting = collections.deque()
        self.places = {}
        self.numbers = itertools.count()
        self.lost = 0
        # Records, those told as lost among them, that are lost where what is being written fails.
        self.unsure = 0
        self.writer = None
        self.begun = False
        self.writing = threading.Lock()

    def add(self, record):
        if len(self.waiting) >= MOST_IN_MEMORY:
            self.lost += 1
            return
        self.waiting.append(record)
        if self.writer is None:
            self.start()

    def place(self, key):
        """The number of a place, told once. `key`: code and line in turn, innermost last. -1 where there are too many."""
        number = self.places.get(key)
        if number is None:
            if len(self.places) >= MOST_PLACES:
                return -1
            number = self.places[key] = next(self.numbers)
            self.add(("place", number, key))
        return number

    def lose(self):
        """What waits, and what was being written, is lost: places that were told in it are told again."""
        self.lost += self.unsure + len(self.waiting)
        self.unsure = 0
        self.waiting.clear()
        self.places.clear()
        self.begun = False

    def start(self):
        self.writer = threading.Thread(target=_write_all, args=(self,), name="tailflame", daemon=True)
        self.writer.start()


_records = _Records()


def _trace_of(traceparent):
    """The trace id of a `traceparent` of Tailflame's, else None."""
    parts = traceparent.split("-")
    return parts[1] if len(parts) >= 4 and len(parts[1]) == 32 and parts[1].startswith(MARK) else None


class _Asgi:
    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        request = None
        if scope["type"] == "http":
            for name, value in scope["headers"]:
                if name == b"traceparent":
                    request = _trace_of(value.decode("latin-1"))
        if request is None:
            await self.app(scope, receive, send)
            return
        loop = asyncio.get_running_loop()
        if not isinstance(loop.get_task_factory(), _TaskFactory):
            loop.set_task_factory(_TaskFactory(loop.get_task_factory()))
        token = _request.set(request)
        try:
            await _Steps(self.app(scope, receive, send), request)
        finally:
            _request.reset(token)


class _Wsgi:
    def __init__(self, app):
        self.app = app

    def __call__(self, environ, start_response):
        request = _trace_of(environ.get("HTTP_TRACEPARENT", ""))
        if request is None:
            return self.app(environ, start_response)
        answer = _working(request, self.app)(environ, start_response)
        return answer if hasattr(answer, "__len__") else _Answer(answer, request)


class _Answer:
    """An answer of WSGI that is made while it is read."""

    def __init__(self, answer, request):
        self.answer = answer
        self.next = _working(request, iter(answer).__next__)

    def __iter__(self):
        return self

    def __next__(self):
        return self.next()

    def close(self):
        close = getattr(self.answer, "close", None)
        if close is not None:
            close()


class _Steps(collections.abc.Coroutine):
    """A coroutine whose steps are told of: it works for a request while a step lasts, and is suspended between two."""

    __slots__ = ("_coroutine", "_owner", "_since")

    def __init__(self, coroutine, owner):
        self._coroutine = coroutine
        self._owner = owner
        self._since = 0

    def send(self, value):
        return self._step(self._coroutine.send, value)

    def throw(self, *error):
        return self._step(self._coroutine.throw, *error)

    def close(self):
        self._coroutine.close()

    def __await__(self):
        return self

    def __iter__(self):
        return self

    def __next__(self):
        return self._step(self._coroutine.send, None)

    # Whoever looks into a task's coroutine finds what it would have found without this one.
    def __getattr__(self, name):
        return getattr(self._coroutine, name)

    def _step(self, advance, *given):
        begun = _now()
        since = self._since
        if since and begun - since >= SHORTEST_SUSPENSION:
            _records.add(("suspended", self._owner, _thread(), since, begun, _place_of(self._coroutine)))
        try:
            return advance(*given)
        finally:
            self._since = ended = _now()
            _records.add(("worked", self._owner, _thread(), begun, ended))


def _place_of(awaited):
    """The number of where a coroutine is suspended, down to the innermost that it awaits."""
    key = []
    while awaited is not None and len(key) < 2 * MOST_FRAMES:
        for frame_name, next_name in (("cr_frame", "cr_await"), ("gi_frame", "gi_yieldfrom"), ("ag_frame", "ag_await")):
            frame = getattr(awaited, frame_name, None)
            if frame is not None:
                break
        else:
            break
        key.append(frame.f_code)
        key.append(frame.f_lineno)
        awaited = getattr(awaited, next_name, None)
    return _records.place(tuple(key))


class _TaskFactory:
    """Tasks that are made for a request belong to it, and so do those that they make."""

    def __init__(self, other):
        self.other = other

    def __call__(self, loop, coroutine, **options):
        context = options.get("context")
        request = _request.get() if context is None else context.get(_request)
        if request is not None and asyncio.iscoroutine(coroutine):
            coroutine = _Steps(coroutine, request)
        if self.other is None:
            return asyncio.Task(coroutine, loop=loop, **options)
        return self.other(loop, coroutine, **options)


def _working(request, work):
    """The function, told of as working for a request in whichever thread calls it."""

    def worked(*given, **named):
        token = _request.set(request)
        begun = _now()
        try:
            return work(*given, **named)
        finally:
            _records.add(("worked", request, _thread(), begun, _now()))
            _request.reset(token)

    return worked


def _for_current(work):
    request = _request.get()
    return work if request is None else _working(request, work)


_installed = False


def _begun():
    """Whether there is something to tell; makes pools of threads tell for whom their threads work."""
    global _installed
    if not FOLDER:
        return False
    if _installed:
        return True
    _installed = True
    submit = ThreadPoolExecutor.submit
    ThreadPoolExecutor.submit = lambda self, fn, /, *given, **named: submit(self, _for_current(fn), *given, **named)
    try:
        from anyio import to_thread

        run_sync = to_thread.run_sync
        to_thread.run_sync = lambda func, *given, **named: run_sync(_for_current(func), *given, **named)
    except ImportError:
        pass
    atexit.register(lambda: _write_waiting(_records))
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_records.__init__)
    return True


def _write_all(records):
    while records.writer is threading.current_thread():
        time.sleep(WRITE_EVERY)
        _write_waiting(records)


def _write_waiting(records):
    """Appends what waits to this process's file. A folder that cannot be written to costs the records and nothing else."""
    if not records.waiting and not records.lost:
        return
    with records.writing:
        path = os.path.join(FOLDER, f"{os.getpid()}.jsonl")
        end = None
        try:
            os.makedirs(FOLDER, exist_ok=True)
            with open(path, "ab") as file:
                end = file.tell()
                _append(records, file)
            records.unsure = 0
        except OSError:
            records.lose()
            if end is not None:
                # A torn line would take the next one with it.
                with contextlib.suppress(OSError):
                    os.truncate(path, end)


def _append(records, file):
    if not records.begun:
        records.begun = True
        file.write(f'["begin",{VERSION},{os.getpid()},"python"]\n'.encode())
    while records.waiting:
        if file.tell() > MOST_BYTES:
            records.lost += len(records.waiting)
            records.waiting.clear()
            break
        many = min(LINES_AT_A_TIME, len(records.waiting))
        records.unsure += many
        file.write("".join([_line(records.waiting.popleft()) for _ in range(many)]).encode())
        time.sleep(0.0005)
    lost, records.lost = records.lost, 0
    records.unsure += lost
    if lost:
        file.write(f'["lost",{lost}]\n'.encode())


def _line(record):
    kind = record[0]
    if kind == "place":
        _, number, key = record
        # Python 3.11 names methods with their class, as its own tracebacks and profilers do.
        frames = [
            [os.path.abspath(code.co_filename), getattr(code, "co_qualname", code.co_name), line]
            for code, line in zip(key[::2], key[1::2])
        ]
        return json.dumps([kind, number, frames[::-1]]) + "\n"
    _, request, thread, begun, ended, *place = record
    more = f",{place[0]}" if place else ""
    return f'["{kind}","{request}","{thread}",{begun // 1000},{ended // 1000}{more}]\n'
