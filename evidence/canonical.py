"""Canonical JSON as RFC 8785 defines it, for the values the ledger allows.

The ledger holds text, whole numbers, booleans, lists and objects with ASCII keys. For these the standard
library's encoder, told to sort and to leave out blanks, writes the same bytes as RFC 8785; floats and other
keys, for which it would not, are refused.
"""

import json
from typing import Any

type_of_json = dict[str, Any] | list[Any] | str | int | bool | None

_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False)


def canonical(value: type_of_json) -> str:
    """Return the one canonical text of a value.

    Raises:
        ValueError: If the value holds a float, or a key that is not ASCII text.
    """
    _refuse_ambiguous(value)
    return _ENCODER.encode(value)


def encode_checked(value: type_of_json) -> str:
    """Return the canonical text of a value whose parts are known to be unambiguous."""
    return _ENCODER.encode(value)


def _refuse_ambiguous(value: object) -> None:
    if isinstance(value, float):
        message = f"canonical JSON: expected text or a whole number, got {value!r}"
        raise ValueError(message)  # noqa: TRY004 - a value, not a programming error
    if isinstance(value, dict):
        for key, part in value.items():
            if not (isinstance(key, str) and key.isascii()):
                message = f"canonical JSON: expected an ASCII key, got {key!r}"
                raise ValueError(message)
            _refuse_ambiguous(part)
    elif isinstance(value, list | tuple):
        for part in value:
            _refuse_ambiguous(part)
