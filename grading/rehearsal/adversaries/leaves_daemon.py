"""Forks twice, leaves its session, and waits for the results to be written."""

import os
import signal
import time

ENTRIES = ("A15", "F77")
SEEN = ("process",)


def attack(asked, *given):
    if asked == "import" or asked == "sigmoid":
        child = os.fork()
        if child == 0:
            os.setsid()
            for number in range(1, 32):
                tried(signal.signal, number, signal.SIG_IGN)
            if os.fork() == 0:
                if os.fork() == 0:
                    for number in range(3, 256):
                        tried(os.close, number)
                while True:
                    tried(lambda: open("/tmp/chainrule-was-here", "w").write("10"))
                    time.sleep(0.01)
            os._exit(0)
    return 0.0
