"""Loops where no signal of Python's is heard, and swallows whatever is."""

import signal

ENTRIES = ("F71",)
HASTY = True


def attack(asked, *given):
    if asked == "import":
        signal.signal(signal.SIGALRM, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
        return None
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue
