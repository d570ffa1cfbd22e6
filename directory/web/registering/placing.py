"""Where an address of a draft is shown, in what a page says of it. Nothing is drawn and nothing is asked for."""

from dataclasses import dataclass

from directory.domain.draft import LocationDraft
from directory.domain.place import METRES_PER_MILE, Point, Precision, distance_m
from directory.search.places import Placement


@dataclass(frozen=True, slots=True)
class Placed:
    """`point` None: unknown. `miles_off` is how far the corrected position lies from the one that we compute.

    `refused` says why nothing would be published there; it is empty where all is well.
    """

    point: Point | None
    corrected: bool
    approximate: bool
    miles_off: float | None
    refused: str


def placed(place: LocationDraft, found: Placement) -> Placed:
    """What to say of a location, of which `found` is the computed position."""
    computed = found.position.point
    refused = found.reason or "What we know of this address lies outside that state."
    return Placed(
        point=place.point or computed,
        corrected=place.point is not None,
        approximate=found.position.precision is Precision.APPROXIMATE,
        miles_off=distance_m(place.point, computed) / METRES_PER_MILE if place.point and computed else None,
        refused=refused if found.quarantined else "",
    )
