"""Forms and addresses as people really send them, and others: nothing typed is lost, nothing ends in an error."""

import html
import re
from typing import Any

import pytest
from sqlalchemy import select
from world import NOW, World

from models import db
from models.people import Agency
from models.providers import Contact, ContactNote, Service
from models.suspensions import Suspension

ROUTES = (
    "services", "providers", "contacts", "contact-notes", "visits", "suspensions", "documents", "agencies", "parts",
    "frameworks",
)  # fmt: skip


def problems(answer: Any) -> list[str]:
    """What the page says at its top is wrong, line by line."""
    found = re.search(r'<ul class="govuk-list govuk-error-summary__list">(.*?)</ul>', answer.text, re.S)
    lines = re.findall(r"<li>(.*?)</li>", found[1], re.S) if found else []
    return [html.unescape(" ".join(re.sub(r"<[^>]+>", " ", line).split())) for line in lines]


def row(model: type[Any], **by: Any) -> Any:
    """The one row of a table, read past the gate."""
    table = model.__table__  # type: ignore[attr-defined]
    found = select(table).filter_by(**by) if by else select(table)
    return db.session.connection().execute(found).one_or_none()


def count(model: type[Any]) -> int:
    return len(db.session.connection().execute(select(model.__table__)).all())  # type: ignore[attr-defined]


def report(service: Service, **kw: str) -> dict[str, str]:
    """A suspension's form, filled in."""
    return {
        "provider_id": f"#{service.provider_id}",
        "service_id": f"#{service.id}",
        "kind": "no_new_purchase",
        "grounds": "Falls are not recorded.",
    } | kw


def note(service: Service, **kw: str) -> dict[str, str]:
    return {
        "provider_id": f"#{service.provider_id}",
        "service_id": f"#{service.id}",
        "at": "2026-03-04T09:00",
        "channel": "phone",
        "text": "Rang the home.",
    } | kw


# --- a stale form ------------------------------------------------------------------------------------------------


def test_a_stale_form_loses_nothing_and_is_saved_deliberately(world: World, as_user: Any) -> None:
    service = world.service()
    case = world.suspension(service)
    officer, manager, pk = as_user("officer"), as_user("manager"), case.id
    opened = officer.get(f"/suspensions/edit/{pk}")
    assert re.search(r'name="version"[^>]*value="0"', opened.text)
    mine = report(
        service, version="0", grounds="Falls, by the officer.", number_placed="7", conditions="A weekly audit."
    )
    theirs = report(service, version="0", grounds="Falls, by the manager.", number_placed="9", evidence="A visit.")
    assert manager.post(f"/suspensions/edit/{pk}", data=theirs).status_code == 302

    second = officer.post(f"/suspensions/edit/{pk}", data=mine)
    assert second.status_code == 409
    assert problems(second) == ["Somebody changed this record after you opened it. Nothing of yours is lost."]
    cells = [html.unescape(re.sub(r"<[^>]+>", "", cell)) for cell in re.findall(r"<td [^>]*>(.*?)</td>", second.text)]
    assert [tuple(cells[start : start + 3]) for start in range(0, len(cells), 3)] == [
        ("Grounds", "Falls, by the manager.", "Falls, by the officer."),
        ("Evidence", "A visit.", "–none"),
        ("Number placed by the council", "9", "7"),
        ("Proposed conditions", "–none", "A weekly audit."),
    ]
    assert ">Falls, by the officer.</textarea>" in second.text
    assert ">A weekly audit.</textarea>" in second.text
    assert row(Suspension).grounds == "Falls, by the manager."

    version = re.search(r'name="version"[^>]*value="(\d+)"', second.text)
    assert version
    assert version[1] == "1"
    assert officer.post(f"/suspensions/edit/{pk}", data=mine | {"version": "1"}).status_code == 302
    kept = row(Suspension)
    assert (kept.grounds, kept.number_placed, kept.conditions, kept.version) == (
        "Falls, by the officer.", 7, "A weekly audit.", 2,
    )  # fmt: skip


