"""The registry's further tables: more locations, other names and endpoints of the numbers that its main table lists."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import permutations
from pathlib import Path

import pytest

from directory.domain.errors import InvalidInput
from directory.domain.facts import EndpointKind
from directory.domain.place import Point
from directory.registration.loading import OutOfOrder, Tally
from directory.search.listing import Level
from directory.search.query import Query
from indexer.load import Loading
from indexer.sources.archive import Table
from tests.factories import further as make
from tests.factories.registry import deactivation, individual, number, organization, table
from tests.integration.indexer.conftest import Site, last_week, today

DENTIST = "122300000X"
Rows = Sequence[Sequence[str]]


@dataclass
class Files:
    """Archives of one site."""

    site: Site
    made: int = field(default=0)

    def zip(
        self,
        main: Sequence[Mapping[str, str]] = (),
        places: Rows | None = (),
        names: Rows | None = (),
        endpoints: Rows | None = (),
        *,
        day: date | None = None,
        whole: bool = False,
        order: Sequence[int] = (0, 1, 2, 3),
        **options: bool,
    ) -> Loading:
        self.made += 1
        last = day or today()
        first = date(2005, 5, 23) if whole else last - timedelta(days=6)
        span = f"{first:%Y%m%d}-{last:%Y%m%d}"
        tables = [(Table.MAIN, table(main))]
        for kind, columns, rows in (
            (Table.LOCATIONS, make.PLACES, places),
            (Table.OTHER_NAMES, make.NAMES, names),
            (Table.ENDPOINTS, make.ENDPOINTS, endpoints),
        ):
            if rows is not None:
                tables.append((kind, make.written(columns, rows)))
        members = {f"{tables[at][0]}_{span}.csv": tables[at][1] for at in order if at < len(tables)}
        return self.site.load_file(make.archive(self.site.folder / f"{self.made}.zip", members), **options)

    def single(
        self, kind: Table, rows: Rows, *, day: date | None = None, whole: bool = False, **options: bool
    ) -> Loading:
        last = day or today()
        first = date(2005, 5, 23) if whole else last - timedelta(days=6)
        columns = {Table.LOCATIONS: make.PLACES, Table.OTHER_NAMES: make.NAMES, Table.ENDPOINTS: make.ENDPOINTS}[kind]
        path = self.site.folder / f"{kind}_{first:%Y%m%d}-{last:%Y%m%d}.csv"
        path.write_bytes(make.written(columns, rows))
        return self.site.load_file(path, **options)


@pytest.fixture
def files(site: Site) -> Files:
    return Files(site)


def places(site: Site, subject: str) -> list[str]:
    """First lines of the addresses of a subject."""
    record = site.composition.source.record(subject)
    assert record is not None
    held = record.roles if hasattr(record, "roles") else record.sites
    return sorted(item.location.address.line for item in held)


def damaged(files: Files, rows: Rows, *, whole: bool = False) -> Path:
    """A table of today's alone with a stray quote in the row of 2 B ST."""
    first = date(2005, 5, 23) if whole else today()
    path = files.site.folder / f"pl_pfile_{first:%Y%m%d}-{today():%Y%m%d}.csv"
    path.write_bytes(make.written(make.PLACES, rows).replace(b'"2 B ST"', b'"2 "B ST'))
    return path


def test_a_second_location_is_a_listing_with_its_own_phone_and_evidence(any_site: Site) -> None:
    files = Files(any_site)
    done = files.zip(
        [individual(1), organization(2)], [make.place(1), make.place(2, phone="3125550177")], day=last_week()
    )
    assert done.further[Table.LOCATIONS].kept == Tally(added=2)
    any_site.rebuild()
    for serial, phone in ((1, "+13125550199"), (2, "+13125550177")):
        first, second = sorted(any_site.found(number(serial)), key=lambda item: item.card.address.city)
        assert (first.card.address.city, second.card.address.city) == ("Chicago", "Evanston")
        assert second.card.phone == phone
        assert second.checked_on == last_week()
        assert [line.what for line in second.card.evidence if "Secondary" in line.what] == [
            "Secondary practice location"
        ]
        assert {line.level for line in second.card.evidence} == {Level.REGISTRY}
        assert [other.id for other in second.card.elsewhere] == [first.id]
        assert second.point is not None


