"""How far a registration is: what stands in the list of steps at the top of every page."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from directory.domain.application import Application
from directory.domain.draft import ClinicDraft, Step
from directory.registration.validation import STEPS, Problem
from directory.web.registering.forms import stored

NAMES = {
    Step.CLINIC: "The clinic",
    Step.LOCATIONS: "Locations",
    Step.KIND: "Kind of clinic",
    Step.PEOPLE: "People",
    Step.CARE: "Insurance and visits",
    Step.PARTNERS: "Referral partners",
}
_MAY_BE_EMPTY = frozenset({Step.CARE, Step.PARTNERS})


class Standing(StrEnum):
    """Of one step, in the words that are shown."""

    DONE = "done"
    OPTIONAL = "optional"
    TO_DO = "to do"
    ATTENTION = "needs attention"


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step in the list: `address` is that of its page."""

    step: Step
    name: str
    address: str
    standing: Standing


_ROWS = {Step.LOCATIONS: "Location", Step.PEOPLE: "Person", Step.PARTNERS: "Partner"}


def said(problem: Problem) -> str:
    """The message with the row that it is about: "Location 2: Choose the state."."""
    row = problem.field.partition(".")[0]
    if problem.step not in _ROWS or not row.isdecimal():
        return problem.message
    return f"{_ROWS[problem.step]} {int(row) + 1}: {problem.message}"


def step_lines(application: Application, problems: Iterable[Problem]) -> tuple[StepLine, ...]:
    """Every step of the application, in order, as it stands."""
    wrong = {problem.step for problem in problems}
    return tuple(
        StepLine(step, NAMES[step], address_of(application, step.value), _standing(application.draft, step, wrong))
        for step in STEPS[application.kind]
    )


def address_of(application: Application, page: str = "") -> str:
    """The address of a page of this application; of its overview without `page`."""
    return f"/registrations/{application.id}" + (f"/{page}" if page else "")


def next_page(application: Application, step: Step) -> str:
    """The page after a step: the next step's, or the one on which everything is looked through."""
    steps = STEPS[application.kind]
    place = steps.index(step) + 1
    return steps[place].value if place < len(steps) else "review"


def _standing(draft: ClinicDraft, step: Step, wrong: set[Step]) -> Standing:
    begun = stored(draft, step) != stored(ClinicDraft(), step)
    if step in wrong:
        return Standing.ATTENTION if begun else Standing.TO_DO
    return Standing.DONE if begun or step not in _MAY_BE_EMPTY else Standing.OPTIONAL