@pytest.mark.parametrize("version", ["", "x", "-1", "²", "9" * 5000, "1.0", "99"])
def test_a_form_that_does_not_say_what_it_read_saves_nothing(world: World, as_user: Any, version: str) -> None:
    service = world.service()
    pk = world.suspension(service).id
    answer = as_user("officer").post(f"/suspensions/edit/{pk}", data=report(service, version=version))
    assert answer.status_code == 409
    assert row(Suspension).grounds == "Medicines are not given as prescribed."


@pytest.mark.parametrize("version", ["x", "²", "9" * 5000, "99"])
def test_a_step_that_does_not_say_what_it_read_is_not_taken(world: World, as_user: Any, version: str) -> None:
    pk = world.suspension().id
    answer = as_user("officer").post(f"/suspensions/{pk}/submit", data={"version": version})
    assert (answer.status_code, row(Suspension).state.value) == (409, "draft")
    assert problems(answer) == ["Somebody changed this record after you opened it. Read it again, then decide."]


# --- bad input ---------------------------------------------------------------------------------------------------

NUMBER = "Number placed by the council: Enter a whole number from 0 to 2147483647."
DAY = "Review date proposed: Enter a date, like 31/03/2026."


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("review_on", "31/02/2026", DAY),
        ("review_on", "tomorrow", DAY),
        ("review_on", "2026-13-01", DAY),
        ("review_on", "99999-01-01", DAY),
        ("review_on", "0026-03-31", DAY),
        ("number_placed", "2147483648", NUMBER),
        ("number_placed", "-1", NUMBER),
        ("number_placed", "1.5", NUMBER),
        ("number_placed", "twelve", NUMBER),
        ("number_placed", "9" * 5000, NUMBER),
        ("service_id", "Nowhere", "Service: Nothing matches “Nowhere”. Check the name, or type part of it."),
        ("service_id", "100%", "Service: Nothing matches “100%”. Check the name, or type part of it."),
        ("service_id", "_____", "Service: Nothing matches “_____”. Check the name, or type part of it."),
        ("service_id", "'; DROP", "Service: Nothing matches “'; DROP”. Check the name, or type part of it."),
        ("provider_id", "", "Fill in “Provider”."),
    ],
)  # fmt: skip
def test_bad_input_is_told_in_words_and_kept(world: World, as_user: Any, field: str, typed: str, told: str) -> None:
    service = world.service()
    answer = as_user("officer").post("/suspensions/add", data=report(service, **{field: typed}))
    assert answer.status_code == 200
    assert problems(answer) == [told]
    assert f'value="{html.escape(typed)}"' in answer.text.replace("&#39;", "&#x27;")
    assert ">Falls are not recorded.</textarea>" in answer.text
    assert count(Suspension) == 0


def test_a_choice_that_is_not_offered_is_told_in_words(world: World, as_user: Any) -> None:
    officer, service = as_user("officer"), world.service()
    for typed in ("board", "no_new_purchase ", "NO_NEW_PURCHASE", "0", "None"):
        answer = officer.post("/suspensions/add", data=report(service, kind=typed))
        assert answer.status_code == 200
        assert problems(answer) in (["Kind: Choose one of the list."], ["Fill in “Kind”."]), typed
    assert count(Suspension) == 0


def test_a_kind_of_visit_that_is_not_offered_is_told_in_words(world: World, as_user: Any) -> None:
    officer, service = as_user("officer"), world.service()
    for typed in ("4711", "x", "²", "9" * 5000, "-1"):
        answer = officer.post("/visits/add", data={"service_id": f"#{service.id}", "activity_type_id": typed})
        assert (answer.status_code, problems(answer)) == (200, ["Kind of visit: Choose one of the list."])


@pytest.mark.parametrize("chosen", ["#4711", "#0", "#-1", "#²", f"#{2**31}", "#" + "9" * 5000])
def test_a_record_that_is_not_there_is_not_taken_for_no_record(world: World, as_user: Any, chosen: str) -> None:
    """An empty service restricts the whole provider: a choice that came to nothing must not mean that."""
    answer = as_user("officer").post("/suspensions/add", data=report(world.service(), service_id=chosen))
    assert answer.status_code == 200
    assert problems(answer) == ["Service: What you chose is not there, or not yours to see. Choose again."]
    assert count(Suspension) == 0


