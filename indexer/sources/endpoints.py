"""Endpoints (NPPES endpoint_pfile): where programs reach a practice.

Source: CMS, NPPES Data Dissemination, read-me and file header. Kept are FHIR servers and Direct mailboxes. The other
kinds hold gateways that only partners may call, web sites, or a word such as "n/a".
"""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from directory.domain.facts import Endpoint, EndpointKind
from indexer.sources.columns import Finding, Reader, Stated
from indexer.sources.outcome import Rejected, Skipped

_COLUMNS = {"kind": "Endpoint Type", "address": "Endpoint"}
_KINDS = {kind.value.upper(): kind for kind in EndpointKind}
_MAILBOX = re.compile(r"[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\"]+")
_LONGEST = 500


def _read(line: int, npi: str, cells: Mapping[str, str]) -> Finding[Endpoint]:
    kind = _KINDS.get(cells["kind"].strip().upper())
    if kind is None:
        return Skipped(line, npi, "endpoint of a kind that is not kept")
    address = cells["address"].strip()
    if len(address) > _LONGEST:
        return Rejected(line, npi, f"endpoint of more than {_LONGEST} characters")
    if kind is EndpointKind.FHIR and not _is_url(address):
        return Rejected(line, npi, "FHIR endpoint is no web address")
    if kind is EndpointKind.DIRECT and not _MAILBOX.fullmatch(address):
        return Rejected(line, npi, "Direct endpoint is no mailbox")
    return Stated(line, npi, Endpoint(kind, address))


def _is_url(text: str) -> bool:
    """An http or https address without a name and password in it."""
    if any(letter.isspace() or letter in '<>"' for letter in text):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and parts.username is None


ENDPOINTS = Reader(_COLUMNS, _read)
