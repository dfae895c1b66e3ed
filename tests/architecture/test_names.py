"""Our names clash with nobody's: neither the standard library's nor those of what is installed."""

import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from flows.catalogue import NAMES, module_of, process_named

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
OURS = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
INSTALLED = packages_distributions()
NOT_PROCESSES = {"__init__", "catalogue", "deliver_notices", "heartbeat"}
FLOW_FILES = {path.stem for path in (ROOT / "flows").glob("*.py")}


@pytest.mark.parametrize("name", OURS)
def test_no_other_distribution_claims_a_top_level_name_of_ours(name: str) -> None:
    assert set(INSTALLED.get(name, [])) <= {PROJECT["project"]["name"]}
    assert name not in sys.stdlib_module_names


@pytest.mark.parametrize("stem", sorted(FLOW_FILES - {"__init__"}))
def test_a_file_of_flows_is_named_like_no_module_that_could_be_imported_in_its_place(stem: str) -> None:
    assert stem not in sys.stdlib_module_names
    assert stem not in INSTALLED


def test_every_file_of_flows_is_a_process_that_the_catalogue_names() -> None:
    assert {name.replace("-", "_") for name in NAMES} == FLOW_FILES - NOT_PROCESSES
    assert list(NAMES) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_process_module_is_named_like_its_process_and_its_flow(name: str) -> None:
    module = module_of(name)
    stem = name.replace("-", "_")
    flow = getattr(module, stem)
    assert module.__name__ == f"flows.{stem}"
    assert flow.name == process_named(name).name == name
    assert module.__doc__
    assert process_named(name).chinese
    assert set(flow.parameters.properties) == {"obligation", "period", "as_of"}