@pytest.mark.fault(20)
def test_every_row_of_every_table_is_counted_once(files: Files) -> None:
    rows = [
        make.place(1), make.place(1), make.place(1, "100 N EXAMPLE ST", city="CHICAGO", postal="60614"),
        make.place(2), make.place(9), make.place(1, country="CN", state="BEIJING"), make.place(1, state="XX"),
        make.place(1, npi="12"),
    ]  # fmt: skip
    names = [make.name(2, "SPINE PALS"), make.name(1, "SOMEBODY"), make.name(9, "NOBODY"), make.name(2, " ")]
    ends = [
        make.endpoint(1, "FHIR", "https://fhir.example.org/r4"), make.endpoint(1, "FHIR", "fhir.example.org"),
        make.endpoint(2, "DIRECT", "front@direct.example.org"), make.endpoint(2, "CONNECT", "none"),
    ]  # fmt: skip
    done = files.zip([individual(1), organization(2), individual(3, DENTIST)], rows, names, ends)
    counts = done.counts
    for name, expected in (
        ("pl_pfile", (8, 1, 5, 2)),
        ("othername_pfile", (4, 0, 3, 1)),
        ("endpoint_pfile", (4, 1, 2, 1)),
    ):
        found = tuple(counts[f"{name}: {part}"] for part in ("rows", "loaded", "skipped", "rejected"))
        assert found == expected, name
        assert found[0] == sum(found[1:])
    assert counts["pl_pfile: skipped: stated twice"] == 1
    assert counts["pl_pfile: skipped: another row of its number was rejected"] == 1
    assert counts["pl_pfile: skipped: practice location of the main table once more"] == 1
    assert counts["pl_pfile: skipped: number that the main table does not list here"] == 1
    assert (counts["rows"], counts["loaded"], counts["skipped"]) == (3, 2, 1)
    assert "pl_pfile: deactivated" not in counts
    assert done.further[Table.ENDPOINTS].kept == Tally(added=1)
    (kept,) = files.site.composition.loading.latest()
    assert kept.counts == counts
    assert done.rejects is not None
    with done.rejects.open(encoding="utf-8", newline="") as file:
        lines = [(row["line"], row["reason"], row["table"].partition(":")[2][:8]) for row in csv.DictReader(file)]
    assert lines == [
        ("8", "practice state is none of the states", "pl_pfile"), ("9", "NPI is not ten digits", "pl_pfile"),
        ("5", "no name", "othernam"), ("3", "FHIR endpoint is no web address", "endpoint"),
    ]  # fmt: skip


def test_the_order_of_tables_in_the_archive_plays_no_part(files: Files) -> None:
    first = None
    for order in permutations(range(4)):
        done = files.zip([individual(1)], [make.place(1)], order=order, repeat=True)
        assert done.further[Table.LOCATIONS].tally.loaded == 1
        first = first or done
    assert places(files.site, f"p{number(1)}") == ["100 N Example St", "7 Sample Ave"]


def test_rows_of_one_number_need_not_lie_together(files: Files) -> None:
    rows = [make.place(1, "1 A ST"), *(make.place(2, f"{line} B ST") for line in range(1, 40)), make.place(1, "2 C ST")]
    files.zip([individual(1), individual(2)], rows)
    assert places(files.site, f"p{number(1)}") == ["1 A St", "100 N Example St", "2 C St"]


def test_a_later_full_file_takes_back_what_it_no_longer_has(any_site: Site) -> None:
    files = Files(any_site)
    files.zip([individual(1), organization(2)], [make.place(1), make.place(2)], [make.name(2, "SPINE PALS")],
              [make.endpoint(1, "FHIR", "https://fhir.example.org")], day=last_week(), whole=True)  # fmt: skip
    any_site.rebuild()
    assert [len(any_site.found(number(serial))) for serial in (1, 2)] == [2, 2]
    done = files.zip([individual(1), organization(2)], whole=True)
    assert [brought.withdrawn for brought in done.further.values()] == [2, 1, 1]
    any_site.sync()
    assert [len(any_site.found(number(serial))) for serial in (1, 2)] == [1, 1]
    assert any_site.found(number(1))[0].card.endpoints == ()
    assert "pals" not in any_site.found(number(2))[0].name_words


