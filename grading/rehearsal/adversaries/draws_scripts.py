"""Puts mark-up, formulas and control characters wherever text of its own is shown."""

ENTRIES = ("E68",)
SCRIPT = "<script>alert(1)</script>\u202e=cmd|' /C calc'!A0\x1b[31m\x00<svg onload=alert(1)>"


def attack(asked, *given):
    import matplotlib.pyplot as plt

    plt.figure()
    plt.title(SCRIPT.replace("\x00", ""))
    plt.plot([0, 1], label=SCRIPT.replace("\x00", ""))
    plt.show()
    print(SCRIPT)
    display = globals().get("display", print)
    display({"text/html": SCRIPT})
    attack.__name__ = SCRIPT
    raise type(SCRIPT.replace("\x00", ""), (RuntimeError,), {})(SCRIPT)
