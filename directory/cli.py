"""The operator's command line: the database, what people asked to have hidden, backups."""

import logging
import signal
import threading
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click
import orjson

from directory.accounts.account import AccountRole
from directory.bootstrap import Composition, compose, now
from directory.domain.application import NotAllowed
from directory.domain.errors import DirectoryError, InvalidInput, NotFound, RecordsUnavailable
from directory.registration.accounts import KeptAccount
from directory.registration.reports import Outcome

BAD_INPUT, RECORDS_UNAVAILABLE, FAILED = 3, 7, 1
_EXIT_CODES = """\b
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 bad input, 7 records unavailable.
"""
_SHOWN = {None: "unknown", "": "nothing"}
_AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")


class _Commands(click.Group):
    """Says what is wrong and how to mend it, in one line and an exit code, instead of a stack trace."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except DirectoryError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(_exit_code(error))


def _exit_code(error: DirectoryError) -> int:
    if isinstance(error, InvalidInput | NotFound | NotAllowed):
        return BAD_INPUT
    return RECORDS_UNAVAILABLE if isinstance(error, RecordsUnavailable) else FAILED


@click.group(cls=_Commands, epilog=_EXIT_CODES)
@click.pass_context
def main(context: click.Context) -> None:
    """Look after the records of the provider directory.

    The database is the one that DIRECTORY_DATABASE_URL names. Changes reach search with the next `indexer sync`.
    """
    logging.getLogger("alembic").setLevel(logging.WARNING)
    if context.obj is None:
        context.obj = compose()


@main.group()
def database() -> None:
    """Make the database, or look at it."""


@database.command()
@click.pass_obj
def upgrade(here: Composition) -> None:
    """Make the tables, or bring them up to date. Safe to repeat.

    \b
    Example: directory database upgrade
    """
    state = here.maintenance.upgrade()
    click.echo(f"{state.database} is up to date ({state.schema}).")


@database.command()
@_AS_JSON
@click.pass_obj
def status(here: Composition, as_json: bool) -> None:
    """Show what the database holds, and whether it needs an upgrade."""
    state = asdict(here.maintenance.status())
    if as_json:
        _print_json(state)
        return
    for name, value in state.items():
        click.echo(f"{name.replace('_', ' '):<14} {_SHOWN.get(value, value)}")
    if state["schema"] != state["needed"]:
        click.echo("Run `directory database upgrade`.")


@main.command()
@click.argument("npi")
@click.option("--reason", default="", help="Why; kept with the record, shown to nobody.")
@click.pass_obj
def hide(here: Composition, npi: str, reason: str) -> None:
    """Take a practitioner or clinic out of search, whatever is loaded later.

    NPI may be the id of a clinic that has none. Open requests to hide it are settled.

    \b
    Example: directory hide 1234567893 --reason "asked by mail"
    """
    for subject in _subjects(here, npi):
        _report_replies(here, subject)
        done = here.register.hide(subject, reason)
        click.echo(f"{subject[1:]} is {'hidden' if done else 'hidden already'}.")


@main.command()
@click.argument("npi")
@click.pass_obj
def unhide(here: Composition, npi: str) -> None:
    """Let a hidden practitioner or clinic be found again.

    \b
    Example: directory unhide 1234567893
    """
    for subject in _subjects(here, npi):
        done = here.register.unhide(subject)
        click.echo(f"{subject[1:]} {'can be found again' if done else 'was not hidden'}.")


@main.command()
@_AS_JSON
@click.pass_obj
def removals(here: Composition, as_json: bool) -> None:
    """List open requests to correct, hide or remove a listing, oldest first."""
    requests = here.register.open_removals()
    if as_json:
        _print_json([asdict(item) for item in requests])
        return
    for item in requests:
        reply = f", reply to {item.reply_to}" if item.reply_to else ""
        click.echo(f"{item.id}: {item.what.value} {item.subject[1:]}, {item.created_at:%Y-%m-%d %H:%M} UTC{reply}")
        for line in item.message.splitlines():
            click.echo(f"    {line}")
    click.echo(f"{len(requests)} open.")


@main.command()
@click.argument("number", type=int)
@click.argument("resolution")
@click.pass_obj
def settle(here: Composition, number: int, resolution: str) -> None:
    """Close a request; what the person wrote is erased.

    \b
    Example: directory settle 12 "phone corrected"
    """
    here.register.settle(number, resolution)
    click.echo(f"Request {number} is settled.")


@main.group()
def mail() -> None:
    """Send the mails that wait in the records."""


@mail.command("send")
@click.option("--follow", is_flag=True, help="Stay, and send mails as they come, until SIGTERM or Ctrl-C.")
@click.option("--interval", type=click.FloatRange(0.1, 3600), default=2.0, show_default=True, help="Seconds.")
@click.pass_obj
def send_mails(here: Composition, follow: bool, interval: float) -> None:
    """Hand queued mails to the server that DIRECTORY_SMTP_URL names, or into files under the data folder.

    What the server does not take now is tried again, at growing intervals. Safe to repeat.

    \b
    Example: directory mail send --follow
    """
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    while True:
        said = _send_due(here, patient=follow)
        if said:
            click.echo(said)
        if not follow or stopping.wait(interval):
            return


def _send_due(here: Composition, *, patient: bool) -> str:
    """One round; `patient` waits out a database that is down."""
    try:
        sent, failed = here.relay.send_due(now())
    except RecordsUnavailable as error:
        if not patient:
            raise
        return str(error)
    return f"{sent} sent, {failed} to be tried again." if sent or failed or not patient else ""


@main.command("attest-due")
@click.pass_obj
def attest_due(here: Composition) -> None:
    """Queue reminders to practices that last confirmed their details 60, 75 or 85 days ago.

    For a timer, once a day. Each reminder goes out once, however often this runs.
    """
    click.echo(f"{here.practices.remind()} reminders queued.")


@main.command()
@click.pass_obj
def expire(here: Composition) -> None:
    """Take out of every index what was not confirmed for 90 days.

    Also withdraws drafts that nobody touched for half a year, and forgets who reported what 30 days ago. For a
    timer, once a day. No search shows expired listings even where this never runs. Safe to repeat.
    """
    click.echo(f"{here.practices.expire()} listings left the search.")
    click.echo(f"{here.applying.abandon()} drafts that nobody touched for half a year were withdrawn.")
    click.echo(f"{here.reporting.forget()} reports no longer say which client made them.")


@main.command()
@click.pass_context
def daily(context: click.Context) -> None:
    """Do what a timer has to do once a day: `attest-due`, then `expire`. Safe to repeat."""
    context.invoke(attest_due)
    context.invoke(expire)


@main.command()
@_AS_JSON
@click.pass_obj
def reports(here: Composition, as_json: bool) -> None:
    """List fields that are hidden since two people reported them, the case due first at the top."""
    cases = here.reporting.cases()
    if as_json:
        _print_json([asdict(case) for case in cases])
        return
    for case in cases:
        click.echo(f"{case.id}: {case.field.value} of {case.name} ({case.listing_id}), due {case.due_on}")
        for message in case.messages:
            click.echo(f"    {' '.join(message.split())}")
    click.echo(f"{len(cases)} open.")


@main.command("settle-report")
@click.argument("number", type=int)
@click.argument("outcome", type=click.Choice([outcome.value for outcome in Outcome]))
@click.option("--pin", is_flag=True, help="Later reports do not hide the field until the practice changes its listing.")
@click.pass_obj
def settle_report(here: Composition, number: int, outcome: str, pin: bool) -> None:
    """Show a reported field again, once it was verified or the reports were dismissed.

    \b
    Example: directory settle-report 12 dismissed --pin
    """
    here.reporting.settle(number, Outcome(outcome), "operator", pin=pin)
    click.echo(f"Case {number} is settled.")


@main.command()
@_AS_JSON
@click.pass_obj
def quality(here: Composition, as_json: bool) -> None:
    """Show how fresh the evidence is, how many reported fields wait, and how long mending takes."""
    found = here.quality.quality(now())
    counted = [
        {"level": level.value, "checked_within_days": band, "count": count}
        for (level, band), count in sorted(found.listings.items(), key=lambda item: (item[0][0], item[0][1] or 9_999))
    ]
    if as_json:
        _print_json({**asdict(replace(found, listings={})), "listings": counted})
        return
    for line in counted:
        age = f"within {line['checked_within_days']} days" if line["checked_within_days"] else "longer ago"
        click.echo(f"{line['level']}, checked {age}: {line['count']:,}")
    click.echo(f"{found.open_reports} fields hidden by reports, {found.overdue_reports} overdue.")
    click.echo(
        f"Median days to mend: {_SHOWN[None] if found.median_days_to_mend is None else found.median_days_to_mend}"
    )


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def backup(here: Composition, file: Path) -> None:
    """Write all records to a new FILE, while everything goes on.

    \b
    Example: directory backup records-2026-11-25.gz
    """
    made = here.maintenance.back_up(file)
    click.echo(f"{made.rows:,} rows in {file}, SHA-256 {made.sha256}.")


@main.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_obj
def restore(here: Composition, file: Path) -> None:
    """Fill an empty database from a backup FILE: all of it, or nothing.

    \b
    Example: DIRECTORY_DATABASE_URL=sqlite:///new.sqlite directory restore records-2026-11-25.gz
    """
    found = here.maintenance.restore(file)
    click.echo(f"{found.rows:,} rows restored, SHA-256 {found.sha256}. Run `indexer rebuild` now.")


@main.group()
def user() -> None:
    """Look after accounts: make the first administrator and reviewers, give roles, help who is locked out."""


_ROLE = click.Choice([role.value for role in AccountRole])


@user.command("create")
@click.argument("email")
@click.option("--role", "roles", type=_ROLE, multiple=True, help="May be given several times.")
@click.password_option(help="Asked for, unless given; better not given, since others see command lines.")
@click.pass_obj
def create_user(here: Composition, email: str, roles: tuple[str, ...], password: str) -> None:
    """Make an account for EMAIL that can sign in at once.

    Reviewers and administrators set up a second factor when they first sign in.

    \b
    Example: directory user create kim@example.org --role reviewer
    """
    here.account_desk.create(email, password, {AccountRole(role) for role in roles})
    click.echo(f"{email} can sign in{' as ' + ', '.join(roles) if roles else ''}.")


@user.command("list")
@_AS_JSON
@click.pass_obj
def list_users(here: Composition, as_json: bool) -> None:
    """List all accounts with their roles."""
    accounts = here.accounts.every()
    if as_json:
        _print_json([_shown_account(kept) for kept in accounts])
        return
    for kept in accounts:
        marks = ("confirmed" if kept.confirmed_at else "", "second factor" if kept.second_factor else "")
        said = [*sorted(kept.roles), *filter(None, marks), *([] if kept.active else ["disabled"])]
        click.echo(f"{kept.email}: {', '.join(said) or 'nothing'}")
    click.echo(f"{len(accounts)} accounts.")


def _shown_account(kept: KeptAccount) -> dict[str, object]:
    return {
        "email": kept.email,
        "roles": sorted(kept.roles),
        "active": kept.active,
        "confirmed": kept.confirmed_at is not None,
        "second_factor": bool(kept.second_factor),
    }


@user.command("role")
@click.argument("email")
@click.argument("role", type=_ROLE)
@click.option("--take", is_flag=True, help="Take the role away instead.")
@click.pass_obj
def user_role(here: Composition, email: str, role: str, take: bool) -> None:
    """Give the account of EMAIL a ROLE."""
    act = here.account_desk.take if take else here.account_desk.give
    changed = act(email, AccountRole(role))
    click.echo(f"{email} {'no longer is' if take else 'is'} {role}{'' if changed else ' already'}.")


@user.command("disable")
@click.argument("email")
@click.pass_obj
def disable_user(here: Composition, email: str) -> None:
    """Let nobody in with the account of EMAIL. What it looks after stays."""
    here.account_desk.disable(email)
    click.echo(f"{email} is disabled, and signed out everywhere.")


@user.command("enable")
@click.argument("email")
@click.pass_obj
def enable_user(here: Composition, email: str) -> None:
    """Let the account of EMAIL in again."""
    here.account_desk.enable(email)
    click.echo(f"{email} can sign in again.")


@user.command("demonstration")
@click.pass_obj
def demonstration_user(here: Composition) -> None:
    """Make a reviewer to try the demonstration with, and print what to sign in with. Refused on real records."""
    made = here.demonstration_reviewer()
    click.echo("To review what you register, sign in as a reviewer in another browser:")
    click.echo(f"  e-mail    {made.email}\n  password  {made.password}")
    click.echo(f"  instead of a code from a phone, one of these, each once:\n    {'  '.join(made.codes)}")


@user.command("reset-second-factor")
@click.argument("email")
@click.pass_obj
def reset_second_factor(here: Composition, email: str) -> None:
    """Forget the second factor of EMAIL, for somebody who lost phone and recovery codes.

    Make sure first that it is them: with the password alone anybody gets in afterwards.
    """
    here.account_desk.reset_second_factor(email)
    click.echo(f"{email} signs in without second factor, and was signed out everywhere.")


def _subjects(here: Composition, identifier: str) -> tuple[str, ...]:
    found = here.register.subjects_of(identifier.strip())
    if not found:
        raise NotFound(f"The records hold nobody and no clinic under {identifier}: check the number.")
    return found


def _report_replies(here: Composition, subject: str) -> None:
    """Settling erases the addresses, so whoever wants to answer needs them now."""
    for item in here.register.open_removals():
        if item.subject == subject and item.reply_to:
            click.echo(f"Request {item.id} asked for a reply to {item.reply_to}.")


def _print_json(value: object) -> None:
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())
