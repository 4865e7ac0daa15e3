"""The pages of other nations' registers: a row beside its candidates, and the steps that a Manager takes there."""

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from world import NOW, World

from models import db
from models.providers import Provider, Regulator, Service
from models.registers import RegisterProposal
from workflows.actor import acting, system
from workflows.registers import files

SCOTTISH = {"regulator": Regulator.care_inspectorate, "regulator_id": None}
ROW = {
    "CareService": "Care Home Service",
    "ServiceName": "Heronsbrae",
    "Service_town": "Kilmarle",
    "Service_Postcode": "ZE99 1CK",
    "ServiceProvider": "Heron Trust",
    "TotalBeds": "20",
    "KQ_Setting": "2",
    "Publication_of_Latest_Grading": "23/04/2024",
}


@pytest.fixture
def told(world: World, tmp_path: Path) -> Any:
    """Import one row of Scotland's register; its id."""

    def tell(**differs: str) -> int:
        text = io.StringIO()
        writer = csv.DictWriter(text, ROW)
        writer.writeheader()
        writer.writerow(ROW | differs)
        (tmp_path / "scotland.csv").write_text(text.getvalue())
        with acting(system("register import", NOW)):
            list(files.apply(db.session, files.survey([tmp_path / "scotland.csv"])))
            name = (ROW | differs)["ServiceName"]
            key = db.session.scalars(select(RegisterProposal.id).where(RegisterProposal.name == name)).one()
        db.session.remove()
        return key

    return tell


def known(world: World, **kw: Any) -> int:
    provider = world.provider("The Heron Trust Ltd", **SCOTTISH)
    told = {"name": "Heronsbrae", "provider": provider, "postcode": "ze991ck", "beds": 18, **SCOTTISH, **kw}
    return world.service(**told).id


