"""What the mails say. `base` is the public address of the site, without a slash at its end."""

from dataclasses import dataclass

from directory.domain.application import Action, Application
from directory.registration.mail import Mail

APPLICATION_PATH = "/registrations/{id}"
STILL_RIGHT_PATH = "/still-right/{token}"
INVITATION_PATH = "/partners/{token}"
_CLOSE = "\n\nThe provider directory for back pain"
_TOLD = {
    Action.SUBMIT: ("We received your registration", "A reviewer will look at it. You need to do nothing now."),
    Action.BEGIN_REVIEW: ("Your registration is being reviewed", "A reviewer has begun to look at it."),
    Action.ASK_MORE: ("Your registration needs something more", "A reviewer asks:"),
    Action.ENDORSE: ("Your registration is being reviewed", "One of two reviewers has approved it."),
    Action.APPROVE: ("Your listing is approved", "It is found in the search from now on."),
    Action.DECLINE: ("Your registration was declined", "The reason:"),
    Action.WITHDRAW: ("Your registration was withdrawn", "Nothing of it is shown."),
}


@dataclass(frozen=True, slots=True)
class Letters:
    """Makes mails; `base` such as "https://directory.example.org"."""

    base: str

    def of_move(self, application: Application, action: Action, why: str) -> Mail:
        """Tells the applicant of a move."""
        subject, text = _TOLD[action]
        reason = f"\n\n{why.strip()}" if why.strip() else ""
        link = self.base + APPLICATION_PATH.format(id=application.id)
        return Mail(application.email, subject, f"{text}{reason}\n\n{link}{_CLOSE}")

    def reminder(self, to: str, name: str, days_left: int, token: str) -> Mail:
        """Asks whether a listing is still right; the token answers with one click."""
        link = self.base + STILL_RIGHT_PATH.format(token=token)
        text = (
            f"The details of {name} were last confirmed some time ago. In {days_left} days the listing leaves the "
            f"search unless you confirm them. If everything is still right, open this page and press the button:"
        )
        return Mail(to, "Is your listing still right?", f"{text}\n\n{link}{_CLOSE}")

    def expired(self, to: str, name: str, token: str) -> Mail:
        """Tells that a listing left search, and how it comes back."""
        link = self.base + STILL_RIGHT_PATH.format(token=token)
        text = (
            f"The details of {name} were not confirmed for 90 days, so the listing has left the search. Nothing is "
            f"lost. If everything is still right, open this page and press the button, and it is found again:"
        )
        return Mail(to, "Your listing has left the search", f"{text}\n\n{link}{_CLOSE}")

    def invitation(self, to: str, clinic: str, token: str) -> Mail:
        """Asks a clinic to confirm that both refer patients to one another."""
        link = self.base + INVITATION_PATH.format(token=token)
        text = (
            f"{clinic} states that your clinics refer patients to one another. Nothing is shown unless you confirm it, "
            f"which you can do here after signing in:"
        )
        return Mail(to, f"{clinic} invites you as a referral partner", f"{text}\n\n{link}{_CLOSE}")
