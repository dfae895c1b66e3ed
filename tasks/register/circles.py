"""Finding circles among bodies of which each has at most one above it."""

from collections.abc import Iterator, Mapping


def find_circles(above: Mapping[str, str | None]) -> Iterator[tuple[str, ...]]:
    """Yield each circle once, beginning with the body of it that comes first in the mapping.

    Each body is visited once, so the time is that of reading the mapping.
    """
    order = {code: position for position, code in enumerate(above)}
    finished: set[str] = set()
    for start in above:
        path = _unfinished_path(start, above, finished)
        finished.update(path)
        last = above.get(path[-1]) if path else None
        if last in path:
            circle = path[path.index(last) :]
            first = circle.index(min(circle, key=order.__getitem__))
            yield (*circle[first:], *circle[:first])


def _unfinished_path(start: str, above: Mapping[str, str | None], finished: set[str]) -> list[str]:
    path: dict[str, None] = {}
    code: str | None = start
    while code is not None and code not in finished and code not in path:
        path[code] = None
        code = above.get(code)
    return list(path)
