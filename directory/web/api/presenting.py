"""Answers in the shapes that `schemas` documents, as values for orjson: enumerations, dates and tuples as they are."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import orjson

from directory.domain.facts import CareFacts
from directory.domain.place import METRES_PER_MILE, Place
from directory.guidance.answers import Advice, GuideAnswers, GuideResult
from directory.guidance.notice import Notice
from directory.search.explain import Reason
from directory.search.listing import Field, Kind, Listing
from directory.search.places import Resolution
from directory.search.ranking import Ranking
from directory.search.result import Hit
from directory.understanding.ask import Answer
from directory.understanding.reading import Reading, Span
from directory.vocabulary.vocabulary import Vocabulary
from directory.web.api.guiding import Told
from directory.web.asking import FILTERS
from directory.web.wording import OF_WORDS, Wording

Json = dict[str, Any]
_REMEMBERED = 512
"""Sets of conditions that are kept encoded, about 10 MB at most; of specialties, far less."""
_REMEMBERED_REASONS = 4_096
"""Reasons that are kept encoded, 1 MB at most."""
_PARAMETER = {field: name for name, field in FILTERS.items()}


class Presenter:
    """Shapes answers in one language, "en" or "es"."""

    def __init__(self, vocabulary: Vocabulary, ranking: Ranking, language: str) -> None:
        self._vocabulary = vocabulary
        self._ranking = ranking
        self._wording = Wording(vocabulary, ranking, language)
        self._spanish = language == "es"
        self._encoded_conditions = lru_cache(maxsize=_REMEMBERED)(self._encode_conditions)
        self._encoded_specialties = lru_cache(maxsize=_REMEMBERED)(self._encode_specialties)
        self._encoded_reason = lru_cache(maxsize=_REMEMBERED_REASONS)(self._encode_reason)

    def answer(self, answer: Answer, *, demonstration: bool) -> Json:
        """The search response. Notices come first: nothing may be read before them."""
        found, reading = answer.found, answer.reading
        hits = found.result.hits if found else ()
        reasons = found.reasons if found else ()
        return {
            "notices": [notice_json(notice) for notice in reading.notices] if reading else [],
            "total": found.result.total if found else 0,
            "results": [self.hit(hit, why) for hit, why in zip(hits, reasons, strict=True)],
            "facets": facets_json(found.result.facets) if found else {},
            "location": resolution_json(answer.location),
            "radius_mi": round(found.radius_miles, 2) if found and found.radius_miles is not None else None,
            "widened": bool(found and found.widened),
            "unknown_left_out": {_PARAMETER[name]: n for name, n in found.left_out.items()} if found else {},
            "next": found.next if found else None,
            "understood": reading_json(reading, spanish=self._spanish) if reading else None,
            "ranking_version": self._ranking.version,
            "demonstration": demonstration,
            "served_by_fallback": bool(found and found.result.fallback),
        }

    def hit(self, hit: Hit, why: Iterable[Reason]) -> Json:
        listing = hit.listing
        return self.listing(listing) | {
            "distance_mi": None if hit.distance_m is None else round(hit.distance_m / METRES_PER_MILE, 2),
            "distance_precision": listing.precision,
            "score": hit.points,
            "why": [self._reason(reason) for reason in why],
        }

    def _reason(self, reason: Reason) -> orjson.Fragment:
        return self._encode_reason(reason) if reason.factor in OF_WORDS else self._encoded_reason(reason)

    def _encode_reason(self, reason: Reason) -> orjson.Fragment:
        text = self._wording.reason(reason)
        return _encoded({"factor": reason.factor, "points": reason.points, "text": text})

    def listing(self, listing: Listing) -> Json:
        """One listing, without what belongs to a search."""
        card = listing.card
        return {
            "id": listing.id,
            "kind": listing.kind,
            "npi": listing.npi or None,
            "name": listing.name,
            "credential": card.credential or None,
            "specialties": self._specialties(listing),
            "other_specialty": card.taxonomies if listing.values(Field.SCOPE) else None,
            "conditions": self._conditions(listing),
            "treatments_stated": card.facts.treatments,
            "location": _location_json(listing),
            "facts": _facts_json(listing),
            "clinic": {"id": card.clinic_id, "name": card.clinic_name}
            if listing.kind is Kind.PRACTITIONER and card.clinic_id
            else None,
            "clinic_model": listing.values(Field.CLINIC_MODEL),
            "people": [
                {"npi": person.npi, "name": person.name, "credential": person.credential or None,
                 "specialties": person.specialties}
                for person in card.people
            ],
            "referral_partners": [
                {"id": partner.clinic_id, "name": partner.name, "city": partner.city, "state": partner.state,
                 "disciplines": partner.disciplines}
                for partner in card.partners
            ],
            "other_locations": [{"id": other.id, "label": other.label} for other in card.elsewhere],
            "endpoints": card.endpoints,
            "verification": _verification_json(listing),
            "notices": card.notices,
        }  # fmt: skip

    def guide(self, result: GuideResult, told: Told, *, reviewed: bool) -> Json:
        """The guide's answer. Notices come first here too."""
        return {
            "notices": [notice_json(notice) for notice in result.notices],
            "triage": result.triage.value,
            "recommendations": [
                {"specialty": item.specialty, "name": self._specialty_name(item.specialty), "tier": item.tier.value,
                 "reason": item.reason, "expect": item.expect, "source": item.source, "rule": item.rule}
                for item in result.recommendations
            ],
            "clinic_model": result.clinic_model.value,
            "clinic_reason": _advice_json(result.clinic_reason),
            "self_care": [_advice_json(item) for item in result.self_care],
            "second_opinion": _advice_json(result.second_opinion),
            "prepare": list(result.prepare),
            "understood": _told_json(told.answers),
            "not_understood": {name: list(texts) for name, texts in told.unread.items()},
            "reviewed_by_clinician": reviewed,
        }  # fmt: skip

    def _specialty_name(self, code: str) -> str:
        item = self._vocabulary.specialties[code]
        return item.name_es if self._spanish else item.name

    def _specialties(self, listing: Listing) -> orjson.Fragment:
        confirmed = listing.values(Field.SPECIALTY_CONFIRMED)
        return self._encoded_specialties(listing.values(Field.SPECIALTY), confirmed)

    def _encode_specialties(self, codes: tuple[str, ...], confirmed: tuple[str, ...]) -> orjson.Fragment:
        return _encoded([{"code": c, "name": self._specialty_name(c), "confirmed": c in confirmed} for c in codes])

    def _conditions(self, listing: Listing) -> orjson.Fragment:
        """Stated conditions first; what the specialty usually treats is never mixed with them."""
        return self._encoded_conditions(listing.values(Field.CONDITION_STATED), listing.values(Field.CONDITION_USUAL))

    def _encode_conditions(self, stated: tuple[str, ...], usual: tuple[str, ...]) -> orjson.Fragment:
        """Encoded once for all listings that treat the same: a hundred conditions each would be most of the work."""
        others = (slug for slug in usual if slug not in stated)
        pairs = (*((slug, "stated") for slug in sorted(stated)), *((slug, "usual") for slug in others))
        known = (self._condition(slug, basis) for slug, basis in pairs if slug in self._vocabulary.conditions)
        return _encoded(list(known))

    def _condition(self, slug: str, basis: str) -> Json:
        item = self._vocabulary.conditions[slug]
        name = item.name_es if self._spanish else item.name
        return {"slug": slug, "name": name, "icd10": list(item.icd10), "basis": basis}