@pytest.mark.parametrize(
    "typed",
    [
        "yesterday",
        "2026-03-04T25:00",
        "2026-02-30 10:00",
        "9999-12-31T23:59-14:00",
        "0001-01-01T00:00+14:00",
        "26",
        "²",
    ],
)
def test_a_moment_that_is_none_is_told_in_words_and_kept(world: World, as_user: Any, typed: str) -> None:
    answer = as_user("officer").post("/contact-notes/add", data=note(world.service(), at=typed))
    assert (answer.status_code, problems(answer)) == (
        200, ["When: Enter a date and a time, like 2026-03-31 14:30."],
    )  # fmt: skip
    assert f'value="{html.escape(typed)}"' in answer.text
    assert count(ContactNote) == 0


@pytest.mark.parametrize("typed", ["", "   ", "\r\n\t"])
def test_a_text_of_nothing_but_blanks_is_nothing(world: World, as_user: Any, typed: str) -> None:
    answer = as_user("officer").post("/contact-notes/add", data=note(world.service(), text=typed))
    assert (answer.status_code, problems(answer)) == (200, ["Fill in “What was said”."])
    assert count(ContactNote) == 0


@pytest.mark.parametrize("path", ["/suspensions/add", "/contacts/add", "/visits/add", "/parts/add"])
def test_an_empty_form_names_every_field_that_must_be_filled_in(world: World, as_user: Any, path: str) -> None:
    answer = as_user("officer").post(path, data={})
    assert answer.status_code == 200
    assert (
        problems(answer)
        == {
            "/suspensions/add": ["Fill in “Provider”."],
            "/contacts/add": ["Fill in “Provider”.", "Fill in “Kind”.", "Fill in “Post”."],
            "/visits/add": ["Fill in “Service”.", "Fill in “Kind of visit”."],
            "/parts/add": ["Fill in “Service”.", "Fill in “Name”."],
        }[path]
    )


# --- records by name, without JavaScript -------------------------------------------------------------------------


def test_a_name_that_only_one_has_is_taken(world: World, as_user: Any) -> None:
    service = world.service("Larkfield House")
    world.service("Millbrook House")
    answer = as_user("officer").post("/suspensions/add", data=report(service, service_id="larkfield"))
    assert answer.status_code == 302
    assert row(Suspension).service_id == service.id


def test_a_whole_name_is_taken_even_where_longer_ones_contain_it(world: World, as_user: Any) -> None:
    service = world.service("The Elms")
    world.service("The Elms Annexe")
    answer = as_user("officer").post("/suspensions/add", data=report(service, service_id="the elms"))
    assert answer.status_code == 302
    assert row(Suspension).service_id == service.id


def test_several_matches_are_offered_and_one_is_chosen(world: World, as_user: Any) -> None:
    provider = world.provider()
    one, two = world.service("Elm House", provider), world.service("Elm Lodge", provider)
    officer = as_user("officer")
    typed = report(two, provider_id=f"#{provider.id}", service_id="elm")
    answer = officer.post("/suspensions/add", data=typed)
    assert problems(answer) == ["Service: Several match “elm”. Choose one of them."]
    radios = re.findall(r'type="radio" value="(#\d+)"', answer.text)
    assert radios == [f"#{one.id}", f"#{two.id}"]
    chosen = {**typed, "service_id": ["elm", "#", f"#{two.id}"]}
    assert officer.post("/suspensions/add", data=chosen).status_code == 302
    assert row(Suspension).service_id == two.id


def test_a_name_that_was_typed_over_counts_and_not_the_one_before(world: World, as_user: Any) -> None:
    provider = world.provider()
    one, two = world.service("Elm House", provider), world.service("Oak Lodge", provider)
    data = {**report(one, provider_id=f"#{provider.id}"), "service_id": ["oak lodge", f"#{one.id}"]}
    assert as_user("officer").post("/suspensions/add", data=data).status_code == 302
    assert row(Suspension).service_id == two.id


def test_a_provider_and_another_one_s_service_do_not_fit(world: World, as_user: Any) -> None:
    one, other = world.service("Elm House"), world.service("Oak Lodge")
    for path, data in (
        ("/suspensions/add", report(one, service_id=f"#{other.id}")),
        ("/contact-notes/add", note(one, service_id=f"#{other.id}")),
    ):
        answer = as_user("officer").post(path, data=data)
        assert problems(answer) == ["That service is not one of this provider's. Choose the provider that runs it."]