def test_a_week_says_everything_of_its_own_numbers_and_nothing_of_others(files: Files) -> None:
    before = [individual(serial) for serial in (1, 2, 3)]
    files.zip(before, [make.place(serial) for serial in (1, 2, 3)], day=last_week(), whole=True)
    done = files.zip([individual(1), individual(2)], [make.place(2, "8 NEW RD")])
    assert (done.further[Table.LOCATIONS].kept, done.further[Table.LOCATIONS].withdrawn) == (Tally(changed=1), 1)
    assert places(files.site, f"p{number(1)}") == ["100 N Example St"]
    assert places(files.site, f"p{number(2)}") == ["100 N Example St", "8 New Rd"]
    assert places(files.site, f"p{number(3)}") == ["100 N Example St", "7 Sample Ave"]


def test_a_main_table_alone_leaves_other_tables_as_they_are(files: Files) -> None:
    files.zip([individual(1), organization(2)], [make.place(1), make.place(2)], [make.name(2, "SPINE PALS")],
              day=last_week())  # fmt: skip
    files.site.load(individual(1, phone="3125550000"), organization(2, phone="3125550000"))
    for subject in (f"p{number(1)}", f"cn{number(2)}"):
        assert places(files.site, subject) == ["100 N Example St", "7 Sample Ave"]
    record = files.site.composition.source.record(f"cn{number(2)}")
    assert record is not None
    assert record.clinic.other_names == ("Spine Pals",)


def test_a_table_of_its_own_file_joins_what_is_held(files: Files) -> None:
    files.site.load(individual(1), day=last_week())
    done = files.single(Table.LOCATIONS, [make.place(1), make.place(2)])
    assert (done.tally.rows, done.further[Table.LOCATIONS].tally.loaded) == (0, 1)
    assert places(files.site, f"p{number(1)}") == ["100 N Example St", "7 Sample Ave"]
    assert files.single(Table.LOCATIONS, [make.place(1), make.place(2)]).already
    with pytest.raises(OutOfOrder, match="in the order of their dates"):
        files.single(Table.LOCATIONS, [], day=last_week())
    # Its order is its own: the main table of an earlier day than this one may still come.
    files.site.load(individual(1), individual(3), day=last_week() + timedelta(days=1))


def test_what_is_held_of_a_later_day_stays(files: Files) -> None:
    files.zip([individual(1)], [make.place(1)], endpoints=[make.endpoint(1, "FHIR", "https://new.example.org")])
    old = [make.endpoint(1, "FHIR", "https://old.example.org")]
    done = files.zip([individual(1)], [make.place(1, "1 OLD RD")], endpoints=old, day=last_week(), allow_older=True)
    assert [brought.kept.older for table, brought in done.further.items() if table is not Table.OTHER_NAMES] == [1, 1]
    assert places(files.site, f"p{number(1)}") == ["100 N Example St", "7 Sample Ave"]


def test_a_main_address_that_was_a_second_one_is_not_lost_with_it(any_site: Site) -> None:
    files = Files(any_site)
    moved = {"line1": "7 SAMPLE AVE", "city": "EVANSTON", "postal": "602011234"}
    files.zip([individual(1), organization(2)], [make.place(1), make.place(2)], day=last_week(), whole=True)
    files.zip([individual(1, **moved), organization(2, **moved)], whole=True)
    any_site.rebuild()
    for serial in (1, 2):
        (listing,) = any_site.found(number(serial))
        assert (listing.card.address.city, listing.card.phone) == ("Evanston", "+13125550123")
        assert {line.checked_on for line in listing.card.evidence} == {today()}


