"""Coming in, staying in and being put out: passwords, sessions, limits, and what every answer carries."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from world import NOW, PASSWORD, Client, World, console, sign_in

from app import create_app
from models import db
from models.people import Person
from views.home import HomeView

WRONG = "Check your user name and password. An Administrator can give you a new one."
NEW = "another long word 4 tests"


def is_signed_in(client: FlaskClient) -> bool:
    answer = client.get("/password")
    assert answer.status_code == 200 or answer.location == "/login/"
    return answer.status_code == 200


def cookie(client: FlaskClient) -> str:
    found = client.get_cookie("careward")
    assert found is not None
    return found.value


def with_cookie(app: Flask, value: str) -> FlaskClient:
    client = app.test_client()
    client.set_cookie("careward", value)
    return client


def token(client: FlaskClient, address: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(address).text)
    assert found is not None
    return found[1]


def errors(text: str) -> list[str]:
    """What the error summary says."""
    summary = re.search(r'govuk-error-summary__list">(.*?)</ul>', text, re.S)
    told = summary[1].split("</li>")[:-1] if summary else []
    return [unescape(re.sub(r"(<[^>]+>|\s)+", " ", each).strip()) for each in told]


def number_of(world: World, username: str) -> int:
    return world.person(username).id


# --- passwords ---


def test_the_right_password_opens_the_home_page(client: FlaskClient) -> None:
    assert not is_signed_in(client)
    answer = sign_in(client, "officer")
    assert (answer.status_code, answer.location) == (302, "/")
    assert is_signed_in(client)
    assert "Test Officer" in client.get("/").text


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("officer", "a wrong word for tests"),
        ("officer", PASSWORD + " "),
        ("officer", PASSWORD.upper()),
        ("nobody", PASSWORD),
        ("officer' OR '1'='1", PASSWORD),
    ],
)
def test_a_wrong_name_or_password_is_refused_in_the_same_words(
    client: FlaskClient, username: str, password: str
) -> None:
    answer = sign_in(client, username, password)
    assert answer.status_code == 200
    assert errors(answer.text) == [WRONG]
    assert password not in answer.text
    assert not is_signed_in(client)


def test_an_empty_form_says_what_to_enter(client: FlaskClient) -> None:
    assert errors(client.post("/login/").text) == [
        "User name: Enter your user name.",
        "Password: Enter your password.",
    ]


def test_a_deactivated_account_is_refused_in_the_same_words(world: World, client: FlaskClient) -> None:
    with console():
        world.person("officer").active = False
    db.session.commit()
    answer = sign_in(client, "officer")
    assert errors(answer.text) == [WRONG]
    assert not is_signed_in(client)


# --- the first password, and changing it ---


@pytest.fixture
def newcomer(world: World, as_user: Any) -> FlaskClient:
    """Somebody who has signed in with a password that an Administrator made up."""
    with console():
        world.person("officer").must_change_password = True
    db.session.commit()
    return as_user("officer")


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("GET", "/"),
        ("GET", "/services/list/"),
        ("GET", "/services/show/1"),
        ("GET", "/services/lookup?q=ab"),
        ("GET", "/purchasing/"),
        ("GET", "/suspensions/add"),
        ("POST", "/suspensions/add"),
        ("POST", "/visits/1/publish"),
        ("GET", "/help/"),
        ("GET", "/lang/en"),
        ("GET", "/back"),
        ("GET", "/nowhere"),
    ],
)
def test_whoever_must_change_the_password_gets_nowhere_before(newcomer: FlaskClient, method: str, address: str) -> None:
    answer = newcomer.open(address, method=method)
    assert (answer.status_code, answer.location) == (302, "/password")


def test_whoever_must_change_the_password_can_do_that_or_sign_out(newcomer: FlaskClient) -> None:
    assert newcomer.get("/password").status_code == 200
    answer = newcomer.post("/password", data={"old": PASSWORD, "new": NEW, "again": NEW})
    assert (answer.status_code, answer.location) == (302, "/")
    assert newcomer.get("/services/list/").status_code == 200
    assert newcomer.post("/logout/").location == "/login/"
    assert not is_signed_in(newcomer)


@pytest.mark.parametrize(
    ("old", "new", "again", "sentences"),
    [
        ("not the one now", NEW, NEW, ["The password you use now is not that."]),
        (PASSWORD, NEW, NEW + "!", ["The two new passwords differ. Enter the same one twice."]),
        (PASSWORD, PASSWORD, PASSWORD, ["Choose another password than the one you use now."]),
        (PASSWORD, "eleven char", "eleven char", ["Choose a password of at least 12 characters."]),
        (
            PASSWORD,
            "the OFFICER of today",
            "the OFFICER of today",
            ["Choose a password that does not contain the user name."],
        ),
        (PASSWORD, "abcdabcdabcd", "abcdabcdabcd", ["Choose a password with more different characters."]),
        ("", NEW, NEW, ["Password you use now: Enter the password you use now."]),
        (
            PASSWORD,
            "",
            "",
            ["New password: Enter a new password.", "New password again: Enter the new password again."],
        ),
    ],
)
def test_a_password_that_will_not_do_is_refused_in_words(
    as_user: Any, client: FlaskClient, old: str, new: str, again: str, sentences: list[str]
) -> None:
    answer = as_user("officer").post("/password", data={"old": old, "new": new, "again": again})
    assert answer.status_code == 200
    assert errors(answer.text) == sentences
    assert sign_in(client, "officer").status_code == 302


def test_a_changed_password_ends_the_sessions_elsewhere_and_keeps_this_one(app: Flask, as_user: Any) -> None:
    here, elsewhere = as_user("officer"), as_user("officer")
    before = cookie(here)
    assert here.post("/password", data={"old": PASSWORD, "new": NEW, "again": NEW}).status_code == 302
    assert is_signed_in(here)
    assert not is_signed_in(elsewhere)
    assert cookie(here) != before
    assert not is_signed_in(with_cookie(app, before))
    assert errors(sign_in(app.test_client(), "officer").text) == [WRONG]
    assert sign_in(app.test_client(), "officer", NEW).status_code == 302


# --- what an Administrator does ---


def test_a_reset_ends_every_session_and_shows_the_new_password_once(app: Flask, world: World, as_user: Any) -> None:
    number = number_of(world, "officer")
    officer, admin = as_user("officer"), as_user("administrator")
    assert admin.post(f"/users/{number}/reset").location == f"/users/show/{number}"
    assert not is_signed_in(officer)
    page = admin.get(f"/users/show/{number}").text
    shown = re.search(r"The new password is (\S+)", page)
    assert shown is not None
    assert "It is shown once." in page
    assert shown[1] not in admin.get(f"/users/show/{number}").text
    assert errors(sign_in(app.test_client(), "officer").text) == [WRONG]
    again = app.test_client()
    assert sign_in(again, "officer", shown[1]).status_code == 302
    assert again.get("/services/list/").location == "/password"


def test_a_new_account_s_first_password_is_shown_once_and_must_be_changed(app: Flask, as_user: Any) -> None:
    admin = as_user("administrator")
    told = {"username": "newhand", "first_name": "New", "last_name": "Hand", "email": "newhand@example.org"}
    answer = admin.post("/users/add", data={**told, "roles": ["officer"]})
    assert answer.status_code == 302
    page = admin.get(answer.location).text
    shown = re.search(r"The first password of newhand is (\S+)", page)
    assert shown is not None
    assert shown[1] not in admin.get(answer.location).text
    client = app.test_client()
    assert sign_in(client, "newhand", shown[1]).status_code == 302
    assert client.get("/").location == "/password"


def test_an_account_of_a_provider_names_its_provider(as_user: Any) -> None:
    told = {
        "username": "manager9",
        "first_name": "A",
        "last_name": "B",
        "email": "b@example.org",
        "roles": ["provider"],
    }
    admin = as_user("administrator")
    assert errors(admin.post("/users/add", data=told).text) == [
        "A Provider's account belongs to a provider. Choose it."
    ]
    answer = admin.post("/users/add", data={**told, "provider_id": "Own Care"})
    assert answer.status_code == 302
    assert "Own Care" in admin.get(answer.location).text


def test_deactivating_ends_every_session_and_activating_opens_none(app: Flask, world: World, as_user: Any) -> None:
    number = number_of(world, "officer")
    officer, admin = as_user("officer"), as_user("administrator")
    assert admin.post(f"/users/{number}/deactivate").status_code == 302
    assert not is_signed_in(officer)
    assert errors(sign_in(app.test_client(), "officer").text) == [WRONG]
    assert admin.post(f"/users/{number}/activate").status_code == 302
    assert not is_signed_in(officer)
    assert sign_in(app.test_client(), "officer").status_code == 302


def test_nobody_deactivates_themselves(world: World, as_user: Any) -> None:
    number = number_of(world, "administrator")
    admin = as_user("administrator")
    answer = admin.post(f"/users/{number}/deactivate")
    assert answer.status_code == 403
    assert "Nobody deactivates their own account. Ask another Administrator." in answer.text
    assert is_signed_in(admin)


def test_a_changed_role_ends_every_session_and_holds_at_the_next(app: Flask, world: World, as_user: Any) -> None:
    person = world.person("officer")
    number, version = person.id, person.version
    officer, admin = as_user("officer"), as_user("administrator")
    told = {"username": "officer", "first_name": "Test", "last_name": "Officer", "email": "officer@example.org"}
    answer = admin.post(f"/users/edit/{number}", data={**told, "roles": ["auditor"], "version": version})
    assert answer.status_code == 302, errors(answer.text)
    assert not is_signed_in(officer)
    again = app.test_client()
    assert sign_in(again, "officer").status_code == 302
    assert again.get("/users/list/").status_code == 200
    assert again.get("/visits/add").status_code == 403


def test_a_change_that_leaves_the_roles_as_they_are_ends_no_session(world: World, as_user: Any) -> None:
    person = world.person("officer")
    number, version = person.id, person.version
    officer, admin = as_user("officer"), as_user("administrator")
    told = {"username": "officer", "first_name": "Other", "last_name": "Officer", "email": "officer@example.org"}
    assert (
        admin.post(f"/users/edit/{number}", data={**told, "roles": ["officer"], "version": version}).status_code == 302
    )
    assert is_signed_in(officer)
    assert "Other Officer" in officer.get("/").text


def test_nobody_gives_themselves_a_role(world: World, as_user: Any) -> None:
    person = world.person("administrator")
    number, version = person.id, person.version
    admin = as_user("administrator")
    told = {"username": "administrator", "first_name": "Test", "last_name": "A", "email": "administrator@example.org"}
    answer = admin.post(f"/users/edit/{number}", data={**told, "roles": ["administrator", "head"], "version": version})
    assert errors(answer.text) == ["Nobody changes their own roles. Ask another Administrator. Who may: Administrator."]
    assert admin.get("/suspensions/list/").status_code == 403


def test_an_account_that_was_changed_meanwhile_is_not_overwritten(world: World, as_user: Any) -> None:
    person = world.person("officer")
    number, version = person.id, person.version
    first, second = as_user("administrator"), as_user("administrator")
    told = {"username": "officer", "first_name": "First", "last_name": "Officer", "email": "officer@example.org"}
    mine = {**told, "roles": ["officer"], "version": version}
    assert first.post(f"/users/edit/{number}", data=mine).status_code == 302
    answer = second.post(f"/users/edit/{number}", data={**mine, "first_name": "Second"})
    assert errors(answer.text) == ["Somebody changed this account after you opened it. Check it, then save again."]
    assert "First Officer" in first.get(f"/users/show/{number}").text


# --- sessions ---


def test_a_cookie_kept_from_before_signing_out_opens_nothing(app: Flask, as_user: Any) -> None:
    client = as_user("officer")
    kept = cookie(client)
    assert is_signed_in(with_cookie(app, kept))
    answer = client.post("/logout/")
    assert (answer.status_code, answer.location) == (302, "/login/")
    assert not is_signed_in(client)
    assert not is_signed_in(with_cookie(app, kept))


def test_signing_out_needs_a_post(as_user: Any) -> None:
    client = as_user("officer")
    assert client.get("/logout/").status_code == 405
    assert is_signed_in(client)


def test_the_session_s_id_changes_when_somebody_signs_in(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    value = token(client, "/login/")
    before = cookie(client)
    answer = client.post("/login/", data={"username": "officer", "password": PASSWORD, "csrf_token": value})
    assert answer.status_code == 302
    assert cookie(client) != before
    assert is_signed_in(client)
    assert not is_signed_in(with_cookie(app, before))


def test_an_invented_cookie_opens_nothing(app: Flask) -> None:
    assert not is_signed_in(with_cookie(app, "invented-session-id"))


def test_the_cookie_is_kept_from_scripts_and_other_sites(
    app: Flask, monkeypatch: pytest.MonkeyPatch, database: None
) -> None:
    monkeypatch.setitem(app.config, "SESSION_COOKIE_SECURE", True)
    answer = sign_in(app.test_client(), "officer")
    [told] = [value for value in answer.headers.getlist("Set-Cookie") if value.startswith("careward=")]
    flags = {part.strip().partition("=")[0].lower(): part.strip().partition("=")[2] for part in told.split(";")[1:]}
    assert "httponly" in flags
    assert "secure" in flags
    assert flags["samesite"] == "Lax"


# --- limits ---


@pytest.fixture(scope="module")
def guarded(app: Flask, database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application as it is served: limits and form tokens on."""
    served = create_app(
        {
            "TESTING": True,
            "SECRET_KEY": "only for tests, only for tests, only",
            "CAREWARD_INSTANCE": tmp_path_factory.mktemp("guarded"),
            "SQLALCHEMY_DATABASE_URI": database_url,
            "SESSION_COOKIE_SECURE": False,
            "CAREWARD_NOW": NOW,
        }
    )
    served.test_client_class = Client
    yield served
    with served.app_context():
        db.session.remove()
        db.engine.dispose()