def _encoded(value: object) -> orjson.Fragment:
    return orjson.Fragment(orjson.dumps(value))


def notice_json(notice: Notice) -> Json:
    return {
        "kind": notice.kind,
        "level": notice.level.value,
        "language": notice.language,
        "text": notice.text,
        "phone": notice.phone,
        "source": notice.source,
    }


def _advice_json(advice: Advice | None) -> Json | None:
    return None if advice is None else {"kind": advice.kind, "text": advice.text, "source": advice.source}


def _told_json(answers: GuideAnswers) -> Json:
    return {
        "symptoms": list(answers.symptoms),
        "history": list(answers.history),
        "treatments_tried": [item.code for item in answers.treatments_tried],
        "diagnosis": list(answers.diagnosis),
        "red_flags": list(answers.red_flags),
        "preferences": [item.value for item in answers.preferences],
    }


def place_json(place: Place) -> Json:
    return {
        "type": place.kind.value,
        "label": place.label,
        "city": place.city or None,
        "state": place.state or None,
        "zip": place.zip or None,
        "lat": None if place.point is None else round(place.point.lat, 4),
        "lon": None if place.point is None else round(place.point.lon, 4),
    }


def resolution_json(resolution: Resolution | None) -> Json | None:
    if resolution is None:
        return None
    return {
        "resolved": None if resolution.place is None else place_json(resolution.place),
        "candidates": [place_json(place) for place in resolution.candidates],
        "reason": resolution.reason,
    }