def text(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_a_row_stands_beside_its_candidate_with_what_agrees(world: World, told: Any, as_user: Any) -> None:
    service, key = known(world), told()
    page = as_user("manager").get(f"/registers/show/{key}").text
    assert "To be decided" in page
    assert "2, weak" in page
    assert "23 April 2024" in page
    assert f'href="/registers/{key}/match?service_id={service}"' in page
    shown = text(page)
    for line in (
        "Name Heronsbrae Heronsbrae Agrees",
        "Postcode ZE99 1CK ze991ck Agrees",
        "Town Kilmarle – none Not said",
        "Provider Heron Trust The Heron Trust Ltd Agrees",
        "Beds 20 18 Differs",
    ):
        assert line in shown, line


def test_an_officer_compares_and_is_told_who_decides(world: World, told: Any, as_user: Any) -> None:
    known(world)
    page = as_user("officer").get(f"/registers/show/{told()}").text
    assert "Differs" in page
    assert "/match?service_id=" not in page
    assert "Who may: Manager: Test Manager." in page


def test_a_row_like_nothing_known_says_what_to_do(told: Any, as_user: Any) -> None:
    page = as_user("manager").get(f"/registers/show/{told()}").text
    assert (
        "The console knows nothing like it. Match it with a service by name, add it as a new one, or dismiss it."
        in (page)
    )


def test_the_link_of_a_candidate_fills_the_form_and_the_form_matches(world: World, told: Any, as_user: Any) -> None:
    service, key = known(world), told()
    client = as_user("manager")
    form = client.get(f"/registers/{key}/match?service_id={service}").text
    assert 'value="Heronsbrae"' in form
    assert f'value="#{service}"' in form
    assert "Rule: HA 3.80." in form
    answer = client.post(f"/registers/{key}/match", data={"service_id": ["Heronsbrae", f"#{service}"], "version": "0"})
    assert (answer.status_code, answer.location) == (302, f"/registers/show/{key}")
    page = client.get(f"/registers/show/{key}").text
    assert f'href="/services/show/{service}"' in page
    assert "Matched" in page
    assert "Services that it may be" not in page


def test_without_a_link_the_form_is_empty(told: Any, world: World, as_user: Any) -> None:
    known(world)
    assert "Heronsbrae</" in (form := as_user("manager").get(f"/registers/{told()}/match").text)
    assert 'value="Heronsbrae"' not in form


def test_a_refused_match_keeps_what_was_typed(told: Any, world: World, as_user: Any) -> None:
    english, key = world.service("Lark House").id, told()
    answer = as_user("manager").post(
        f"/registers/{key}/match", data={"service_id": ["Lark House", f"#{english}"], "version": "0"}
    )
    assert answer.status_code == 409
    assert "This service is registered with another regulator, so this row is not about it." in answer.text
    assert 'value="Lark House"' in answer.text


def test_adding_starts_with_the_provider_of_that_name(told: Any, world: World, as_user: Any) -> None:
    provider = world.provider("Heron Trust Limited", **SCOTTISH).id
    form = as_user("manager").get(f"/registers/{told()}/add").text
    assert f'value="#{provider}"' in form
    assert 'value="Heron Trust Limited"' in form


def test_adding_starts_with_the_name_of_a_provider_that_is_not_known(told: Any, as_user: Any) -> None:
    assert 'value="Heron Trust"' in as_user("manager").get(f"/registers/{told()}/add").text


def test_adding_by_the_form_makes_the_service(told: Any, as_user: Any) -> None:
    client, key = as_user("manager"), told()
    data = {"provider_id": ["", "#"], "provider_name": "Heron Trust", "version": "0"}
    assert client.post(f"/registers/{key}/add", data=data).status_code == 302
    with acting(system("test", NOW)):
        service = db.session.scalars(select(Service).where(Service.name == "Heronsbrae")).one()
        provider = db.session.get_one(Provider, service.provider_id)
        told_of = (service.id, provider.name, service.regulator)
    assert told_of[1:] == ("Heron Trust", Regulator.care_inspectorate)
    assert "Heronsbrae" in client.get("/services/list/").text


def test_the_page_of_a_service_tells_what_its_register_says(told: Any, world: World, as_user: Any) -> None:
    service, key = known(world), told()
    manager = as_user("manager")
    assert "In the register of" not in manager.get(f"/services/show/{service}").text
    manager.post(f"/registers/{key}/match", data={"service_id": ["", f"#{service}", f"#{service}"], "version": "0"})
    page = as_user("officer").get(f"/services/show/{service}").text
    assert "In the register of the Care Inspectorate (Scotland)" in page
    assert "2, weak" in page
    assert f'href="/registers/show/{key}"' in page
    assert "2, weak" not in as_user("partner").get(f"/services/show/{service}").text


def test_the_history_of_a_matched_service_names_its_fields(told: Any, world: World, as_user: Any) -> None:
    service, key = known(world), told()
    client = as_user("manager")
    client.post(f"/registers/{key}/match", data={"service_id": ["", f"#{service}", f"#{service}"], "version": "0"})
    page = client.get(f"/services/show/{service}").text
    for label in ("Beds", "Town", "Postcode"):
        assert f"<dt>{label}</dt>" in page, label
    history = client.get(f"/registers/show/{key}").text
    assert "Match with a service" in history
    assert "before" not in text(history[history.index('id="history"') :])


def test_a_past_day_of_a_service_tells_nothing_that_only_imports_keep(told: Any, world: World, as_user: Any) -> None:
    service = known(world, town="Kilmarle")
    with world.acting("officer"):
        db.session.get_one(Service, service).commissioning = "spot_purchase"
        db.session.commit()
    page = as_user("officer").get(f"/services/as-at/{service}?on=2026-03-04").text
    assert "Spot purchase" in page
    assert "Kilmarle" not in page


def test_the_likeliest_stand_first_and_what_is_decided_is_not_listed(told: Any, world: World, as_user: Any) -> None:
    known(world)
    for name in ("Avocet House", "Heronsbrae", "Zebra House"):
        key = told(ServiceName=name, Service_Postcode="ZE99 1CK" if name == "Heronsbrae" else "ZE99 2CK")
    client = as_user("manager")
    page = client.get("/registers/list/").text
    assert page.index("Heronsbrae") < page.index("Avocet House") < page.index("Zebra House")
    client.post(f"/registers/{key}/dismiss", data={"note": "Nobody is there.", "version": "0"})
    assert "Zebra House" not in client.get("/registers/list/").text
    assert "Zebra House" in client.get("/registers/list/?state=dismissed").text
    assert "Avocet House" not in client.get("/registers/list/?certainty=exact").text
    assert "3 records" in client.get("/registers/list/?state=&regulator=care_inspectorate").text
    assert "0 records" in client.get("/registers/list/?regulator=ciw").text


def test_a_name_that_a_spreadsheet_would_run_is_only_a_name(told: Any, as_user: Any) -> None:
    key = told(ServiceName='=HYPERLINK("x")<b>')
    assert "=HYPERLINK(&#34;x&#34;)&lt;b&gt;" in as_user("manager").get(f"/registers/show/{key}").text
