"""`python -m fireduty.web --port N`: serves the data folder's feeds on loopback; `fireduty up` starts it."""

import argparse

import uvicorn

from fireduty import settings
from fireduty.web.feeds import make_app


def main() -> None:
    """Serve until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m fireduty.web")
    parser.add_argument("--port", type=int, required=True)
    port: int = parser.parse_args().port
    # No log of requests: the addresses are secrets.
    uvicorn.run(make_app(settings.data_folder()), host="127.0.0.1", port=port, access_log=False, log_level="warning")


if __name__ == "__main__":
    main()
