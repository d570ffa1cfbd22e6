"""The demonstration's files are read strictly: what is misspelt or unmarked is refused, by file and record."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from directory.domain.errors import InvalidInput
from directory.domain.evidence import Level
from directory.domain.facts import Gender, Known
from directory.domain.place import Point
from indexer.sources.seed import read_seed

TODAY = date(2026, 3, 1)
LOCATION = {
    "address": {"line": "1 Example Ave", "city": "Denver", "state": "CO", "zip": "80205"},
    "position": {"point": {"lat": 39.7, "lon": -104.9}, "precision": "exact", "source": "demonstration"},
}
CHECK = {"level": "practice", "what": "confirmed", "source": "practice", "checked_days_ago": 12, "expires_in_days": 78}
CLINIC = {"id": "larkmere", "demonstration": True, "area": "denver", "name": "Larkmere",
          "sites": [{"location": LOCATION, "evidence": [CHECK]}]}  # fmt: skip
PERSON = {
    "npi": "2000000002", "demonstration": True, "name": {"given": "Ana", "family": "Núñez"}, "gender": "female",
    "taxonomies": ["111N00000X"], "must_not_be_found": "hidden", "hidden": True,
    "roles": [{"id": "2-1", "location": LOCATION, "clinic_id": "larkmere", "confirmed_days_ago": 3,
               "facts": {"telehealth": "yes", "languages": ["en", "es"], "hours": "Mon 8-17"}, "evidence": [CHECK]}],
}  # fmt: skip
LINK = {"clinic_id": "larkmere", "partner_id": "other", "demonstration": True, "confirmed_by_clinic_days_ago": 5}


def write(folder: Path, people: list[Any], clinics: list[Any], links: list[Any]) -> Path:
    named = {"practitioners": people, "clinics": clinics, "links": links}
    for name, records in named.items():
        (folder / f"{name}.json").write_bytes(orjson.dumps(records))
    return folder


def test_records_mirror_the_domain_with_dates_that_count_from_the_day(tmp_path: Path) -> None:
    seed = read_seed(write(tmp_path, [PERSON], [CLINIC], [LINK]), TODAY)
    (person,), (clinic,), (link,) = seed.practitioners, seed.clinics, seed.links
    (role,) = person.roles
    assert (person.practitioner.gender, person.practitioner.hidden) == (Gender.FEMALE, True)
    assert (role.clinic_name, role.confirmed_on) == ("Larkmere", TODAY - timedelta(days=3))
    assert (role.facts.telehealth, role.facts.languages, role.facts.hours) == (Known.YES, ("en", "es"), "Mon 8-17")
    assert role.facts.accepting_new_patients is Known.UNKNOWN
    (check,) = clinic.sites[0].evidence
    assert (check.level, check.checked_on, check.expires_on) == (
        Level.PRACTICE, TODAY - timedelta(days=12), TODAY + timedelta(days=78),
    )  # fmt: skip
    assert role.location == clinic.sites[0].location
    assert role.location.position.point == Point(39.7, -104.9)
    assert (link.confirmed_by_clinic_on, link.confirmed_by_partner_on) == (TODAY - timedelta(days=5), None)


@pytest.mark.parametrize(
    ("people", "message"),
    [
        ([PERSON | {"demonstration": False}], "practitioners.json, record 1: it is not marked as demonstration"),
        ([PERSON, PERSON | {"credentials": "DC"}], "practitioners.json, record 2: unknown field credentials"),
        ([{key: value for key, value in PERSON.items() if key != "name"}], "record 1: 'name' is missing"),
        ([PERSON | {"gender": "F"}], "'F' is not a valid Gender"),
        ([PERSON | {"roles": [PERSON["roles"][0] | {"clinic_id": "nowhere"}]}], "'nowhere' is missing"),  # type: ignore[index]
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, people: list[Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message.replace("(", r"\(")):
        read_seed(write(tmp_path, people, [CLINIC], []), TODAY)


def test_a_missing_folder_says_how_to_name_another(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="--from"):
        read_seed(tmp_path / "absent", TODAY)


def test_what_is_no_json_is_named(tmp_path: Path) -> None:
    folder = write(tmp_path, [], [], [])
    (folder / "links.json").write_text("[{")
    with pytest.raises(InvalidInput, match=r"links\.json is not JSON"):
        read_seed(folder, TODAY)
