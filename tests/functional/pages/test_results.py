"""Pages of results: what is said, what can be changed, and that nothing is lost on the way."""

import gc
import re
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from tests.functional.pages.conftest import Element, Page, form_of, parameters, parsed

CHICAGO = "Chicago, IL"


def cards(document: Element) -> list[Element]:
    return document.all("li", of="card")


def chip(document: Element, label: str) -> Element:
    found = [item for item in document.all("li", of="chip") if item.all("span")[0].text == label]
    assert len(found) == 1, f"{label} in {[item.text for item in document.all('li', of='chip')]}"
    return found[0]


def total(document: Element) -> int:
    return int(re.match(r"[\d,]+", document.one(of="results__count").text).group().replace(",", ""))


def names(document: Element) -> list[str]:
    return [card.one("h3").text for card in cards(document)]


def test_position_and_distance_are_in_the_text_of_each_card(page: Page) -> None:
    document = page("/search", near=CHICAGO)
    found = total(document)
    for number, card in enumerate(cards(document), 1):
        standing = card.one(of="card__standing").text
        distance = r"((about )?[\d.]+ miles?|less than 0\.1 miles|The position of this address is not known\.)"
        assert re.fullmatch(rf"{number} of {found} ?, ?{distance}", standing), standing


def test_approximate_positions_say_about_and_never_nothing(page: Page) -> None:
    document = page("/search", near="60614", limit=100, radius_mi=250)
    marked = [card for card in cards(document) if "about " in card.one(of="card__standing").text]
    assert marked
    for card in marked:
        assert "This position is approximate" in card.text
        assert not re.search(r"about 0\b", card.text)


def test_every_card_says_what_was_checked_and_that_no_licence_was(page: Page) -> None:
    for card in cards(page("/search", near=CHICAGO)):
        line = card.one(of="verification__line").text
        assert re.match(
            r"(In the national registry as of|Confirmed by the practice on|Checked by a reviewer on) \w+ \d+, \d{4}\."
            r" Holds until \w+ \d+, \d{4}\.$",
            line,
        ), line
        assert "Licence not checked here" in card.one(of="verification__licence").text
        assert card.one("details", of="checked").all("li")


def test_the_points_that_are_shown_sum_to_the_score(page: Page) -> None:
    for card in cards(page("/search", near=CHICAGO, q="sciatica")):
        why = card.one("details", of="why")
        points = [int(row.one("td").text.lstrip("+")) for row in why.one("tbody").all("tr")]
        assert points
        assert sum(points) == int(why.one("tfoot").one("td").text)
        assert f"{sum(points)} points" in why.one("summary").text


def test_stated_and_usual_conditions_are_told_apart(page: Page) -> None:
    document = page("/search", near=CHICAGO, condition="sciatica", radius_mi=100, limit=100)
    labels = {"States that they treat": 0, "Specialty usually treats": 0}
    for card in cards(document):
        treats = card.all("p", of="treats")
        assert treats, "who is found by a condition shows why"
        for line in treats:
            label = next(label for label in labels if line.text.startswith(label))
            labels[label] += 1
            assert line.text == f"{label} Sciatica"
    assert all(labels.values()), labels


def test_the_list_comes_before_its_filters(page: Page) -> None:
    document = page("/search", near=CHICAGO)
    order = [item for item in document.walk() if item.attributes.get("id") in ("hit-1", "filters")]
    assert [item.attributes["id"] for item in order] == ["hit-1", "filters"]
    assert document.one("a", of="toolbar__jump").attributes["href"] == "#filters"


def test_phones_can_be_called(page: Page) -> None:
    links = page("/search", near=CHICAGO).all("a", of="contact__phone")
    assert links
    for link in links:
        assert re.fullmatch(r"tel:\+1\d{10}", link.attributes["href"])
        assert re.search(r"\(\d{3}\) 555-01\d\d", link.text)


def test_widening_is_said_and_the_radius_can_be_changed(page: Page) -> None:
    document = page("/search", near=CHICAGO, specialty="acupuncturist")
    assert "the search was widened to" in document.one(of="results__count").text
    select = document.one("select", id="radius")
    assert select.all("option")[0].text == "Automatic"
    narrow = page("/search", near=CHICAGO, specialty="acupuncturist", radius_mi=2)
    assert f"Within 2 miles of {CHICAGO}." in narrow.one(of="results__count").text
    chosen = [option for option in narrow.one("select", id="radius").all("option") if "selected" in option.attributes]
    assert [option.attributes["value"] for option in chosen] == ["2"]


def test_an_ambiguous_place_offers_the_others(page: Page) -> None:
    document = page("/search", near="Springfield", specialty="chiropractor")
    links = document.one("nav", of="places").all("a")
    assert len(links) >= 3
    chosen = links[0]
    there = page(chosen.attributes["href"])
    assert chosen.text in there.one("h1").text
    assert ("specialty", "chiropractor") in parameters(chosen.attributes["href"])