def facets_json(facets: Mapping[Field, Mapping[str, int]]) -> Json:
    """Parameter name -> values with their counts, most first."""
    return {
        _PARAMETER[field]: [{"value": value, "count": counts[value]} for value in _most_first(counts)]
        for field, counts in facets.items()
        if field in _PARAMETER
    }


def _most_first(counts: Mapping[str, int]) -> list[str]:
    """By name, then by count with the order by name kept: two sorts without a key made for each take half the time."""
    return sorted(sorted(counts), key=counts.__getitem__, reverse=True)


def span_json(span: Span) -> Json:
    return {"start": span.start, "end": span.end, "kind": span.kind, "code": span.code}


def reading_json(reading: Reading, *, spanish: bool) -> Json:
    """What was understood, each part with the characters it came from."""
    return {
        "triage": reading.triage.value,
        "notices": [notice_json(notice) for notice in reading.notices],
        "specialties": [
            {"code": item.code, "reason": item.reason, "fit": item.fit,
             "span": span_json(item.span) if item.span else None}
            for item in reading.specialties
        ],
        "conditions": [
            {"slug": item.slug, "icd10": list(item.icd10), "name": item.name, "span": span_json(item.span)}
            for item in reading.conditions
        ],
        "treatments": [
            {"code": item.code, "name": item.name, "status": item.status, "helped": item.helped,
             "weeks": item.weeks, "span": span_json(item.span)}
            for item in reading.treatments
        ],
        "symptoms": [
            {"code": item.code, "name": item.name, "span": span_json(item.span)} for item in reading.symptoms
        ],
        "duration_weeks": reading.duration_weeks,
        "location": _read_location_json(reading),
        "filters": {
            key: list(value) if isinstance(value, tuple) else value for key, value in reading.filters.items()
        },
        "negations": [
            {"kind": item.kind, "code": item.code, "span": span_json(item.span)} for item in reading.negations
        ],
        "unanswerable": [
            {"code": item.code, "text": item.text_es if spanish else item.text, "span": span_json(item.span)}
            for item in reading.unanswerable
        ],
        "radius_mi": reading.radius_miles,
        "name": reading.name or None,
        "language": reading.language,
        "out_of_scope": reading.out_of_scope or None,
        "spans": [span_json(span) for span in reading.spans],
    }  # fmt: skip


def _read_location_json(reading: Reading) -> Json:
    location = reading.location
    place = place_json(location.place) if location.place else {}
    return {
        "type": location.type,
        "label": place.get("label"),
        "city": place.get("city"),
        "state": place.get("state"),
        "zip": place.get("zip"),
        "lat": place.get("lat"),
        "lon": place.get("lon"),
        "candidates": [place_json(candidate) for candidate in location.candidates],
    }


def _location_json(listing: Listing) -> Json:
    address, point = listing.card.address, listing.point
    return {
        "line": address.line,
        "line2": address.line2 or None,
        "city": address.city,
        "state": address.state,
        "zip": address.zip,
        "lat": None if point is None else round(point.lat, 5),
        "lon": None if point is None else round(point.lon, 5),
        "phone": listing.card.phone or None,
        "website": listing.card.website or None,
        "hours": listing.card.facts.hours or None,
    }


def _facts_json(listing: Listing) -> orjson.Fragment:
    """What the practice states; an empty list or "unknown" is not known, never a no."""
    return _encoded_facts(listing.card.facts, next(iter(listing.values(Field.GENDER)), "unknown"))


@lru_cache(maxsize=_REMEMBERED)
def _encoded_facts(facts: CareFacts, gender: str) -> orjson.Fragment:
    """Most practices state nothing, or the same as others."""
    return _encoded(
        {
            "accepting_new_patients": facts.accepting_new_patients,
            "telehealth": facts.telehealth,
            "board_certified": facts.board_certified,
            "gender": gender,
            "languages": facts.languages,
            "insurance": facts.insurance,
            "accessibility": facts.accessibility,
            "age_groups": facts.age_groups,
            "open_days": facts.open_days,
        }
    )


def _verification_json(listing: Listing) -> Json:
    return {
        "level": next(iter(listing.values(Field.LEVEL)), "registry"),
        "checked_on": listing.checked_on,
        "expires_on": listing.expires_on,
        "sources": [
            {"level": line.level, "what": line.what, "source": line.source,
             "checked_on": line.checked_on, "expires_on": line.expires_on}
            for line in listing.card.evidence
        ],
    }  # fmt: skip
