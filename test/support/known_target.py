"""A program of which is known what it takes. It does what its first argument says, prints a line once it does, and what the kernel says it
took whenever a line comes in."""

import hashlib
import json
import os
import resource
import socket
import subprocess
import sys
import threading
import time

PERIOD = 0.1


computing = [0.0]
taken_by = {}


def burn(share):
    """Takes this share of a core, by the thread's own CPU time, in every tenth of a second."""
    begun, taken = time.monotonic(), time.thread_time()
    period = 0
    while True:
        taken += PERIOD * share
        period_begun = time.monotonic()
        while time.thread_time() < taken:
            pass
        # Of one such thread this is how long it held the interpreter's lock, also while it had no core.
        computing[0] += time.monotonic() - period_begun
        taken_by[threading.get_ident()] = taken
        period += 1
        time.sleep(max(0.0, begun + period * PERIOD - time.monotonic()))


def burn_without_lock():
    while True:
        hashlib.pbkdf2_hmac("sha256", b"password", b"salt", 200_000)


def start(work, *args):
    threading.Thread(target=work, args=args, daemon=True).start()


def children(seconds):
    """A child twice a second, which takes this much CPU time and ends."""
    program = f"import time\nwhile time.process_time() < {seconds}: pass"
    begun = time.monotonic()
    for turn in range(1, 1000):
        subprocess.run([sys.executable, "-S", "-E", "-c", program], check=True)
        time.sleep(max(0.0, begun + turn * 0.5 - time.monotonic()))


def service(threads, share, mebibytes, files, accepted, child_seconds):
    resource.setrlimit(resource.RLIMIT_NOFILE, (1000, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    held = bytearray(os.urandom(1024)) * 1024 * mebibytes
    opened = [open(os.devnull) for _ in range(files)]
    for _ in range(threads):
        start(burn, share)
    start(children, child_seconds)
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(listener.getsockname()[1], flush=True)
    kept = [listener.accept()[0] for _ in range(accepted)]
    print(len(held) // 1024 // 1024, len(opened), len(kept), flush=True)
    return held, opened, listener, kept


def crowd(processes):
    """All of them always ready to run, and one core for them."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    for _ in range(processes - 1):
        if os.fork() == 0:
            parent = os.getppid()
            while os.getppid() == parent:
                pass
            os._exit(0)
    start(burn, 1)
    print(processes, flush=True)


def lock(spinning, share, free):
    for _ in range(spinning):
        start(burn, share)
    for _ in range(free):
        start(burn_without_lock)
    print(spinning, flush=True)


kept = {"service": service, "crowd": crowd, "lock": lock}[sys.argv[1]](*json.loads(sys.argv[2]))
for _ in sys.stdin:
    own, ended = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    took = {
        "at": time.monotonic(),
        "cpu": own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime,
        "voluntary": own.ru_nvcsw,
        "involuntary": own.ru_nivcsw,
        "computing": computing[0],
        "busiest": max(taken_by.values(), default=0),
    }
    print(json.dumps(took), flush=True)