def tries(guarded: Flask, names: list[str], addresses: list[str]) -> list[int]:
    """What each of these tries is answered, every one from a new browser."""
    answers = []
    for name, address in zip(names, addresses, strict=True):
        client, place = guarded.test_client(), {"REMOTE_ADDR": address}
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/login/", environ_base=place).text)
        assert found is not None
        told = {"username": name, "password": "wrong", "csrf_token": found[1]}
        answers.append(client.post("/login/", data=told, environ_base=place).status_code)
    return answers


def test_the_eleventh_try_from_one_address_is_refused_whatever_the_name(guarded: Flask) -> None:
    names = [f"guess{number}" for number in range(11)]
    assert tries(guarded, names, ["192.0.2.1"] * 11) == [200] * 10 + [429]
    assert tries(guarded, ["guess99"], ["192.0.2.2"]) == [200]


def test_the_eleventh_try_for_one_name_is_refused_wherever_it_comes_from(guarded: Flask) -> None:
    addresses = [f"198.51.100.{number}" for number in range(11)]
    names = ["Wanted", "wanted ", "WANTED"] * 3 + ["wanted"] * 2
    assert tries(guarded, names, addresses) == [200] * 10 + [429]
    assert tries(guarded, ["unwanted"], ["198.51.100.99"]) == [200]


