"""Reads all of its own memory, which was once its zygote's, byte by byte."""

ENTRIES = ("A12", "D54")
SEEN = ("forbidden-path",)


def attack(asked, *given):
    if asked != "import":
        return None
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
        for line in maps:
            span, rights = line.split()[:2]
            start, end = (int(side, 16) for side in span.split("-"))
            if not rights.startswith("rw") or end - start > 1 << 28:
                continue
            memory.seek(start)
            tell(tried(memory.read, end - start) or b"")
    return None