def test_pickers_answer_with_names(world: World, as_user: Any) -> None:
    service = world.service("Larkfield House", regulator_id="1-123456")
    part = world.part(service)
    world._add(Contact(provider_id=service.provider_id, kind="office", post="Deputy manager", phone="1"))
    officer = as_user("officer")
    contact = row(Contact)
    assert officer.get("/services/lookup?q=larkf").json == [{"id": service.id, "name": "Larkfield House"}]
    assert officer.get("/services/lookup?q=1-1234").json == [{"id": service.id, "name": "Larkfield House"}]
    assert officer.get("/parts/lookup?q=rose").json == [{"id": part.id, "name": "Rose unit, Larkfield House"}]
    assert officer.get("/contacts/lookup?q=deputy").json == [{"id": contact.id, "name": "Deputy manager"}]
    for nothing in ("", "l", "%%", "__", "'\"", "\\\\", "😀😀"):
        assert officer.get("/services/lookup", query_string={"q": nothing}).json == []


@pytest.mark.parametrize("typed", ["Rose unit", "rose unit, larkfield house", "rose"])
def test_a_part_is_found_by_its_name(world: World, as_user: Any, typed: str) -> None:
    service = world.service()
    part = world.part(service)
    assert as_user("officer").post("/suspensions/add", data=report(service, part_id=typed)).status_code == 302
    assert row(Suspension).part_id == part.id


# --- words and their size ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "😀 Ŵ “é” \u202e ﷽",
        "<script>alert(1)</script> & \"quotes\" 'too'",
        "x" * 400_000,
        "é" * 100_000,
        "a\r\nb\nc",
        "%s {0} {{ x }}",
    ],
    ids=["signs", "markup", "very long", "long and two bytes each", "lines", "placeholders"],
)  # fmt: skip
def test_what_is_typed_is_kept_to_the_letter_and_shown_as_text(world: World, as_user: Any, typed: str) -> None:
    officer = as_user("officer")
    answer = officer.post("/contact-notes/add", data=note(world.service(), text=typed))
    assert answer.status_code == 302
    assert row(ContactNote).text == typed
    for path in (answer.location, "/contact-notes/list/", answer.location.replace("show", "edit")):
        page = officer.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text


@pytest.mark.parametrize("size", [700_000, 1_500_000])
def test_a_text_below_the_limit_is_saved(world: World, as_user: Any, size: int) -> None:
    answer = as_user("officer").post("/contact-notes/add", data=note(world.service(), text="x" * size))
    assert answer.status_code == 302
    assert len(row(ContactNote).text) == size


@pytest.mark.parametrize("path", ["/contact-notes/add", "/login/"])
def test_five_megabytes_are_refused_in_words(world: World, as_user: Any, path: str) -> None:
    answer = as_user("officer").post(path, data={"text": "x" * 5_000_000, "username": "x"})
    assert answer.status_code == 413
    assert "What you sent is larger than 2 MB. Shorten it and send it again." in answer.text


@pytest.mark.parametrize(
    ("path", "field", "label", "who"),
    [
        ("/parts/add", "name", "Name", "officer"),
        ("/contacts/add", "post", "Post", "officer"),
        ("/agencies/add", "name", "Name", "administrator"),
    ],
)  # fmt: skip
def test_a_line_holds_a_line(world: World, as_user: Any, path: str, field: str, label: str, who: str) -> None:
    """PostgreSQL indexes no name of ten thousand letters."""
    service = world.service()
    data = {"service_id": f"#{service.id}", "provider_id": f"#{service.provider_id}", "kind": "office", "phone": "1"}
    data |= {"kind": "other"} if path == "/agencies/add" else {}
    answer = as_user(who).post(path, data=data | {field: "é" * 10_000})
    assert (answer.status_code, problems(answer)) == (200, [f"{label}: Shorten this to 250 characters at most."])


@pytest.mark.parametrize(
    ("field", "label"), [("username", "User name"), ("first_name", "First name"), ("email", "Email")]
)
def test_an_account_s_names_have_an_end(world: World, as_user: Any, field: str, label: str) -> None:
    data = {"username": "new", "first_name": "New", "last_name": "Person", "email": "n@example.org", "roles": "officer"}
    answer = as_user("administrator").post("/users/add", data=data | {field: "x" * 1000})
    assert answer.status_code == 200
    (told,) = problems(answer)
    assert re.fullmatch(rf"{label}: Shorten this to \d+ characters at most\.", told)