def test_too_many_tries_are_refused_in_words(guarded: Flask) -> None:
    assert tries(guarded, ["x"] * 10, ["203.0.113.1"] * 10) == [200] * 10
    client, place = guarded.test_client(), {"REMOTE_ADDR": "203.0.113.1"}
    value = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/login/", environ_base=place).text)
    assert value is not None
    told = {"username": "x", "password": "wrong", "csrf_token": value[1]}
    answer = client.post("/login/", data=told, environ_base=place)
    assert answer.status_code == 429
    assert "Too many tries from here or for this name. Wait a minute, then try again." in answer.text
    assert_hardened(answer)


# --- where a sign-in leads ---


@pytest.mark.parametrize(
    "payload",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "////evil.example/",
        "http:evil.example",
        "http:/evil.example",
        "http:///evil.example",
        "javascript:alert(1)",
        "data:text/html,hello",
        "\\\\evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "\thttps://evil.example",
        " https://evil.example",
        "\x01https://evil.example",
        "https://localhost@evil.example/",
        "https://localhost.evil.example/",
        "ftp://localhost/",
        "",
    ],
)
def test_a_sign_in_leads_to_no_other_site(client: FlaskClient, payload: str) -> None:
    answer = client.post("/login/", query_string={"next": payload}, data={"username": "officer", "password": PASSWORD})
    assert answer.status_code == 302
    # As browsers read it: a backslash is a slash to them, and blanks before a scheme are dropped.
    led = urlsplit(urljoin("http://localhost/login/", answer.location.replace("\\", "/").strip()))
    assert (led.scheme, led.netloc) == ("http", "localhost")


