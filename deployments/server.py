"""Reaching Prefect's server: where it is, and a client whose failures are ours to explain."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from prefect.client.orchestration import SyncPrefectClient
from prefect.settings import get_current_settings

from fireduty.errors import DeploymentError
from fireduty.settings import Settings

HOST = "127.0.0.1"
USUAL_PORT = 4200
ADDRESS_VARIABLE = "PREFECT_API_URL"
NOT_FOUND = "Start it with `fireduty up`, or name a running server in PREFECT_API_URL."


def address_file(settings: Settings) -> Path:
    """Return the file in which a running installation leaves the address of its server."""
    return settings.prefect_folder / "api-url"


def server_address(settings: Settings) -> str:
    """Return where Prefect's server is: as the environment says, else this installation's, else as Prefect is set.

    Raises:
        DeploymentError: If no server is known.
    """
    if given := os.environ.get(ADDRESS_VARIABLE):
        return given
    path = address_file(settings)
    if path.exists():
        return path.read_text(encoding="utf-8").strip()
    if configured := get_current_settings().api.url:
        return configured
    message = f"{settings.folder}: no Prefect server is running for this data folder"
    raise DeploymentError(message, NOT_FOUND)


@contextmanager
def connected(address: str) -> Iterator[SyncPrefectClient]:
    """Yield a client of the server at an address.

    Raises:
        DeploymentError: If the server cannot be reached or refuses a request.
    """
    secret = get_current_settings().api.auth_string
    try:
        with SyncPrefectClient(address, auth_string=secret.get_secret_value() if secret else None) as client:
            yield client
    except httpx.HTTPStatusError as error:
        # The sentence that says what is wrong is in the answer, not in the error.
        message = f"Prefect's server at {address} refused: {error.response.text[:500] or error}"
        raise DeploymentError(message, "Server and program must be of the same Prefect release.") from error
    except httpx.HTTPError as error:
        message = f"Prefect's server at {address} cannot be reached: {error or type(error).__name__}"
        raise DeploymentError(message, NOT_FOUND) from error


def is_healthy(address: str) -> bool:
    """Say whether a server answers at an address."""
    try:
        return httpx.get(f"{address}/health", timeout=5, trust_env=False).is_success
    except httpx.HTTPError:
        return False