@pytest.mark.parametrize("how", ["search", "picker", "form", "sign in"])
def test_a_zero_byte_is_refused_in_words(world: World, as_user: Any, how: str) -> None:
    """PostgreSQL stores none, and nobody types one."""
    officer, service = as_user("officer"), world.service()
    answer = {
        "search": lambda: officer.get("/services/list/?q=a%00b"),
        "picker": lambda: officer.get("/services/lookup?q=a%00b"),
        "form": lambda: officer.post("/contact-notes/add", data=note(service, text="a\0b")),
        "sign in": lambda: officer.post("/login/", data={"username": "a\0b", "password": "x"}),
    }[how]()
    assert answer.status_code == 400
    assert "The address or form is not valid" in answer.text


# --- rules of the database ---------------------------------------------------------------------------------------


def test_a_broken_rule_is_told_as_a_sentence_and_never_as_sql(world: World, as_user: Any) -> None:
    service = world.service()
    world.part(service, "Rose unit")
    officer, administrator = as_user("officer"), as_user("administrator")
    for client, path, data, told in (
        (
            officer,
            "/contacts/add",
            {"provider_id": f"#{service.provider_id}", "kind": "office", "post": "Manager"},
            "Give a phone number or an email address.",
        ),
        (
            officer,
            "/parts/add",
            {"service_id": f"#{service.id}", "name": "Rose unit"},
            "The service has a unit or property of this name already.",
        ),
        (
            administrator,
            "/agencies/add",
            {"name": "Marl Valley ICB", "kind": "other"},
            "An agency of this name exists already.",
        ),
        (
            administrator,
            "/users/add",
            {"username": "officer", "first_name": "A", "last_name": "B", "email": "b@example.org", "roles": "officer"},
            "Another account has this user name or email address.",
        ),
    ):
        answer = client.post(path, data=data)
        assert (answer.status_code, problems(answer)) == (200, [told])
        for trace in ("INSERT", "sqlite", "psycopg", "IntegrityError", "constraint", "DETAIL"):
            assert trace not in answer.text
        for typed in data.values():
            assert typed.startswith("#") or html.escape(typed) in answer.text


# --- clearing ----------------------------------------------------------------------------------------------------


def test_an_optional_field_that_is_cleared_stores_nothing(world: World, as_user: Any) -> None:
    service = world.service()
    part = world.part(service)
    case = world.suspension(service, part_id=part.id, agreed_on=NOW.date())
    cleared = {"part_id": ["", f"#{part.id}"], "service_id": ["", f"#{service.id}"]}
    data = (
        report(service, version="0") | cleared | {"agreed_on": "", "number_placed": "", "evidence": "", "review_on": ""}
    )
    assert as_user("officer").post(f"/suspensions/edit/{case.id}", data=data).status_code == 302
    kept = row(Suspension)
    assert (kept.part_id, kept.service_id, kept.agreed_on, kept.number_placed, kept.review_on, kept.evidence) == (
        None, None, None, None, None, "",
    )  # fmt: skip


def test_an_ended_contact_is_opened_again_by_clearing_its_date(world: World, as_user: Any) -> None:
    service, officer = world.service(), as_user("officer")
    data = {"provider_id": f"#{service.provider_id}", "kind": "office", "post": "Desk", "phone": "1", "email": ""}
    made = officer.post("/contacts/add", data=data | {"left_on": "31/12/2025", "name": "  "})
    assert made.status_code == 302
    assert (str(row(Contact).left_on), row(Contact).name, row(Contact).email) == ("2025-12-31", None, None)
    where = made.location.replace("show", "edit")
    assert officer.post(where, data=data | {"left_on": "", "version": "1"}).status_code == 302
    assert row(Contact).left_on is None


def test_a_box_that_must_have_a_value_can_be_unticked(world: World, as_user: Any) -> None:
    administrator = as_user("administrator")
    made = administrator.post("/agencies/add", data={"name": "Northshire Council", "kind": "council", "active": "y"})
    assert row(Agency, name="Northshire Council").active is True
    edit = {"name": "Northshire Council", "kind": "council", "version": "1"}
    assert administrator.post(made.location.replace("show", "edit"), data=edit).status_code == 302
    assert row(Agency, name="Northshire Council").active is False


