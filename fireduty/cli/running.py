"""`fireduty init`, `up`, `beat` and `doctor`: one machine, everything on it."""

import time
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fireduty import clock, settings
from fireduty.cli.options import AsOf, Data, Json, day, open_district, own_regulations
from fireduty.cli.output import print_json, print_rows, progress, say
from fireduty.errors import SettingsError, StartError
from fireduty.settings import Settings

if TYPE_CHECKING:
    from deployments.installation import Installation
    from tasks.district import District

USUAL_WEB_PORT = 8200
HEARTBEAT_SECONDS = 180
"""How long `up` waits for the first heartbeat before it says what there is to see."""


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(init)
    app.command()(up)
    app.command()(beat)
    app.command()(doctor)


def init(
    in_force_on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day for whose duties you answer; today.")
    ] = None,
    regulation: Annotated[
        list[str] | None, typer.Option(help="A regulation in force here; give several times.")
    ] = None,
    division: Annotated[str, typer.Option(help="GB/T 2260 code of the district.")] = "310107",
    data: Data = None,
) -> None:
    """Make a new data folder for a district."""
    from models.packs import load
    from tasks.agenda import put_in_force
    from tasks.district import District

    folder = settings.data_folder(data)
    if (folder / settings.FILE_NAME).exists():
        message = f"{folder}: there is a district in it already"
        raise SettingsError(message, "Give another folder with --data.")
    named = dict.fromkeys([*(regulation or ["putuo-2020"]), settings.ADMINISTRATION])
    chosen = tuple(load(name, own=own_regulations(folder)).id for name in named)
    first_on = day(in_force_on) or clock.today()
    setup = Settings(folder=folder, division=division, regulations=chosen, in_force_on=first_on)
    settings.save(setup)
    with District.open(setup) as district:
        put_in_force(district, first_on)
    say(f"made: {folder}; next: fireduty register import FILE --data {folder}")


def up(
    demo: Annotated[bool, typer.Option("--demo", help="Run the demonstration district.")] = False,
    as_of: AsOf = None,
    port: Annotated[int, typer.Option(help="Port of Prefect's server, if it is free.")] = 4200,
    data: Data = None,
) -> None:
    """Start everything on this machine: Prefect's server and worker, the schedules, and with --demo a mail server.

    Runs until Ctrl-C, which stops all of it cleanly.
    """
    from deployments.health import health
    from deployments.installation import Installation, free_port
    from tasks.agenda import put_in_force

    if as_of is not None and not demo:
        message = "--as-of goes with --demo; a real district lives in real time"
        raise typer.BadParameter(message)
    district, mail_port = _demonstration(data, day(as_of)) if demo else (open_district(data), 0)
    with district:
        put_in_force(district, district.settings.in_force_on)  # takes up a regulation that was added since
        say("starting Prefect's server and worker; the first start takes a minute or two")
        web_port = free_port(USUAL_WEB_PORT)
        with Installation(district, mail_port=mail_port, web_port=web_port, port=port, say=say) as installation:
            before = health(district.settings, installation.api_url).heartbeat_at
            installation.queue_today()
            _await_heartbeat(installation, before)
            _print_glance(district, installation, mail_port)
            installation.run()
            say("stopping")
    say("stopped; nothing is lost, `fireduty up` goes on from here")


def beat(data: Data = None, as_json: Json = False) -> None:
    """Do by hand what the heartbeat does: open and remind whatever is due now. Needs no Prefect server."""
    from evidence.ledger import Act
    from flows.catalogue import process_named
    from tasks.agenda import put_in_force
    from tasks.beating import beat as beat_once

    with open_district(data) as district:
        put_in_force(district, district.settings.in_force_on)
        done = beat_once(district, Act("system:command", clock.now()), process_named)
    found = {
        "cases": done.cases,
        "duties": done.duties,
        "notices": done.reminded.by_rung,
        "skipped": done.reminded.skipped,
    }
    if as_json:
        print_json(found)
    else:
        say(f"{done.cases} cases and {done.duties} duties opened, {done.reminded.notices} reminders caused")


def doctor(data: Data = None, as_json: Json = False) -> None:
    """Look over this installation: what is wrong, and how to mend it. Ends with status 3 where something is."""
    from fireduty.cli.checkup import examine

    findings = examine(settings.data_folder(data))
    if as_json:
        print_json([vars(finding) for finding in findings])
    else:
        for finding in findings:
            say(
                f"{'ok  ' if finding.holds else 'FAIL'}  {finding.part}: {finding.says}", "" if finding.holds else "red"
            )
            if not finding.holds:
                say(f"      mend: {finding.mend}")
    if not all(finding.holds for finding in findings):
        raise typer.Exit(3)


def _demonstration(data: Path | None, as_of: date | None) -> tuple["District", int]:
    from deployments.demonstration import prepare, run_up_days
    from fireduty.cli.plans import EXAMPLE

    if not EXAMPLE.exists():
        message = f"{EXAMPLE}: the example register is missing"
        raise StartError(message, "Run the demonstration from a checkout of the project.")
    folder = data or Path("demo")
    with progress("living through the weeks before", run_up_days()) as step:
        return prepare(folder, EXAMPLE, as_of, lambda lived: step(lived.isoformat()))


def _await_heartbeat(installation: "Installation", before: datetime | None) -> None:
    """Wait until Prefect has finished a heartbeat newer than `before`, so that there is something to see."""
    from deployments.health import health

    begun = time.monotonic()
    with progress("waiting for the first heartbeat", HEARTBEAT_SECONDS) as step:
        while time.monotonic() - begun < HEARTBEAT_SECONDS:
            found = health(installation.district.settings, installation.api_url).heartbeat_at
            if found is not None and found != before:
                return
            time.sleep(1)
            step()
    say("the first heartbeat takes long; the worker's log tells more: logs/worker.log in the data folder")


def _print_glance(district: "District", installation: "Installation", mail_port: int) -> None:
    from tasks.today import glance

    today = clock.today()
    with district.database.reading() as connection:
        found = glance(connection, district, today)
    folder = district.settings.folder
    typer.echo(f"\nFireduty · {today:%Y-%m-%d} · {district.regulations[0].title}")
    happened, states = found["today"], found["states"]
    typer.echo(
        f"今天: 新开 {happened['duties_opened']} 项, 产生通知 {happened['notices_caused']} 条, 收到材料"
        f" {happened['submissions']} 份, 已发邮件 {happened['messages_sent']} 封"
    )
    typer.echo(
        f"现状: 待办 {states.get('open', 0)}, 待审核 {states.get('submitted', 0)}, 退回 {states.get('returned', 0)},"
        f" 已办结 {states.get('accepted', 0)}, 其中逾期未办结 {states['overdue']}"
    )
    print_rows(found["overdue"], {"ref": "条款", "title": "职责", "duties": "逾期", "since": "自"}, "逾期最多的职责")
    where: dict[str, Any] = {
        "Prefect": installation.page_url,
        "日历订阅": f"{installation.web_url}/feeds/…（fireduty calendar feed-token 主体代码）",
        "数据": folder,
        "日志": folder / "logs",
    }
    if mail_port:
        where["邮件"] = f"{folder / 'mail'} (SMTP 127.0.0.1:{mail_port})"
    for name, place in where.items():
        typer.echo(f"{name}: {place}")
    typer.echo(f"试试: fireduty duty list --overdue --data {folder}")
    typer.echo(f"      fireduty ledger verify --data {folder}")
    typer.echo("Ctrl-C 停止")
