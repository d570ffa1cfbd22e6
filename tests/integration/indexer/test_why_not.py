"""Every reason why an NPI is not found, from the number to the index."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest

from directory.domain.errors import EngineUnavailable
from indexer.cli import SEED
from indexer.load import load_seed
from indexer.reporting import Silent
from indexer.sources.dating import Dating
from indexer.sources.nppes import Reading
from indexer.why_not import Explainer, Explanation, Target, as_lines, in_file
from tests.factories.further import PLACES, place, written
from tests.factories.registry import deactivation, individual, number, organization
from tests.fakes.positions import FixedPositions
from tests.integration.indexer.conftest import Site, last_week, today


def explain(site: Site, npi: str, *, days: int = 0, positions: FixedPositions | None = None) -> Explanation:
    composition = site.composition
    name = composition.settings.engine
    making = replace(composition.making(), today=today() + timedelta(days=days))
    target = Target(name, site.index, composition.engine_named(name))
    return Explainer(composition.source, making, positions or site.positions, [target]).explain(npi)


def codes(found: Explanation) -> list[str]:
    return [finding.code for finding in found.findings]


def test_a_file_without_a_main_table_is_no_place_to_look(site: Site) -> None:
    path = site.folder / "pl_pfile_20260101-20260107.csv"
    path.write_bytes(written(PLACES, [place(1)]))
    reading = Reading(site.composition.vocabulary, site.positions, Dating(today(), today()))
    found = in_file(number(1), path, reading)
    assert (found.code, found.blocks) == ("no_main_table", False)


@pytest.mark.parametrize(
    ("npi", "words"), [("12", "ten digits"), ("1234567890", "check digit"), ("0000000006", "starts")]
)
def test_a_number_that_cannot_be(site: Site, npi: str, words: str) -> None:
    found = explain(site, npi)
    assert codes(found) == ["not_an_npi"]
    assert words in found.findings[0].text


def test_nobody_in_the_records(site: Site) -> None:
    assert codes(explain(site, "1234567893")) == ["not_in_records"]


def test_somebody_who_is_found(any_site: Site) -> None:
    any_site.load(individual(1), organization(2))
    any_site.rebuild()
    for serial in (1, 2):
        found = explain(any_site, number(serial))
        (listing,) = any_site.found(number(serial))
        assert (found.findings, found.findable) == ((), {any_site.index.name: (listing.id,)})
        assert as_lines(found)[-1].endswith(f"found as {listing.id}")


def test_a_deactivated_number(any_site: Site) -> None:
    any_site.load(individual(1), day=last_week())
    any_site.load(deactivation(1, "01/22/2026"))
    any_site.rebuild()
    found = explain(any_site, number(1))
    assert codes(found) == ["deactivated"]
    assert "2026-01-22" in found.findings[0].text


def test_expired_evidence_with_its_day(any_site: Site) -> None:
    any_site.load(individual(1))
    any_site.rebuild()
    found = explain(any_site, number(1), days=121)
    assert codes(found) == ["evidence_expired"]
    assert str(today() + timedelta(days=120)) in found.findings[0].text
    assert found.findable == {any_site.index.name: ()}


def test_withdrawn_taxonomies_and_places(any_site: Site) -> None:
    any_site.load(individual(1), organization(2), day=last_week())
    any_site.rebuild()
    any_site.load(individual(1, "122300000X"), organization(2, "282N00000X"))
    any_site.sync()
    assert codes(explain(any_site, number(1))) == ["no_role"]
    assert codes(explain(any_site, number(2))) == ["no_site"]


def test_a_record_that_the_index_has_not_taken_yet(any_site: Site) -> None:
    any_site.load(individual(1))
    assert codes(explain(any_site, number(1))) == ["no_index"]
    any_site.rebuild()
    any_site.load(individual(2), individual(3))
    assert codes(explain(any_site, number(2))) == ["sync_pending"]
    any_site.sync()
    assert codes(explain(any_site, number(2))) == []


def test_no_position_is_said_and_does_not_block(any_site: Site) -> None:
    away = FixedPositions(foreign=["60614"])
    any_site.positions = away
    any_site.load(individual(1))
    any_site.rebuild()
    found = explain(any_site, number(1))
    assert [(item.code, item.blocks) for item in found.findings] == [("no_position", False)]
    assert "outside the state" in found.findings[0].text
    assert found.findable[any_site.index.name]


class _Down:
    name = "elasticsearch"

    def __getattr__(self, name: str) -> Any:
        raise EngineUnavailable("The engine does not answer.")


def test_an_engine_that_is_down_is_part_of_the_answer(site: Site) -> None:
    site.load(individual(1))
    composition = site.composition
    down = _Down()
    explainer = Explainer(composition.source, composition.making(), site.positions, [Target("es", down, down)])
    found = explainer.explain(number(1))
    assert codes(found) == ["engine_down"]
    assert found.findable == {"es": ()}


SEEN = {
    "expired": "evidence_expired",
    "unverified": "no_evidence",
    "role_unconfirmed": "role_not_confirmed",
    "hidden": "hidden",
    "deactivated": "deactivated",
    "withheld_specialty": "withheld",
}


def test_everybody_in_the_demonstration_who_must_not_be_found_has_a_reason(site: Site) -> None:
    load_seed(SEED, site.composition.loading, today(), Silent())
    site.rebuild()
    met = set()
    for raw in orjson.loads((SEED / "practitioners.json").read_bytes()):
        reason = raw.get("must_not_be_found")
        if reason:
            found = explain(site, raw["npi"])
            assert SEEN[reason] in codes(found), (raw["npi"], reason)
            assert found.findable == {"embedded": ()}
            met.add(reason)
    assert met == set(SEEN)


def test_a_row_of_a_file_is_judged_as_a_load_judges_it(site: Site) -> None:
    path = site.file(individual(1), individual(2, "122300000X"), deactivation(3), individual(4, state="XX"))
    today_only = Dating(today(), today())
    reading = Reading(site.composition.vocabulary, site.positions, today_only)
    found = [in_file(number(serial), path, reading) for serial in range(1, 6)]
    assert [item.code for item in found] == [
        "row_loaded", "row_skipped", "row_deactivated", "row_rejected", "not_in_file",
    ]  # fmt: skip
    assert found[1].text == f"{path.name}, line 3: skipped: no taxonomy of this directory."
