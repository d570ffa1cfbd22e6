"""The whole site over the demonstration data: real records, a real index, real pages."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask

from directory.bootstrap import Composition, compose
from directory.search.find import Finder
from directory.search.ranking import load_ranking
from directory.understanding.ask import Asking
from directory.understanding.reading import Reader
from directory.web.app import create_app
from directory.web.services import Services, WebSettings
from indexer.cli import SEED
from indexer.load import load_seed
from indexer.rebuild import rebuild
from indexer.reporting import Silent


@dataclass(frozen=True, slots=True)
class Site:
    """The application and what it stands on."""

    app: Flask
    services: Services
    composition: Composition


def demonstration(folder: Path) -> Composition:
    """The demonstration data, loaded and indexed below a folder."""
    here = compose({"DIRECTORY_DATA_DIR": str(folder)})
    here.maintenance.upgrade()
    load_seed(SEED, here.loading, datetime.now(UTC).date(), Silent())
    rebuild(here.source, here.index("embedded"), here.making(), Silent())
    return here


SETTINGS = WebSettings(secret_key="test", demonstration=True, rate_limit="100000 per minute")


def site(here: Composition, reader: Reader, settings: WebSettings = SETTINGS) -> Site:
    """The site over loaded records, with a reader."""
    asking = Asking(Finder(here.engine, load_ranking(), here.vocabulary), here.places, reader, here.vocabulary)
    services = Services(
        asking=asking,
        engine=here.engine,
        places=here.places,
        reader=reader,
        vocabulary=here.vocabulary,
        ranking=load_ranking(),
        removals=here.register,
        records_answer=lambda: True,
        now=lambda: datetime.now(UTC),
        settings=settings,
    )
    return Site(create_app(services), services, here)
