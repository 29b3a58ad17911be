"""The Python side of bench/peer.ts: one line on stdin, one step, answered by `MS PEAK_MB NOTE`."""

import resource
import sys
import time

BYTES_PER_UNIT = 1 if sys.platform == "darwin" else 1024


def serve(step, times=1, note=lambda result: ""):
    """Times `step`, `times` of it for each line, and says of the last result what `note` makes of it."""
    print("ready", flush=True)
    for _ in sys.stdin:
        started = time.perf_counter()
        for _ in range(times):
            result = step()
        ms = (time.perf_counter() - started) * 1000 / times
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * BYTES_PER_UNIT / 2**20
        print(ms, peak_mb, note(result), flush=True)
        del result
