"""What the views work with. `bootstrap` fills it; views never make their own adapters."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from directory.registration.accounts import AccountStore
from directory.registration.applying import Applying
from directory.registration.links import Linking
from directory.registration.practices import Practices
from directory.registration.quality import QualityDesk
from directory.registration.register import Register, RemovalDesk
from directory.registration.reports import Reporting
from directory.registration.reviewing import Reviewing
from directory.search.engine import Engine
from directory.search.places import Places
from directory.search.ranking import Ranking
from directory.understanding.ask import Asking
from directory.understanding.findings.assessment import Assessor
from directory.understanding.reading import Reader
from directory.vocabulary.vocabulary import Vocabulary
from directory.web.boxed_mail import MailBox


@dataclass(frozen=True, slots=True)
class WebSettings:
    """`secret_key` signs form tokens. `trusted_proxies` is how many proxies' X-Forwarded-For is believed.

    Limits are in Flask-Limiter's notation: `rate_limit` of everything by client, `sign_in_limit` of forms about
    accounts by client and account, `report_limit` of reports about listings by client, `account_limit` of the
    registrations API and `look_up_limit` of registry numbers by account. `equal_answer_s`: forms about accounts are
    answered after so many seconds, known or not.
    """

    secret_key: str
    trusted_proxies: int = 0
    rate_limit: str = "120 per minute"
    sign_in_limit: str = "10 per minute; 60 per hour"
    account_limit: str = "60 per minute"
    look_up_limit: str = "20 per minute; 200 per hour"
    equal_answer_s: float = 0.6
    report_limit: str = "10 per hour"
    public_url: str = ""


@dataclass(frozen=True, slots=True)
class Desks:
    """What people do who register, review, look after a listing, or say that something is wrong with one."""

    applying: Applying
    reviewing: Reviewing
    practices: Practices
    reporting: Reporting
    linking: Linking
    quality: QualityDesk
    register: Register


@dataclass(frozen=True, slots=True)
class Services:
    """`now` gives the time in UTC; tests give another. `records_answer` says whether the records can be read now,
    `demonstration` whether what is served is invented. `state` names all that searches are answered from, and is equal
    only while equal searches of a day are answered alike; empty where nobody can tell, else EngineUnavailable."""

    asking: Asking
    engine: Engine
    places: Places
    reader: Reader
    assessor: Assessor
    vocabulary: Vocabulary
    ranking: Ranking
    removals: RemovalDesk
    desks: Desks
    accounts: AccountStore
    mail_box: MailBox | None
    records_answer: Callable[[], bool]
    demonstration: Callable[[], bool]
    state: Callable[[], str]
    now: Callable[[], datetime]
    settings: WebSettings
