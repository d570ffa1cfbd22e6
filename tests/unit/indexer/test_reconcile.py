"""Record and index are merged in one pass, whatever ids clinics have."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from directory.domain.clinic import Clinic
from directory.search.source import ClinicRecord
from indexer.reconcile import _in_order


def record(name: str) -> ClinicRecord:
    return ClinicRecord(Clinic(name, name, deactivated_on=date(2026, 1, 1)), (), (), (), "", 1)


IDS = st.sets(st.text("ab-_.0Z", min_size=1, max_size=5).filter(lambda text: "." not in text), max_size=40)


@given(IDS)
def test_records_come_in_the_order_of_their_listings(names: set[str]) -> None:
    records = [record(name) for name in sorted(names)]
    ordered = [f"{item.subject}." for item in _in_order(records)]
    assert ordered == sorted(f"c{name}." for name in names)