def test_a_place_read_from_the_words_can_be_switched_too(page: Page) -> None:
    document = page("/search", q="chiropractor springfield")
    link = document.one("nav", of="places").all("a")[0]
    assert link.text in page(link.attributes["href"]).one("h1").text


def test_an_unknown_place_is_named_and_shows_nobody(page: Page) -> None:
    document = page("/search", near="Xyzzyville")
    assert "Xyzzyville" in document.one(of="results__trouble").text
    assert cards(document) == []


def test_what_is_out_of_scope_is_said_and_shows_nobody(page: Page) -> None:
    document = page("/search", q="dentist", near=CHICAGO)
    assert "does not list" in document.one(of="results__trouble").text
    assert cards(document) == []


def test_filters_are_a_form_that_works_as_it_stands(client: FlaskClient, page: Page) -> None:
    """Sending the form untouched finds the same people; it is what a browser without JavaScript does."""
    document = page("/search", near=CHICAGO, q="chiropractor who speaks spanish", radius_mi=100)
    sent = form_of(document.one(of="filters").one("form"))
    again = parsed(client.get("/search?" + urlencode(sent)).get_data(as_text=True))
    assert names(again) == names(document)
    assert ("language", "es") in sent
    assert ("without", "language:es") in sent


def test_what_was_read_can_be_unticked_in_the_form(client: FlaskClient, page: Page) -> None:
    document = page("/search", near=CHICAGO, q="chiropractor who speaks spanish", radius_mi=250)
    sent = [pair for pair in form_of(document.one(of="filters").one("form")) if pair != ("language", "es")]
    wider = parsed(client.get("/search?" + urlencode(sent)).get_data(as_text=True))
    assert total(wider) > total(document)


@pytest.mark.parametrize("parameter", ["specialty", "language", "insurance", "kind"])
def test_a_filter_finds_as_many_as_its_count_says(client: FlaskClient, page: Page, parameter: str) -> None:
    document = page("/search", near=CHICAGO, radius_mi=50)
    boxes = document.all("label", of="option")
    box = next(item for item in boxes if item.one("input").attributes["name"] == parameter)
    value, count = box.one("input").attributes["value"], int(box.one(of="option__count").text)
    assert count > 0
    assert total(page("/search", near=CHICAGO, radius_mi=50, **{parameter: value})) == count


def test_unknown_facts_are_counted_and_added_by_one_click(page: Page) -> None:
    document = page("/search", near=CHICAGO, radius_mi=50, language="es")
    link = document.one(of="left-out").one("a")
    left_out = int(re.match(r"\d+", link.text).group())
    added = page(link.attributes["href"])
    assert total(added) == total(document) + left_out
    assert ("include_unknown", "language") in parameters(link.attributes["href"])
    assert added.all(of="left-out") == []


def test_chips_take_pieces_away_one_by_one(page: Page) -> None:
    document = page("/search", q="chiropractor who speaks spanish denver")
    removed = chip(document, "Language: Spanish").one("a")
    assert removed.attributes["aria-label"] == "Remove Language: Spanish"
    without = page(removed.attributes["href"])
    assert "Language: Spanish" not in without.text
    assert "Chiropractor" in [item.all("span")[0].text for item in without.all("li", of="chip")]
    assert total(without) >= total(document)


def test_chips_of_explicit_choices_take_only_themselves_away(page: Page) -> None:
    document = page("/search?near=Chicago%2C+IL&specialty=chiropractor&specialty=physiatrist&telehealth=true")
    href = chip(document, "Chiropractor").one("a").attributes["href"]
    assert sorted(parameters(href)) == [("near", CHICAGO), ("specialty", "physiatrist"), ("telehealth", "true")]
    href = chip(document, "Telehealth: yes").one("a").attributes["href"]
    assert "telehealth" not in dict(parameters(href))


def test_what_the_data_cannot_answer_says_so(page: Page) -> None:
    document = page("/search", q="cheap chiropractor no injections", near=CHICAGO)
    noted = document.one(of="chips--noted")
    assert len(noted.all("li", of="chip")) == 2
    for item in noted.all("li", of="chip"):
        assert item.one(of="chip__note").text
        assert item.all("a") == []


def test_pages_follow_one_another_and_keep_everything(page: Page) -> None:
    first = page("/search", near=CHICAGO, radius_mi=250, kind="practitioner", limit=7, sort="distance")
    found, seen, document = total(first), [], first
    while True:
        start = len(seen)
        for offset, card in enumerate(cards(document), 1):
            assert card.one(of="card__position").text == f"{start + offset} of {found}"
            seen.append((card.one("h3").text, card.one(of="contact").text))
        following = [link for link in document.one("main").all("a") if link.attributes.get("rel") == "next"]
        if not following:
            break
        href = following[0].attributes["href"]
        assert {("kind", "practitioner"), ("limit", "7"), ("sort", "distance")} <= set(parameters(href))
        document = page(href)
    assert len(seen) == len(set(seen)) == found
    back = document.one("nav", of="pages").all("a")[0]
    assert names(page(back.attributes["href"])) == names(first)