@pytest.mark.parametrize("address", ["/visits/list/?state=planned", "http://localhost/visits/list/?state=planned"])
def test_a_sign_in_leads_back_to_the_page_that_was_asked_for(client: FlaskClient, address: str) -> None:
    answer = client.post("/login/", query_string={"next": address}, data={"username": "officer", "password": PASSWORD})
    assert answer.location in ("/visits/list/?state=planned", "http://localhost/visits/list/?state=planned")


@pytest.mark.parametrize("host", ["evil.example", "careward.example.evil.example", "localhost"])
def test_a_forged_host_is_refused(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setitem(app.config, "TRUSTED_HOSTS", ["careward.example"])
    assert client.get("/login/", headers={"Host": "careward.example"}).status_code == 200
    answer = client.get("/login/", headers={"Host": host})
    assert answer.status_code == 400
    assert host not in answer.text


# --- what every answer carries ---

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
POLICY = (
    r"default-src 'self'; script-src 'self' 'nonce-[\w-]{20,}'; style-src 'self'; img-src 'self'; object-src 'none'; "
    r"base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)


def assert_hardened(answer: Any) -> None:
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert re.fullmatch(POLICY, answer.headers["Content-Security-Policy"])


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/services/list/", 200),
        ("GET", "/services/lookup?q=ab", 200),
        ("GET", "/lang/en", 302),
        ("GET", "/users/list/", 403),
        ("GET", "/services/show/999999", 404),
        ("GET", "/nowhere", 404),
        ("POST", "/services/list/", 405),
        ("GET", "/help/suspensions", 200),
        ("GET", "/static/appbuilder/nothing.css", 404),
    ],
)
def test_every_answer_carries_the_headers(as_user: Any, method: str, address: str, status: int) -> None:
    answer = as_user("officer").open(address, method=method)
    assert answer.status_code == status
    assert_hardened(answer)


