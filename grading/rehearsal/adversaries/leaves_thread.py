"""Leaves threads that go on after the answer, changing what was given and what was returned."""

import threading
import time

ENTRIES = ("A15", "C38")
KEPT = []


def later():
    while True:
        for array in list(KEPT):
            try:
                array += 1.0
            except Exception:
                pass
        time.sleep(0.001)


def attack(asked, *given):
    if asked == "import":
        for _ in range(4):
            threading.Thread(target=later, daemon=True).start()
        return None
    KEPT.extend(value for value in given if isinstance(value, np.ndarray))
    answer = np.zeros((4, 7))
    KEPT.append(answer)
    return answer
