"""What an address looks like on its channel."""

import re

EMAIL = "email"
LONGEST_ADDRESS = 320

_EMAIL = re.compile(
    r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}",
    re.ASCII | re.IGNORECASE,
)
# Controls, half characters, and marks that are invisible or turn the direction of writing.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufffe\uffff]")


def is_seen(value: str, longest: int) -> bool:
    """Tell whether a text has something in it, all of it visible, and is not too long."""
    return 0 < len(value) <= longest and not _UNSEEN.search(value)


def is_address(channel: str, address: str) -> bool:
    """Tell whether a text can be an address on a channel."""
    return is_seen(address, LONGEST_ADDRESS) and (channel != EMAIL or _EMAIL.fullmatch(address) is not None)
