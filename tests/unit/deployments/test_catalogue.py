"""Regulations, processes and modules fit together."""

import sys
from datetime import date
from importlib.metadata import packages_distributions
from pathlib import Path

import flows
from deployments.desired import Desired, desired, flow_at
from flows.catalogue import NAMES, duty_texts, entrypoint, module_of, process_named
from models.packs import available, load
from tasks.district import District


def test_every_entrypoint_leads_to_its_flow(district: District) -> None:
    wanted: list[Desired] = desired(district, date(2026, 11, 22))
    assert len({one.key for one in wanted}) == len(wanted)
    for one in wanted:
        assert flow_at(one.entrypoint).name == one.flow


def test_every_process_module_holds_the_process_of_its_name() -> None:
    for name in NAMES:
        assert module_of(name).PROCESS.name == name
        assert flow_at(entrypoint(name)).name == name


def test_every_obligation_uses_a_process_and_steps_that_exist() -> None:
    for regulation in map(load, available()):
        for obligation in regulation.obligations:
            process = process_named(obligation.flow)
            assert set(obligation.steps) <= {step.name for step in process.steps}, obligation.id


def test_no_flow_module_hides_another_package() -> None:
    stems = {path.stem for path in Path(flows.__file__).parent.glob("*.py")} - {"__init__"}
    assert not stems & set(sys.stdlib_module_names)
    assert not stems & set(packages_distributions())


def test_messages_name_every_step_in_chinese_with_its_proof(district: District) -> None:
    texts = duty_texts(district.regulations)
    drill = texts["putuo-2020.art10.drill.department"]
    assert drill.steps["drill"].name == "组织演练"
    assert any("现场照片" in proof for proof in drill.steps["drill"].proof)


def test_a_description_tells_people_law_who_ladder_and_dates(district: District) -> None:
    [study] = [one for one in desired(district, date(2026, 11, 22)) if one.name.endswith("committee-study.department")]
    for words in (
        "art14",
        "每半年",
        "工作部门",
        "召开会议",
        "提前15个工作日提醒",
        "| 2027-H1 | 2027-01-01 |",
        "〔2020〕57号",
    ):
        assert words in study.description
    assert study.tags == ("fireduty", "putuo-2020", "art14", "half_yearly", "310107")