def test_who_leaves_the_main_table_leaves_with_every_location(any_site: Site) -> None:
    files = Files(any_site)
    files.zip([individual(1), individual(2), organization(3)], [make.place(serial) for serial in (1, 2, 3)],
              [make.name(3, "SPINE PALS")], day=last_week())  # fmt: skip
    any_site.rebuild()
    any_site.load(individual(1, DENTIST), deactivation(2), organization(3, "282N00000X"))
    any_site.sync()
    assert [any_site.found(number(serial)) for serial in (1, 2, 3)] == [(), (), ()]
    record = any_site.composition.source.record(f"cn{number(3)}")
    assert record is not None
    assert (record.sites, record.clinic.other_names) == ((), ())


def test_other_names_are_searched_and_endpoints_answered(any_site: Site) -> None:
    files = Files(any_site)
    files.zip(
        [organization(2, other_organization="THE BACK PLACE")],
        names=[make.name(2, "SPINE PALS"), make.name(2, "THE BACK PLACE"), make.name(2, "EXAMPLE SPINE CENTER, LLC")],
        endpoints=[make.endpoint(2, "FHIR", "https://fhir.example.org/r4"),
                   make.endpoint(2, "DIRECT", "front@direct.example.org")],
    )  # fmt: skip
    any_site.rebuild()
    found = any_site.composition.engine.search(Query(today(), name=("spine", "pals")))
    assert [hit.listing.npi for hit in found.hits] == [number(2)]
    (listing,) = any_site.found(number(2))
    assert [(item.kind, item.address) for item in listing.card.endpoints] == [
        (EndpointKind.DIRECT, "front@direct.example.org"), (EndpointKind.FHIR, "https://fhir.example.org/r4"),
    ]  # fmt: skip
    record = any_site.composition.source.record(f"cn{number(2)}")
    assert record is not None
    assert record.clinic.other_names == ("The Back Place", "Spine Pals")


def test_endpoints_of_kinds_that_are_not_kept_are_counted_and_take_nothing_in(files: Files) -> None:
    done = files.zip([individual(1), individual(2)], endpoints=[make.endpoint(1, "SOAP", "x")], day=last_week())
    assert (done.further[Table.ENDPOINTS].kept, done.further[Table.ENDPOINTS].tally.skipped) == (Tally(unchanged=1), 1)
    files.zip([individual(2)], endpoints=[make.endpoint(2, "FHIR", "https://fhir.example.org")])
    done = files.single(Table.ENDPOINTS, [make.endpoint(2, "CONNECT", "none")])
    assert done.further[Table.ENDPOINTS].kept == Tally(changed=1)
    record = files.site.composition.source.record(f"p{number(2)}")
    assert record is not None
    assert record.endpoints == ()


def test_a_second_location_outside_its_state_is_not_placed(files: Files) -> None:
    files.site.positions = type(files.site.positions)(foreign=["60201"])
    done = files.zip([individual(1)], [make.place(1)])
    assert done.counts["pl_pfile: note: position refused: outside the stated state"] == 1
    files.site.rebuild()
    points = {item.card.address.city: item.point for item in files.site.found(number(1))}
    assert points["Evanston"] is None
    assert isinstance(points["Chicago"], Point)


def test_the_same_archive_again_changes_nothing(files: Files) -> None:
    rows = [individual(1), organization(2)]
    more = {"places": [make.place(1), make.place(2)], "names": [make.name(2, "SPINE PALS")],
            "endpoints": [make.endpoint(1, "FHIR", "https://fhir.example.org")]}  # fmt: skip
    files.zip(rows, **more)
    revision = files.site.composition.source.position()
    done = files.zip(rows, **more, repeat=True)
    assert [brought.kept for brought in done.further.values()] == [
        Tally(unchanged=2),
        Tally(unchanged=1),
        Tally(unchanged=1),
    ]
    assert files.site.composition.source.position() == revision


@pytest.mark.fault(21)
def test_a_further_table_of_another_layout_loads_nothing(files: Files) -> None:
    path = files.site.folder / "pl_pfile_20260101-20260107.csv"
    path.write_bytes(make.written(make.PLACES, [make.place(1)]).replace(b"City Name", b"Town Name"))
    with pytest.raises(InvalidInput, match="Missing: Provider Secondary Practice Location Address - City Name"):
        files.site.load_file(path)
    assert files.site.composition.loading.latest() == ()


