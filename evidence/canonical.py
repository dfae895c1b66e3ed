"""Canonical JSON as RFC 8785 defines it, for the values the ledger allows.

The ledger holds text, whole numbers, booleans, lists and objects with ASCII keys. For these a compact encoder that
sorts keys writes the same bytes as RFC 8785; floats and other keys, for which it might not, are refused.
"""

from collections.abc import Mapping
from typing import Any

import orjson

GREATEST_NUMBER = 2**53 - 1
"""The greatest whole number that every JSON reader keeps exactly (RFC 7493)."""

Json = dict[str, Any] | list[Any] | str | int | bool | None


def canonical(value: Json) -> str:
    """Return the one canonical text of a value.

    Raises:
        ValueError: As `refuse_ambiguous` does.
    """
    refuse_ambiguous(value)
    return encode(value).decode()


def encode(value: Json) -> bytes:
    """Return the canonical bytes of a value that `refuse_ambiguous` lets pass."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def refuse_ambiguous(value: object) -> None:
    """Refuse what has more than one way to be written, or none.

    Raises:
        ValueError: If the value holds anything but text, booleans, whole numbers that every reader keeps exactly,
            lists, and objects with ASCII keys.
    """
    if isinstance(value, str):
        value.encode()  # half a surrogate pair has no bytes
    elif isinstance(value, int):
        if abs(value) > GREATEST_NUMBER:
            message = f"canonical JSON: expected a number up to {GREATEST_NUMBER}, got {value}"
            raise ValueError(message)
    elif isinstance(value, Mapping):
        for key, part in value.items():
            if not (isinstance(key, str) and key.isascii()):
                message = f"canonical JSON: expected an ASCII key, got {key!r}"
                raise ValueError(message)
            refuse_ambiguous(part)
    elif isinstance(value, list | tuple):
        for part in value:
            refuse_ambiguous(part)
    elif value is not None:
        message = f"canonical JSON: expected text or a whole number, got {value!r}"
        raise ValueError(message)
