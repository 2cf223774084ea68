"""Calls home: by TCP, by UDP, by name look-up, to the cloud's metadata, to this machine, through sockets in files."""

import socket
import subprocess

ENTRIES = ("D57", "D54")
SEEN = ("network", "process")
PLACES = (("169.254.169.254", 80), ("127.0.0.1", 8000), ("127.0.0.1", 6379), ("1.1.1.1", 53), ("10.0.0.1", 22))


def attack(asked, *given):
    if asked != "import":
        return None
    for family in (socket.AF_INET, socket.AF_INET6, 16, 17):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
            if tried(socket.socket, family, kind):
                escaped(f"a socket of family {family}")
    for place in PLACES:
        if tried(socket.create_connection, place, 0.2):
            escaped(place)
    if tried(socket.gethostbyname, "example.com"):
        escaped("a name was resolved")
    for path in ("/var/run/docker.sock", "/run/systemd/private", "\0/tmp/dbus", "/tmp/.X11-unix/X0"):
        with socket.socket(socket.AF_UNIX) as channel:
            if tried(lambda: channel.connect(path) or True):
                escaped(path)
    done = tried(
        lambda: subprocess.run(["sh", "-c", "exec 3<>/dev/tcp/127.0.0.1/22; id"], capture_output=True, timeout=2)
    )
    if done and b"uid=0" in done.stdout:
        escaped("a shell as root")
    return None
