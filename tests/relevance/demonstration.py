"""The demonstration data as an application that can be asked, in a folder of its own."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from click.testing import CliRunner

from directory.bootstrap import Composition, compose, now
from directory.search.document import listings
from directory.search.engine import Engine
from directory.search.find import Finder
from directory.search.listing import Listing
from directory.search.places import Places
from directory.understanding.ask import Answer, Asked, Asking
from directory.web.services import Services
from indexer.cli import main as indexer


@dataclass(frozen=True)
class Demonstration:
    """`today` is the day on which the data was loaded: its dates count from there."""

    composition: Composition
    today: date

    @cached_property
    def places(self) -> Places:
        return self.composition.places

    @cached_property
    def listings(self) -> tuple[Listing, ...]:
        """Everything that may be found, in order of id, made from the records and not asked of any engine."""
        making = self.composition.making()
        found = (item for record in self.composition.source.records() for item in listings(record, making))
        return tuple(sorted(found, key=lambda listing: listing.id))

    @cached_property
    def _services(self) -> Services:
        return self.composition.services()

    @cached_property
    def _asking(self) -> Asking:
        return self.through(self._services.engine)

    def ask(self, asked: Asked) -> Answer:
        return self._asking.ask(asked, self.today)

    def through(self, engine: Engine) -> Asking:
        """The application over an engine. Its clock stands still: a busy machine widens as far as an idle one."""
        services = self._services
        finder = Finder(engine, services.ranking, services.vocabulary, monotonic=lambda: 0.0)
        return Asking(finder, services.places, services.reader, services.vocabulary)


def demonstrate(folder: Path) -> Demonstration:
    """Loads and indexes the demonstration data below a folder."""
    environment = {"DIRECTORY_DATA_DIR": str(folder), "DIRECTORY_DATABASE_URL": "", "DIRECTORY_ENGINE": ""}
    composition = compose({"DIRECTORY_DATA_DIR": str(folder), "DIRECTORY_SECRET_KEY": "for tests only"})
    composition.maintenance.upgrade()
    today = now().date()
    _run(environment, (["load", "seed"], ["rebuild"]))
    return Demonstration(composition, today)


def _run(environment: dict[str, str], commands: Iterable[list[str]]) -> None:
    for command in commands:
        done = CliRunner().invoke(indexer, command, env=environment, catch_exceptions=False)
        assert done.exit_code == 0, done.output