def test_the_answers_to_strangers_carry_them_too(client: FlaskClient) -> None:
    for address, status in (("/login/", 200), ("/", 302), ("/services/list/", 302), ("/nowhere", 404)):
        answer = client.get(address)
        assert answer.status_code == status
        assert_hardened(answer)


def test_a_form_without_its_token_carries_them_too(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    answer = client.post("/login/")
    assert answer.status_code == 400
    assert_hardened(answer)


def test_a_failure_carries_them_too_and_tells_nothing_of_itself(
    app: Flask, as_user: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_user("officer")

    def broken(self: Any, actor: Any) -> Any:
        raise ZeroDivisionError("the secret of the house")

    monkeypatch.setattr(HomeView, "_work", broken)
    monkeypatch.setitem(app.config, "TESTING", False)
    answer = client.get("/")
    assert answer.status_code == 500
    assert "It was not saved, and it has been noted for whoever runs Careward. Go back and try again." in answer.text
    assert "secret of the house" not in answer.text
    assert "ZeroDivisionError" not in answer.text
    assert_hardened(answer)


def test_what_is_too_large_is_refused_in_words(as_user: Any) -> None:
    answer = as_user("officer").post("/visits/add", data={"reason": "x" * (2 * 1024 * 1024 + 1)})
    assert answer.status_code == 413
    assert "What you sent is larger than 2 MB. Shorten it and send it again." in answer.text
    assert_hardened(answer)


def test_over_https_browsers_are_told_to_stay_there(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Strict-Transport-Security" not in client.get("/login/").headers
    monkeypatch.setitem(app.config, "SESSION_COOKIE_SECURE", True)
    assert client.get("/login/").headers["Strict-Transport-Security"] == "max-age=31536000"


def test_no_page_is_kept_by_browsers(as_user: Any) -> None:
    client = as_user("officer")
    for address in ("/", "/services/list/", "/password", "/nowhere"):
        assert "no-store" in client.get(address).headers["Cache-Control"]


# --- pages that the policy lets work, and that give nothing away ---

PAGES = """
    / /services/list/ /services/show/{service} /services/edit/{service} /parts/list/ /parts/add /providers/list/
    /providers/show/{provider} /contacts/list/ /contacts/add /contact-notes/list/ /contact-notes/add /visits/list/
    /visits/show/{visit} /visits/add /visits/{visit}/cancel /suspensions/list/ /suspensions/show/{case}
    /suspensions/add /suspensions/edit/{case} /suspensions/{case}/submit /suspensions/{case}/approve /purchasing/
    /documents/list/ /agencies/list/ /agencies/add /frameworks/list/ /users/list/ /users/show/{person} /users/add
    /users/edit/{person} /users/{person}/reset /roles/list/ /help/ /help/suspensions /help/visits /password /nowhere
"""


@pytest.fixture
def pages(world: World) -> list[str]:
    service = world.service()
    kept = {
        "service": service.id,
        "provider": service.provider_id,
        "visit": world.visit(service).id,
        "case": world.suspension(service).id,
        "person": world.person("officer2").id,
    }
    return PAGES.format(**kept).split()


@pytest.mark.parametrize("role", ["officer", "head", "administrator", "auditor"])
def test_no_page_has_a_style_or_a_script_of_its_own(as_user: Any, pages: list[str], role: str) -> None:
    client = as_user(role)
    faults = []
    for address in pages:
        text = client.get(address).text
        assert "<html" in text
        if re.search(r"<[^>]*\sstyle\s*=|<style", text) or re.search(r"<[^>]*\son\w+\s*=", text):
            faults.append(address)
        for attributes, body in re.findall(r"<script([^>]*)>(.*?)</script>", text, re.S):
            if "src=" not in attributes or body.strip():
                faults.append(address)
        if "javascript:" in text:
            faults.append(address)
    assert faults == []


@pytest.mark.parametrize("role", ["administrator", "auditor", "officer"])
def test_no_answer_holds_a_password_or_its_hash(world: World, as_user: Any, pages: list[str], role: str) -> None:
    hashes = set(db.session.scalars(select(Person.password)))
    assert hashes
    client = as_user(role)
    for address in [*pages, "/users/list/?order=password", "/users/list/?q=pbkdf2", "/agencies/lookup?q=Marl"]:
        text = client.get(address).text
        # What was asked for stands on the page again: in the box, above the list, and in the addresses of the list.
        assert "pbkdf2:" not in text
        assert re.search(r"pbkdf2(?!(\"|<|&|%26|”))", text) is None
        assert not [each for each in hashes if each in text]
        assert PASSWORD not in text


def test_a_list_of_accounts_is_not_ordered_or_searched_by_what_it_does_not_show(as_user: Any) -> None:
    client = as_user("administrator")
    plain = client.get("/users/list/").text
    names = re.findall(r'/users/show/(\d+)"', plain)
    assert len(names) == 12
    assert re.findall(r'/users/show/(\d+)"', client.get("/users/list/?order=password&direction=desc").text) == names
    assert re.findall(r'/users/show/(\d+)"', client.get("/users/list/?q=pbkdf2").text) == []