# --- addresses typed by hand -------------------------------------------------------------------------------------

QUERIES = [
    "page=-1", "page=0", "page=abc", "page=1e9", f"page={10**30}", "page=99999999999", "page=²", "page=1&page=2",
    "order=unknown", "order=created_by.password", "order=name&direction=sideways", "order=&direction=desc", "page=",
    "order=id;--",
    "state=unknown", "type=unknown", "rating=x", "officer=9", "kind=x", "kind=²", "kind=99999999999999", "sector=%27",
    "unknown=1", "q=%27", "q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E", "q=%25", "q=_", "q=%5C", "q=%F0%9F%98%80",
    "q=%FF%FE", "q=" + "x" * 3000, "q=%27%20OR%201=1%20--", "_flt_0_name=x", "psize_X=10",
]  # fmt: skip


@pytest.mark.parametrize("area", ROUTES)
def test_a_list_answers_whatever_its_address_says(world: World, as_user: Any, area: str) -> None:
    world.visit(world.service(), state="published")
    world.suspension(state="in_force")
    officer = as_user("officer")
    for query in QUERIES:
        answer = officer.get(f"/{area}/list/?{query}")
        assert answer.status_code == 200, query
        assert "<script>alert" not in answer.text


def test_accounts_and_the_board_answer_whatever_their_addresses_say(world: World, as_user: Any) -> None:
    officer, administrator = as_user("officer"), as_user("administrator")
    for query in QUERIES:
        assert officer.get(f"/purchasing/?{query}").status_code == 200, query
        assert officer.get(f"/purchasing/?show=all&{query}").status_code == 200, query
        assert administrator.get(f"/users/list/?{query}").status_code == 200, query


@pytest.mark.parametrize(
    "pk", ["0", "-1", "abc", "²", "1.5", "1e3", "99999999999", str(2**31), str(2**63), str(10**30), "%00", "1%00"]
)
def test_a_record_that_cannot_be_is_not_there(world: World, as_user: Any, pk: str) -> None:
    officer = as_user("officer")
    for path in ("services/show", "suspensions/edit", "visits/show", "contact-notes/edit", "documents/show"):
        assert officer.get(f"/{path}/{pk}").status_code in (400, 404), path
    for path in (f"suspensions/{pk}/approve", f"visits/{pk}/begin", f"documents/{pk}/open", "suspensions/1/nothing"):
        assert officer.get(f"/{path}").status_code in (400, 404, 405), path
        assert officer.post(f"/{path}").status_code in (400, 404, 405), path


def test_a_search_takes_signs_for_what_they_are(world: World, as_user: Any) -> None:
    """In SQL a per cent sign and an underscore mean anything."""
    for name in ("100% Care", "A_B Homecare", "Larkfield House", "O'Hara's", "Back\\slash"):
        world.service(name)
    officer = as_user("officer")
    for typed, found in (
        ("%", ["100% Care"]),
        ("_", ["A_B Homecare"]),
        ("'", ["O'Hara's"]),
        ("\\", ["Back\\slash"]),
        ("larkFIELD", ["Larkfield House"]),
        ("%%", []),
        ("/", []),
    ):
        page = officer.get("/services/list/", query_string={"q": typed, "sector": ""})
        names = [html.unescape(each) for each in re.findall(r'href="/services/show/\d+">([^<]+)</a>', page.text)]
        assert names == found, typed


def test_a_link_that_names_a_record_fills_it_in_and_nothing_else(world: World, as_user: Any) -> None:
    service = world.service("Larkfield House")
    officer = as_user("officer")
    page = officer.get(f"/suspensions/add?service_id={service.id}&state=in_force&grounds=forged")
    assert 'value="Larkfield House"' in page.text
    assert 'value="Provider of Larkfield House"' in page.text
    assert "forged" not in page.text
    for odd in ("4711", "-1", "abc", "9" * 400, "²", "1 OR 1=1"):
        assert officer.get("/suspensions/add", query_string={"service_id": odd, "part_id": odd}).status_code == 200
