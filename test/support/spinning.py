"""
Runs without a pause, with idle threads beside it, until its input ends; then prints the pauses it noticed, over 0.3 ms: how long each was,
and for how much of it there was no core, which is nobody's doing who looks at it. In ms.
"""

import json
import os
import sys
import threading
import time

done = threading.Event()
for _ in range(8):
    threading.Thread(target=done.wait, daemon=True).start()
threading.Thread(target=lambda: (sys.stdin.read(), done.set()), daemon=True).start()
scheduling = os.open("/proc/thread-self/schedstat", os.O_RDONLY)


def without_core():
    """How long this thread has waited for a core, ns."""
    return int(os.pread(scheduling, 100, 0).split()[1])


print("ready", flush=True)
pauses = []
last = time.monotonic_ns()
waited = without_core()
while not done.is_set():
    now = time.monotonic_ns()
    if now - last > 300_000:
        before, waited = waited, without_core()
        pauses.append(((now - last) / 1e6, (waited - before) / 1e6))
        now = time.monotonic_ns()
    last = now
print(json.dumps(pauses))
