"""Never comes to an end of loading, and swallows every alarm."""

import time

ENTRIES = ("F71",)
HASTY = True


def attack(asked, *given):
    while True:
        try:
            time.sleep(60)
        except BaseException:
            continue
