"""Feeds over HTTP: `/feeds/<token>.ics`, without signing in, because calendar programs cannot.

Who has the address sees one body's duties and nothing else. Unknown and revoked addresses answer alike.
"""

from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Header, Query, Response

from calendars.feed import Components
from fireduty import settings
from fireduty.errors import UnknownNameError
from flows.catalogue import duty_texts
from tasks.district import District
from tasks.feeds import feed_of

MEDIA_TYPE = "text/calendar; charset=utf-8"
CACHE = "private, max-age=3600"


def make_app(folder: Path) -> FastAPI:
    """Return the application that serves the feeds of a data folder.

    Raises:
        SettingsError: If there is no district in the folder.
    """
    district = District.open(settings.enter(folder))
    texts = duty_texts(district.regulations)
    app = FastAPI(title="Fireduty", docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/feeds/{token}.ics")
    def feed(
        token: str,
        components: Annotated[Components, Query()] = Components.EVENTS,
        if_none_match: Annotated[str, Header()] = "",
    ) -> Response:
        try:
            with district.database.reading() as connection:
                found = feed_of(connection, token, texts, components)
        except UnknownNameError as error:
            return Response(f"{error.message}\n", status_code=404, media_type="text/plain")
        headers = {"ETag": found.etag, "Cache-Control": CACHE, "X-Content-Type-Options": "nosniff"}
        if found.etag in {tag.strip() for tag in if_none_match.split(",")}:
            return Response(status_code=304, headers=headers)
        return Response(found.content, media_type=MEDIA_TYPE, headers=headers)

    return app
