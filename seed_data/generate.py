"""Writes the demonstration records anew: `python -m seed_data.generate`. The same code writes the same bytes."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

from seed_data import encode, exceptions, places
from seed_data.dataset import Dataset, InventedClinic, InventedPractitioner
from seed_data.numbers import Numbers
from seed_data.office import Office
from seed_data.people import Registrar
from seed_data.places import Ground
from seed_data.town import Town

SEED = 20260
FOLDER = Path(__file__).parent


def main() -> None:
    """Write the three JSON files."""
    for name, text in files(build()).items():
        (FOLDER / name).write_text(text, encoding="utf-8")


def files(dataset: Dataset) -> dict[str, str]:
    """Return the text of each JSON file by its name."""
    return {
        "practitioners.json": encode.array(map(encode.practitioner, dataset.practitioners)),
        "clinics.json": encode.array(map(encode.clinic, dataset.clinics)),
        "links.json": encode.array(map(encode.link, dataset.links)),
    }


def build() -> Dataset:
    """Invent everybody. Always the same."""
    shared = Office(Random(SEED), Registrar(), Ground(), Numbers())
    towns = _towns(shared)
    for town in towns:
        town.settle()
    metros = [town for town in towns if town.is_metro]
    exceptions.add_second_addresses(shared, metros)
    people, clinics = exceptions.practitioners(shared, metros), exceptions.clinics(shared, metros)
    return Dataset(
        tuple(sorted((*_practitioners(towns), *people), key=lambda item: (item.area, item.practitioner.npi))),
        tuple(sorted((*_clinics(towns), *clinics), key=lambda item: (item.area, item.clinic.id))),
        tuple(link for town in towns for link in town.links),
    )


def _towns(shared: Office) -> list[Town]:
    """Every area, each with chance of its own, so that a change in one hardly shows in the others."""
    counts = Counter[bool]()
    towns = []
    for area, zips in places.read().items():
        town = Town(replace(shared, rng=Random(f"{SEED}/{area}")), area, zips, 0)
        towns.append(replace(town, number=counts[town.is_metro]))
        counts[town.is_metro] += 1
    return towns


def _practitioners(towns: Iterable[Town]) -> Iterator[InventedPractitioner]:
    for town in towns:
        for worker in town.workers:
            reasons = {role.id: town.role_reasons[role.id] for role in worker.roles if role.id in town.role_reasons}
            yield InventedPractitioner(town.area, worker.practitioner, tuple(worker.roles), None, reasons)


def _clinics(towns: Iterable[Town]) -> Iterator[InventedClinic]:
    for town in towns:
        for place in town.places:
            yield InventedClinic(town.area, place.clinic, tuple(place.sites), None, town.site_reasons)


if __name__ == "__main__":
    main()