def test_a_changed_search_starts_from_its_first_page(page: Page) -> None:
    first = page("/search", near=CHICAGO, radius_mi=250, limit=5)
    second = page(first.one("nav", of="pages").all("a")[-1].attributes["href"])
    sent = dict(form_of(second.one(of="filters").one("form")))
    assert "cursor" not in sent
    assert "from" not in sent


def test_an_empty_page_offers_ways_out(page: Page) -> None:
    document = page("/search", near=CHICAGO, radius_mi=1, specialty="acupuncturist", gender="nonbinary")
    empty = document.one(of="empty")
    steps = empty.one("ul").all("a")
    assert steps[0].text == "Search as far as needed"
    assert "Leave out “Acupuncturist”" in [step.text for step in steps]
    for step in steps:
        page(step.attributes["href"])
    care = empty.one("a", of="button")
    assert dict(parameters(care.attributes["href"])) == {"near": CHICAGO, "specialty": "primary_care"}


def test_the_two_boxes_keep_the_filters(page: Page) -> None:
    document = page("/search", near=CHICAGO, q="sciatica", telehealth="yes", without="condition:sciatica")
    sent = dict(form_of(document.one("form", id="search")))
    assert sent == {"q": "sciatica", "near": CHICAGO, "telehealth": "yes"}


def test_a_typed_place_wins_over_an_earlier_position(page: Page) -> None:
    assert "your position" in page("/search", lat=41.88, lon=-87.63).one("h1").text
    document = page("/search", lat=41.88, lon=-87.63, near="Denver, CO")
    assert "Denver, CO" in document.one("h1").text
    assert "lat" not in dict(parameters(document.one("form", id="search").attributes["action"]))


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"lat": "9"}, "both lat and lon"),
        ({"lat": "95", "lon": "1"}, "from -90 to 90"),
        ({"near": CHICAGO, "radius_mi": "0"}, "more than 0"),
        ({"near": CHICAGO, "radius_mi": "nan"}, "a number"),
        ({"specialty": "wizard"}, "wizard"),
        ({"cursor": "nonsense"}, "start again"),
        ({"from": "-1", "near": CHICAGO}, "start again"),
        ({"sort": "price"}, "best, distance, name"),
        ({"q": "x" * 1001}, "1000"),
    ],
)
def test_what_cannot_be_asked_is_explained_and_can_be_mended(page: Page, query: dict[str, str], words: str) -> None:
    document = page("/search", status=422, **query)
    message = document.one("p", role="alert")
    assert words in message.text
    assert document.one("form", id="search")


def test_other_locations_are_named_and_lead_to_their_place(page: Page) -> None:
    document = page("/search", near="Kansas City, MO", radius_mi=50, kind="practitioner", limit=100)
    lines = document.all("p", of="card__elsewhere")
    assert lines
    href = lines[0].one("a").attributes["href"]
    path, _, anchor = href.partition("#")
    assert page(path).one(id=anchor)


def test_a_place_alone_is_a_whole_state(page: Page) -> None:
    document = page("/search", near="Illinois", limit=100)
    assert "in Illinois" in document.one("h1").text
    assert {re.search(r", ([A-Z]{2}) \d{5}", card.text).group(1) for card in cards(document)} == {"IL"}
    assert document.all("select", id="radius") == []


def test_results_in_spanish_are_spanish(page: Page) -> None:
    document = page("/es/search", q="quiropráctico que hable español", near="Denver, CO")
    assert document.one("h1").text.startswith("Quiroprácticos cerca de Denver, CO")
    card = cards(document)[0]
    assert re.search(r"1 de \d+", card.one(of="card__position").text)
    assert re.search(r"\d milla", card.one(of="card__distance").text)
    assert "Licencia no verificada aquí" in card.text
    assert re.search(r"\d+ de \w+ de \d{4}", card.one(of="verification__line").text)
    assert card.one("h3").one("a").attributes["href"].startswith("/es/practitioners/")
    for english in ("Practitioner", "Search", "Filters", "Not stated", "Within"):
        assert english not in document.one("main").text


def test_a_page_leaves_next_to_nothing_to_the_garbage_collector(client):
    """What refers to itself is freed by a full look at everything: of five hundred such objects a page, one request in
    forty waited ten milliseconds longer."""
    client.get("/search?near=60614")
    gc.collect()
    gc.disable()
    try:
        client.get("/search?near=60614")
        assert gc.collect() < 200
    finally:
        gc.enable()
