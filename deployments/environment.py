"""The environment of the processes of one machine: Prefect's settings as measured, and where our data lies."""

import os
from pathlib import Path

from fireduty import clock
from fireduty.settings import DATA_VARIABLE, Settings

SERVER_SETTINGS = {
    # Without batches the recorder stalls SQLite: trivial flows took seconds, at worst a minute.
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "2",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TRIGGERS_READ_BATCH_SIZE": "100",
    # In memory a slot that a killed run held would be taken for ever.
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
    # As far ahead as the schedules reach; Prefect's own horizon is 100 days.
    "PREFECT_SERVER_SERVICES_SCHEDULER_MAX_SCHEDULED_TIME": "P400D",
    # A run that waits for its turn is not late; marking many at once makes them stand in each other's way.
    "PREFECT_SERVER_SERVICES_LATE_RUNS_AFTER_SECONDS": "300",
    # Runs stand in our ledger; Prefect's own memory of them may end after thirteen months.
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": "34214400",
    "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "P7D",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
}
"""Settings of the embedded server; names and values checked on Prefect 3.8.8."""

QUIET = {
    "PREFECT_LOGGING_LEVEL": "INFO",
    "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
    "PREFECT_LOGGING_COLORS": "false",
    "PREFECT_CLI_COLORS": "false",
    "PREFECT_CLI_PROMPT": "false",
    "PREFECT_WORKER_QUERY_SECONDS": "2",
}
"""Logs for a file, and a worker that looks for work every two seconds."""

UNWANTED = ("PREFECT_API_KEY", "PREFECT_PROFILE")
"""Settings of a person's own that would lead our processes elsewhere."""


def children_environment(settings: Settings, address: str) -> dict[str, str]:
    """Return the environment for server, worker and runs of a data folder.

    Args:
        settings: The district's settings.
        address: Where Prefect's server answers or will answer.
    """
    home = settings.prefect_folder.resolve()
    inherited = {name: value for name, value in os.environ.items() if name not in UNWANTED}
    return {
        **inherited,
        **SERVER_SETTINGS,
        **QUIET,
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": address,
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{home / 'prefect.db'}",
        DATA_VARIABLE: str(settings.folder.resolve()),
        clock.OFFSET_VARIABLE: str(settings.clock_offset),
        "PYTHONUNBUFFERED": "1",
    }


def log_file(settings: Settings, part: str) -> Path:
    """Return where a process of ours writes its log."""
    return settings.folder / "logs" / f"{part}.log"
