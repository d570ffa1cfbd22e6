"""The committed files: what the generator writes, in the form that seed_data/README.md describes."""

import dataclasses
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from directory.domain.clinic import Clinic, ReferralLink, Site
from directory.domain.evidence import Evidence
from directory.domain.facts import CareFacts, Contact
from directory.domain.place import Address, Position
from directory.domain.practitioner import Location, PersonName, Practitioner, Role
from indexer.sources.seed import read_seed
from seed_data import generate
from seed_data.checks import LOAD_DAY
from seed_data.dataset import Dataset

ROOT = Path(__file__).resolve().parents[3]
NAMES = ("practitioners.json", "clinics.json", "links.json")
OWN_FIELDS = {"demonstration", "area", "must_not_be_found"}


def committed(name: str) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = json.loads((ROOT / "seed_data" / name).read_text(encoding="utf-8"))
    return records


def written(of: type) -> set[str]:
    """Names under which the fields of a dataclass are written."""
    names = {field.name for field in dataclasses.fields(of)}
    dates = {name for name in names if name.endswith("_on")}
    days = {"expires_in_days" if name == "expires_on" else f"{name.removesuffix('_on')}_days_ago" for name in dates}
    return names - dates | days


@pytest.mark.parametrize("name", NAMES)
def test_committed_file_is_what_the_generator_writes(name: str, dataset: Dataset) -> None:
    text = (ROOT / "seed_data" / name).read_text(encoding="utf-8")
    assert text == generate.files(dataset)[name], "run `python -m seed_data.generate` and commit what it writes"


def test_output_does_not_depend_on_the_process() -> None:
    script = "import hashlib, seed_data.generate as g; "
    script += "print(hashlib.sha256(''.join(g.files(g.build()).values()).encode()).hexdigest())"
    environment = os.environ | {"PYTHONHASHSEED": "4242", "PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    here = "".join(generate.files(generate.build()).values())
    assert run.stdout.strip() == hashlib.sha256(here.encode()).hexdigest()


@pytest.mark.parametrize("name", NAMES)
def test_every_record_is_marked_as_demonstration(name: str) -> None:
    assert [record for record in committed(name) if record["demonstration"] is not True] == []


def test_the_loader_reads_back_what_was_generated(dataset: Dataset) -> None:
    seed = read_seed(ROOT / "seed_data", LOAD_DAY)
    assert [(entry.practitioner, entry.roles) for entry in seed.practitioners] == [
        (item.practitioner, item.roles) for item in dataset.practitioners
    ]
    assert [(entry.clinic, entry.sites) for entry in seed.clinics] == [
        (item.clinic, item.sites) for item in dataset.clinics
    ]
    assert list(seed.links) == [item.link for item in dataset.links]


@pytest.mark.parametrize("name", NAMES)
def test_a_record_is_a_line(name: str) -> None:
    lines = (ROOT / "seed_data" / name).read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(committed(name)) + 2
    assert all(json.loads(line.removesuffix(",")) for line in lines[1:-1])


def test_fields_of_practitioners_are_those_of_the_domain() -> None:
    for record in committed("practitioners.json"):
        assert set(record) <= written(Practitioner) | OWN_FIELDS | {"roles"}
        assert set(record["name"]) <= written(PersonName)
        for role in record["roles"]:
            assert set(role) <= (written(Role) | {"must_not_be_found"}) - {"npi", "clinic_name"}
            assert_parts(role)


def test_fields_of_clinics_are_those_of_the_domain() -> None:
    for record in committed("clinics.json"):
        assert set(record) <= written(Clinic) | OWN_FIELDS | {"sites"}
        for site in record["sites"]:
            assert set(site) <= written(Site) | {"must_not_be_found"}
            assert_parts(site)


def test_fields_of_links_are_those_of_the_domain() -> None:
    for record in committed("links.json"):
        assert set(record) <= written(ReferralLink) | OWN_FIELDS - {"area"}


def assert_parts(record: dict[str, Any]) -> None:
    location = record["location"]
    assert set(location) == written(Location) - {"id"}
    assert set(location["address"]) <= written(Address)
    assert set(location["position"]) <= written(Position)
    assert set(record.get("contact", {})) <= written(Contact)
    assert set(record.get("facts", {})) <= written(CareFacts)
    assert all(set(item) <= written(Evidence) for item in record.get("evidence", []))
