"""Starting the flow of an event in Prefect as soon as it is reported."""

from deployments.applying import ours
from deployments.server import connected, server_address
from fireduty.errors import DeploymentError
from models.regulation import Obligation
from tasks.district import District
from tasks.steps import name_for_people, run_tags


def start_run(district: District, obligation: Obligation, number: str, address: str = "") -> str:
    """Have Prefect run the flow of an event now, and return the run's name.

    Nothing where no server answers or it does not know the obligation: the heartbeat does the same work, so a report
    never waits for Prefect.
    """
    try:
        with connected(address or server_address(district.settings)) as client:
            found = ours(client).get(f"{obligation.flow}/{obligation.id}")
            if found is None:
                return ""
            name = name_for_people(district, obligation.id, number)
            client.create_flow_run_from_deployment(
                found.id,
                name=name,
                tags=run_tags(district, obligation.id, number),
                parameters={"obligation": obligation.id, "period": number},
                idempotency_key=f"{obligation.id}|{number}",
            )
    except DeploymentError:
        return ""
    return name
