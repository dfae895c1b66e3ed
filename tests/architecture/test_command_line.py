"""The command line answers at once: help loads none of the heavy parts."""

import subprocess
import sys
import time

HEAVY = ("prefect", "pandas", "sqlalchemy", "sqlmodel", "apprise", "openpyxl", "aiosmtpd")
COMMANDS = {"up", "regulation", "obligation", "register", "plan", "simulate", "duty", "deploy", "ledger", "doctor"}
SECONDS = 0.5
RUN = "import sys; sys.argv = ['fireduty', '--help']; from fireduty.cli import main; main()"
AND_TELL = f"""
import atexit, sys
atexit.register(lambda: print("loaded:", *[name for name in {HEAVY!r} if name in sys.modules]))
{RUN}
"""


def help_page(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_help_imports_neither_prefect_nor_pandas_nor_the_database() -> None:
    assert help_page(AND_TELL).splitlines()[-1] == "loaded:"


def test_help_names_every_command() -> None:
    named = {line.split()[1] for line in help_page(RUN).splitlines() if line.startswith("│ ") and line[2].isalpha()}
    assert named >= COMMANDS


def test_help_is_there_within_half_a_second() -> None:
    def seconds() -> float:
        start = time.perf_counter()
        help_page(RUN)
        return time.perf_counter() - start

    assert min(seconds() for _ in range(5)) <= SECONDS