@pytest.mark.fault(20)
def test_a_damaged_row_costs_its_own_number_only(files: Files) -> None:
    rows = [make.place(1, "1 A ST"), make.place(2, "2 B ST"), make.place(1, "3 C ST")]
    files.site.load(individual(1), individual(2), day=last_week())
    done = files.site.load_file(damaged(files, rows))
    assert done.counts["pl_pfile: rejected"] == 1
    assert places(files.site, f"p{number(1)}") == ["1 A St", "100 N Example St", "3 C St"]
    assert places(files.site, f"p{number(2)}") == ["100 N Example St"]


@pytest.mark.fault(20)
@pytest.mark.parametrize("sound", [[], ["1 A ST"]])
def test_a_damaged_row_takes_nothing_from_what_is_held_of_its_number(files: Files, sound: Sequence[str]) -> None:
    listed = [individual(serial) for serial in (1, 3)] + [organization(2)]
    held = [make.place(serial, "2 B ST") for serial in (1, 2, 3)]
    files.zip(listed, held, [make.name(2, "SPINE PALS")], day=last_week(), whole=True)
    rows = [make.place(serial, line) for serial in (1, 2) for line in sound]
    broken = [make.place(1, "2 B ST", state="XX"), make.place(2, "2 B ST", state="XX")]
    done = files.zip(listed, [*rows, *broken], [make.name(2, " ")], whole=True)
    brought = done.further[Table.LOCATIONS]
    assert (brought.tally.loaded, brought.tally.skipped, brought.tally.rejected) == (0, len(rows), 2)
    assert (brought.kept, brought.withdrawn) == (Tally(), 1)
    assert done.further[Table.OTHER_NAMES].withdrawn == 0
    for subject in (f"p{number(1)}", f"cn{number(2)}"):
        assert places(files.site, subject) == ["100 N Example St", "2 B St"]
    assert places(files.site, f"p{number(3)}") == ["100 N Example St"]
    record = files.site.composition.source.record(f"cn{number(2)}")
    assert record is not None
    assert record.clinic.other_names == ("Spine Pals",)


@pytest.mark.fault(20)
def test_a_row_cut_short_still_names_its_number(files: Files) -> None:
    files.site.load(individual(2), day=last_week() - timedelta(days=7))
    files.single(Table.LOCATIONS, [make.place(2, "2 B ST")], day=last_week(), whole=True)
    files.site.load_file(damaged(files, [make.place(2, "2 B ST")], whole=True))
    assert places(files.site, f"p{number(2)}") == ["100 N Example St", "2 B St"]


@pytest.mark.fault(23)
def test_an_older_table_alone_brings_nothing_back_that_an_archive_took_away(files: Files) -> None:
    files.zip([individual(1)], [make.place(1)], day=last_week() - timedelta(days=7), whole=True)
    files.zip([individual(1)], whole=True, endpoints=None)
    with pytest.raises(
        OutOfOrder, match=r"2\.zip of .* was loaded before with a newer pl_pfile: load files in the order"
    ):
        files.single(Table.LOCATIONS, [make.place(1)], day=last_week(), whole=True)
    assert places(files.site, f"p{number(1)}") == ["100 N Example St"]
    # The later archive held no endpoints, so these are the latest.
    files.single(Table.ENDPOINTS, [make.endpoint(1, "FHIR", "https://fhir.example.org")], day=last_week())


def test_a_deactivated_number_comes_back_without_its_old_second_locations(files: Files) -> None:
    listed, held = [individual(1), organization(2)], [make.place(1), make.place(2)]
    files.zip(listed, held, day=last_week() - timedelta(days=7))
    files.site.load(deactivation(1), deactivation(2), day=last_week())
    files.site.load(*listed)
    for subject in (f"p{number(1)}", f"cn{number(2)}"):
        assert places(files.site, subject) == ["100 N Example St"]
