"""ranking.toml read into values: the published points by which results are ordered."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from directory.domain.place import METRES_PER_MILE
from directory.search.listing import Field
from directory.search.query import Boost, DistanceBand, FreshnessBand, NamePoints

Text = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Ranking:
    """The points of ranking.toml.

    `fit` and `fit_unconfirmed` map a fit of 1..3 to points, `texts` a factor to its sentence by language.
    """

    version: int
    distance: tuple[DistanceBand, ...]
    freshness: tuple[FreshnessBand, ...]
    name: NamePoints
    fit: Mapping[int, int] = field(hash=False)
    fit_unconfirmed: Mapping[int, int] = field(hash=False)
    condition_stated: int
    condition_usual: int
    treatment_stated: int
    clinic_integrated: int
    clinic_network: int
    accepting: int
    texts: Mapping[str, Text] = field(hash=False)

    def for_specialty(self, code: str, fit: int) -> tuple[Boost, Boost]:
        """The boosts of one specialty that suits the need with a fit of 1..3; only the best of all counts."""
        return (
            Boost("fit", "fit", Field.SPECIALTY_CONFIRMED, (code,), self.fit[fit]),
            Boost("fit", "fit_unconfirmed", Field.SPECIALTY, (code,), self.fit_unconfirmed[fit]),
        )

    def for_condition(self, slug: str) -> tuple[Boost, Boost]:
        """The boosts of a condition: stating it beats what a specialty usually treats."""
        group = f"condition:{slug}"
        return (
            Boost(group, "condition_stated", Field.CONDITION_STATED, (slug,), self.condition_stated),
            Boost(group, "condition_usual", Field.CONDITION_USUAL, (slug,), self.condition_usual),
        )

    def for_treatment(self, code: str) -> Boost:
        return Boost(f"treatment:{code}", "treatment_stated", Field.TREATMENT, (code,), self.treatment_stated)

    def for_clinic_models(self) -> tuple[Boost, Boost]:
        return (
            Boost("clinic_model", "clinic_integrated", Field.CLINIC_MODEL, ("integrated",), self.clinic_integrated),
            Boost("clinic_model", "clinic_network", Field.CLINIC_MODEL, ("network",), self.clinic_network),
        )

    def for_accepting(self) -> Boost:
        return Boost("accepting", "accepting", Field.ACCEPTING, ("yes",), self.accepting)


@cache
def load_ranking() -> Ranking:
    """The ranking that ships with the package."""
    return read_ranking((files("directory.search") / "ranking.toml").read_text(encoding="utf-8"))


def read_ranking(text: str) -> Ranking:
    """A ranking from TOML. Raises KeyError, TypeError or ValueError where the text is not one."""
    raw = tomllib.loads(text)
    return Ranking(
        version=raw["version"],
        distance=tuple(DistanceBand(row["within_miles"] * METRES_PER_MILE, row["points"]) for row in raw["distance"]),
        freshness=tuple(FreshnessBand(row["within_days"], row["points"]) for row in raw["freshness"]),
        name=NamePoints(**raw["name"]),
        fit={int(fit): points for fit, points in raw["fit"].items()},
        fit_unconfirmed={int(fit): points for fit, points in raw["fit_unconfirmed"].items()},
        condition_stated=raw["condition"]["stated"],
        condition_usual=raw["condition"]["usual"],
        treatment_stated=raw["treatment"]["stated"],
        clinic_integrated=raw["clinic_model"]["integrated"],
        clinic_network=raw["clinic_model"]["network"],
        accepting=raw["accepting"]["yes"],
        texts=raw["texts"],
    )
