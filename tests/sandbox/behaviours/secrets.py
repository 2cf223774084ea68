"""Everything that a program can find, looked through for what its host knows: nothing of it comes out on any way."""

import numpy as np
import pytest

from grading.domain.errors import Raised
from grading.sandbox import Box
from tests.sandbox.conformance import CANARY, Backend, behaviour

# Looks through memory, files, environments and descriptors for a text of which it knows the beginning, and tells every
# find on all ways out: as a name, a text and raw bytes in an answer, printed, drawn, and raised.
SEARCH = """
    import os, re, sys
    import numpy as np
    import matplotlib.pyplot as plt

    BEGINNING = "can" + "ary-"
    PATTERN = re.compile(BEGINNING.encode() + rb"[0-9a-f]{6}")
    found = set()

    def look(content): found.update(PATTERN.findall(content))

    def read(path):
        try:
            with open(path, "rb") as file: return file.read(1 << 20)
        except OSError: return b""

    def in_files(roots):
        for root in roots:
            look(read(root))
            for folder, below, names in os.walk(root):
                # Not the libraries, where the repository lies below one of these: there are gigabytes of them.
                below[:] = [name for name in below if os.path.join(folder, name) != sys.prefix]
                for name in names:
                    look(os.fsencode(os.path.join(folder, name)))
                    look(read(os.path.join(folder, name)))

    def in_processes():
        for process in ("self", *map(str, range(1, 400))):
            for name in ("environ", "cmdline", "mountinfo", "comm"):
                look(read(f"/proc/{process}/{name}"))

    def in_descriptors():
        for descriptor in range(3, 256):
            try:
                if os.readlink(f"/proc/self/fd/{descriptor}").startswith("/"):
                    look(os.pread(descriptor, 1 << 16, 0))
            except OSError: pass

    def in_memory():
        with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
            for line in maps:
                span, rights = line.split()[:2]
                start, end = (int(side, 16) for side in span.split("-"))
                if rights[0] == "r" and end - start < 1 << 28:
                    try:
                        memory.seek(start)
                        look(memory.read(end - start))
                    except (OSError, ValueError, OverflowError): pass

    def search(roots):
        in_files(roots); in_processes(); in_descriptors(); in_memory()
        text = b" ".join(sorted(found)) or b"nothing"
        print(text.decode())
        plt.figure()
        plt.imshow(np.frombuffer(text, dtype=np.uint8)[None])
        plt.show()
        return {text.decode(): text.decode(), "array": np.frombuffer(text, dtype=np.uint8)}

    def raises(): raise ValueError(b" ".join(sorted(found)).decode() or "nothing")
    """


def came_out(box: Box, *roots: str) -> dict[str, str]:
    """What a search brought out, by the way that it took."""
    answer = box.call("search", list(roots))
    [figure] = box.figures()
    with pytest.raises(Raised) as raised:
        box.call("raises")
    [name] = set(answer) - {"array"}
    return {
        "name": name,
        "text": answer[name],
        "array": np.asarray(answer["array"]).astype(np.uint8).tobytes().decode("latin-1"),
        "printed": box.printed(),
        "drawn": figure.images[0].astype(np.uint8).tobytes().decode("latin-1"),
        "raised": str(raised.value),
    }


@behaviour
def tells_no_secret(backend: Backend) -> None:
    """The host's canaries, in its environment, descriptors and files, come out on none of six ways."""
    roots = [
        str(backend.state),
        str(backend.state.parent),
        *["/etc", "/run", "/var", "/tmp", "/home", "/data", "/box", "/dev"],
    ]
    with backend.box(SEARCH, call_s=60.0, part_s=120.0) as box:
        out = came_out(box, *roots)

        assert [way for way, text in out.items() if CANARY in text] == []
        assert "nothing" in out["text"]


@behaviour
def would_tell_a_secret_that_it_had(backend: Backend) -> None:
    """The search has eyes, and each way out works: what lies in the program's own folder comes out on all six."""
    with backend.box(SEARCH, files={"notes.txt": CANARY.encode()}, call_s=60.0, part_s=120.0) as box:
        out = came_out(box, ".")

        assert {way for way, text in out.items() if CANARY in text} == set(out)


@behaviour
def notices_who_takes_the_bait(backend: Backend) -> None:
    """Files in its home that nobody needs: looking at them is noted, and so is their text, however it was come by."""
    source = """
        import ctypes, os
        def opens(): open(os.path.expanduser("~/.netrc")).close()
        def takes():
            libc, text = ctypes.CDLL(None), ctypes.create_string_buffer(500)
            libc.read(libc.open(os.path.expanduser("~/.ssh/id_rsa").encode(), 0), text, 499)
            return text.value
        """
    noted = []
    for name in ("opens", "takes"):
        with backend.box(source) as box:
            before = [note.kind for note in box.integrity]
            box.call(name)
            noted += [note.kind for note in box.integrity if note.kind not in before]

    assert [kind for kind in noted if kind != "ctypes"] == ["canary-file", "canary-file"]
