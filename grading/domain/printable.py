"""Text from a stranger, made safe to print on a terminal."""

import unicodedata

# Cc: control characters; Cf: formats such as bidirectional overrides; Cs: surrogates; Co, Cn: no agreed meaning.
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def clean(text: object) -> str:
    """Text that is safe to print: newlines become spaces, what is invisible goes."""
    words = str(text).replace("\n", " ").replace("\t", " ")
    return "".join(c for c in words if unicodedata.category(c) not in HIDDEN)
