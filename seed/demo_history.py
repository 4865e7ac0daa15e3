"""Two invented years, made by taking the real steps as the right people at past dates."""

import csv
import datetime as dt
import heapq
import random
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import chdir, contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from flask_appbuilder.security.sqla.models import Role as RoleRow
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from models.base import LONDON
from models.framework import (
    ActivityForm,
    ActivityType,
    Announcement,
    Cadence,
    CadenceMode,
    Framework,
    Outcome,
    RestrictionEffect,
)
from models.ledger import LedgerKind
from models.lists import ExportFormat, SavedView
from models.meetings import Meeting, MeetingState
from models.people import Agency, Person
from models.providers import (
    Commissioning,
    Contact,
    ContactKind,
    ContactNote,
    NoteChannel,
    Provider,
    RatingValue,
    RegistrationStatus,
    Regulator,
    Service,
    ServicePart,
    ServiceType,
)
from models.registers import RegisterProposal
from models.suspensions import Suspension, SuspensionState
from models.visits import Visit
from seed import demo_records
from seed import demo_texts as words
from seed.demo_register import AUTHORITY, Register
from seed.demo_script import (
    ACCOUNTS,
    AGENCIES,
    CASES,
    COMMISSIONING,
    CONDITIONS,
    DECIDERS,
    DISMISSED,
    FEW,
    NOTE_COUNT,
    OFFICERS,
    OUTSIDE,
    PARTS,
    PORTAL,
    REVIEW_EVERY,
    SAVED_VIEWS,
    SCOTLAND,
    UNALLOCATED,
    UNREGISTERED,
    UNVISITED,
    VARIATION,
    VISITS,
    WITHOUT_EMAIL,
    YEARS,
)
from workflows import framework, meetings, providers, suspensions, triggers, visits
from workflows.access import Resource, Role
from workflows.actor import Actor, acting, actor_for, at, system
from workflows.clocks import is_working_day
from workflows.engine import Workflow
from workflows.gate import maintenance, record
from workflows.lists import exported
from workflows.registers import files as register_files
from workflows.registers import proposals


class Demo:
    """The two years. Everything that happens is put into a queue with its moment, and then happens in that order."""

    def __init__(self, session: Session, now: dt.datetime, rules: Framework, chance: random.Random) -> None:
        self.session, self.now, self.chance = session, now, chance
        self.nation, self.framework_id = rules.nation, rules.id
        self.rules: dict[str, list[Cadence]] = {}
        """The framework's cadence rules by activity."""
        self.today = now.astimezone(LONDON).date()
        self.queue: list[tuple[dt.datetime, int, partial[None]]] = []
        self.number = count()
        self.register = Register(self.today, chance)
        self.actors: dict[str, Actor] = {}
        self.ids: dict[str, int] = {}
        """Services, providers and agencies by name, and parts as "service: part"."""
        self.people: dict[str, int] = {}
        self.linked: dict[str, str] = {}
        """Service -> the officer it is allocated to."""
        self.contacts: dict[int, list[int]] = {}
        self.decks: dict[Sequence[Any], list[Any]] = {}
        self.met: set[int] = set()
        """Providers whose nominated individual is in the address book."""
        self.past, self.ahead = [self._last_whole_day()], [self.today]
        self.first_day = self._working(self.today - YEARS, 1)

    # --- the calendar ---

    def _is_working(self, day: dt.date) -> bool:
        return is_working_day(day, self.nation)

    def _working(self, day: dt.date, step: int) -> dt.date:
        while not self._is_working(day):
            day += dt.timedelta(days=step)
        return day

    def working_day(self, day: dt.date) -> dt.date:
        """That day, or the working day before it."""
        return self._working(day, -1)

    def _last_whole_day(self) -> dt.date:
        """The newest working day whose office hours are over."""
        local = self.now.astimezone(LONDON)
        over = local.time() >= dt.time(18)
        return self._working(local.date() if over else local.date() - dt.timedelta(days=1), -1)

    def day(self, back: int) -> dt.date:
        """So many working days before the last whole one; a negative number lies after today."""
        days, step = (self.past, -1) if back >= 0 else (self.ahead, 1)
        while len(days) <= abs(back):
            days.append(self._working(days[-1] + dt.timedelta(days=step), step))
        return days[abs(back)]

    @staticmethod
    def moment(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
        return dt.datetime.combine(day, dt.time(hour, minute), LONDON).astimezone(dt.UTC)

    def in_hours(self, day: dt.date, first: int = 9, last: int = 16) -> dt.datetime:
        """Some moment of the working day."""
        return self.moment(day, self.chance.randint(first, last), self.chance.randrange(0, 60, 5))

    # --- the queue, and who acts ---

    def then(self, moment: dt.datetime, call: Callable[..., None], *told: Any) -> None:
        """Let something happen at a moment, which it is told last. What lies ahead has not happened."""
        if moment <= self.now:
            heapq.heappush(self.queue, (moment, next(self.number), partial(call, *told)))

    @contextmanager
    def as_(self, username: str, moment: dt.datetime) -> Iterator[Actor]:
        if username not in self.actors:
            with acting(system("demo", moment)):
                person = self.session.get_one(Person, self.people[username])
                self.actors[username] = actor_for(person, moment)
        actor = at(self.actors[username], moment)
        with acting(actor):
            yield actor

    @contextmanager
    def as_job(self, job: str, moment: dt.datetime) -> Iterator[None]:
        with acting(system(job, moment)):
            yield

    def decider(self, workflow: Workflow, step: str, item: Any, moment: dt.datetime) -> str:
        """Somebody whom the framework lets decide this, and who may. A Manager, or else either Head, is as likely."""
        names = list(DECIDERS)
        if self.chance.random() < 0.5:
            names[:3] = names[2::-1]
        refusals = []
        for name in names:
            with self.as_(name, moment) as actor:
                refusal = workflow.refusal(step, item, actor)
            if refusal is None:
                return name
            refusals.append(refusal)
        raise refusals[0]

    def take(
        self,
        workflow: Workflow,
        step: str,
        item: Any,
        username: str | None,
        moment: dt.datetime,
        note: str = "",
        **values: Any,
    ) -> None:
        """Take a step as somebody; without a name, as whoever decides."""
        if username is None:
            username = self.decider(workflow, step, item, moment)
        with self.as_(username, moment) as actor:
            if any(each.name == "decision_minute" for each in workflow.steps[step].asks(item)):
                day = actor.today
                values |= {"decided_on": day, "decision_minute": f"{day:%B %Y}, item {self.chance.randint(2, 9)}"}
            workflow.take(step, item, actor, note, **values)

    def tell(self, password: str) -> None:
        """Let everything happen."""
        with acting(system("demo", self.now)):
            rules = select(Cadence).where(Cadence.framework_id == self.framework_id).order_by(Cadence.id)
            for rule in self.session.scalars(rules):
                self.rules.setdefault(rule.activity, []).append(rule)
        self.first_morning(password)
        for day in self.register.days(self.first_day)[1:]:
            self.then(self.moment(day, 5, 30), self.read_register)
        self.address_book()
        self.market()
        self.programme()
        self.then(self.moment(self.day(12), 8), self.read_other_register)
        self.then(self.moment(self.day(11), 10), self.dismiss_row, *DISMISSED)
        for number, case in enumerate(CASES):
            self.case(number, *case)
        for visit in VISITS:
            self.visit_on_show(*visit)
        self.notes()
        self.lists()
        demo_records.tell(self)
        while self.queue:
            moment, _number, call = heapq.heappop(self.queue)
            call(moment)

    # --- words ---

    def draw(self, texts: Sequence[Any]) -> Any:
        """One of these, none again before all others had their turn."""
        deck = self.decks.setdefault(tuple(texts), [])
        if not deck:
            deck.extend(self.chance.sample(list(texts), len(texts)))
        return deck.pop()

    def write(self, text: str, moment: dt.datetime, setting: str = "home") -> str:
        """A text with its blanks filled."""
        day = moment.astimezone(LONDON).date() - dt.timedelta(days=self.chance.randint(20, 200))
        fill = {
            "few": lambda: self.chance.choice(FEW),
            "some": lambda: str(self.chance.randint(6, 24)),
            "case": lambda: f"case {self.chance.randint(1000, 9999)}/{self.chance.randint(10, 99)}",
            "post": lambda: self.chance.choice(words.POSTS[setting]),
            "date": lambda: f"{day.day} {day:%B}",
        }
        filled = re.sub(r"\{(\w+)\}", lambda found: fill[found[1]](), text)
        return re.sub(r"(^|[.!?]\s)([a-z])", lambda found: found[1] + found[2].upper(), filled)

    # --- the first morning ---

    def first_morning(self, password: str) -> None:
        day = self.first_day
        self.read_register(self.moment(day, 5, 30))
        with self.as_job("earlier records", self.moment(day, 6)), maintenance("earlier records"):
            self.keep_unregistered()
        self.open_accounts(self.moment(day, 8, 30), password)

    def read_register(self, moment: dt.datetime) -> None:
        """The nightly import, from files in the form of the regulator's API."""
        day = moment.astimezone(LONDON).date()
        with tempfile.TemporaryDirectory() as folder, chdir(folder):
            paths = []
            for name, data in self.register.files(day):
                path = Path(f"register-{day.isoformat()}") / name
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(data)
                paths.append(path)
            with self.as_job("register import", moment):
                surveyed = register_files.survey(paths)
                for outcome in register_files.apply(self.session, surveyed, on_rating=triggers.on_rating):
                    if outcome.problems:
                        raise ValueError(f"the demo's register cannot be read: {outcome.problems}")
                asked = select(Meeting.id).where(Meeting.state == MeetingState.requested, Meeting.created_at == moment)
                for pk in self.session.scalars(asked.order_by(Meeting.id)):
                    self.then(self.moment(self._working(day + dt.timedelta(days=14), 1), 11), self.need_no_mdt, pk)
                for model in (Service, Provider):
                    self.ids |= {row.name: row.id for row in self.session.scalars(select(model))}  # type: ignore[attr-defined]

    def need_no_mdt(self, pk: int, moment: dt.datetime) -> None:
        """A head finds that a rating needs no multi-disciplinary team."""
        with self.as_("head", moment):
            meeting = self.session.get_one(Meeting, pk)
        reason = "A visit is planned, and its action plan will cover what the regulator found."
        self.take(meetings.WORKFLOW, "not_required", meeting, "head", moment, ended_because=reason)

    def read_other_register(self, moment: dt.datetime) -> None:
        """What somebody downloads of another nation's register, because people are placed there."""
        with tempfile.TemporaryDirectory() as folder, chdir(folder):
            path = Path("scotland.csv")
            with path.open("w", encoding="windows-1252", newline="") as file:
                csv.writer(file).writerows(SCOTLAND)
            with self.as_job("register import", moment):
                for _outcome in register_files.apply(self.session, register_files.survey([path])):
                    pass

    def dismiss_row(self, name: str, reason: str, moment: dt.datetime) -> None:
        with self.as_("manager", moment):
            row = self.session.scalars(select(RegisterProposal).where(RegisterProposal.name == name)).one()
        self.take(proposals.WORKFLOW, "dismiss", row, "manager", moment, reason)

    def keep_unregistered(self) -> None:
        """What no regulator registers comes from the list that the council kept before."""
        made = [
            Service(
                provider_id=self.ids[provider],
                name=name,
                service_type=kind,
                regulator=Regulator.none,
                registration_status=RegistrationStatus.not_required,
                address_line_1=f"{self.chance.randint(1, 90)} Chapel Street",
                town=town,
                phone=f"01632960{self.chance.randint(0, 999):03}",
                local_authority=AUTHORITY,
                activities=[],
                specialisms=[],
                register_types=[],
            )
            for provider, name, kind, town in UNREGISTERED
        ]
        self.session.add_all(made)
        self.session.flush()
        for each in made:
            record(self.session, LedgerKind.imported, each, {"name": [None, each.name]}, "From the list kept before.")
            self.ids[each.name] = each.id

    def open_accounts(self, moment: dt.datetime, password: str) -> None:
        """The first Administrator by the console itself, everybody else by the Administrator."""
        with self.as_job("user add", moment):
            rows = {role.name: role for role in self.session.scalars(select(RoleRow))}
            for role in Role:
                if role.value not in rows:
                    self.session.add(row := RoleRow(name=role.value))
                    rows[role.value] = row
            self.session.flush()
            self._open([each for each in ACCOUNTS if each[0] == "admin"], rows, {}, moment, password)
        with self.as_("admin", moment + dt.timedelta(minutes=15)):
            agencies = [
                Agency(
                    name=name,
                    kind=kind,
                    agreement_on=self.first_day,
                    email=f"office@{re.sub(r'[^a-z]+', '-', name.lower())}.example.org",
                )
                for name, kind in AGENCIES
            ]
            self.session.add_all(agencies)
            self.session.flush()
            self.ids |= {each.name: each.id for each in agencies}
        with self.as_("admin", later := moment + dt.timedelta(minutes=30)):
            home = {
                "partner": {"agency_id": self.ids["NHS Wexmoor and Marl Integrated Care Board"]},
                "contributor": {"agency_id": self.ids["Wexmoor community nursing"]},
                "provider": {"provider_id": self.ids[PORTAL]},
            }
            self._open([each for each in ACCOUNTS if each[0] != "admin"], rows, home, later, password)

    def _open(
        self, accounts: Sequence[tuple[str, Role, str]], rows: dict[str, RoleRow], home: dict[str, dict[str, int]],
        moment: dt.datetime, password: str,
    ) -> None:  # fmt: skip
        stamp = moment.astimezone(dt.UTC).replace(tzinfo=None)
        people = [
            Person(
                username=username,
                first_name="Demo",
                last_name=name,
                email=f"{username}@example.org",
                active=True,
                must_change_password=False,
                password=generate_password_hash(password),
                created_on=stamp,
                changed_on=stamp,
                roles=[rows[role.value]],
                **home.get(username, {}),
            )
            for username, role, name in accounts
        ]
        self.session.add_all(people)
        self.session.flush()
        self.people |= {person.username: person.id for person in people}

    # --- contacts, allocation, commissioning ---

    def address_book(self) -> None:
        """Posts and numbers, entered in the first two days; some change later."""

        def enter(names: list[str], username: str, moment: dt.datetime) -> None:
            with self.as_(username, moment):
                made = [contact for name in names for contact in self._contacts_of(name)]
                self.session.add_all(made)
                self.session.flush()
                for each in made:
                    self.contacts.setdefault(each.service_id or 0, []).append(each.id)

        names = self.service_names()
        for username, some, day in (("officer", names[0::2], 0), ("officer2", names[1::2], 1)):
            when = self.moment(self._working(self.first_day + dt.timedelta(days=day), 1), 10 + day)
            self.then(when, enter, some, username)
        self.then(self.moment(self._working(self.first_day + dt.timedelta(days=2), 1), 9), self._tell_parts_apart)
        for name, back in (("Tarnside Nursing Home", 230), ("Millrace House", 120), ("Stanebeck Hall", 158)):
            self.then(self.in_hours(self.day(back)), self._replace_manager, name)

    def _contacts_of(self, name: str) -> Iterator[Contact]:
        service = self.session.get_one(Service, self.ids[name])
        slug = re.sub(r"[^a-z]+", "-", name.lower()).strip("-")

        def phone() -> str:
            return f"01632 960{self.chance.randint(0, 999):03}"

        common = {"provider_id": service.provider_id, "service_id": service.id}
        yield Contact(
            kind=ContactKind.registered_manager if service.activities else ContactKind.other,
            post="Registered manager" if service.activities else "Manager",
            phone=phone(), email=f"manager@{slug}.example.org", **common,
        )  # fmt: skip
        yield Contact(
            kind=ContactKind.office, post="Office", phone=phone(), email=f"office@{slug}.example.org", **common
        )
        if service.service_type in (ServiceType.home_care, ServiceType.supported_living):
            yield Contact(kind=ContactKind.on_call, post="On-call coordinator", phone=phone(), **common)
        if service.provider_id not in self.met:
            self.met.add(service.provider_id)
            yield Contact(
                kind=ContactKind.nominated_individual, post="Nominated individual", phone=phone(),
                email=None if service.provider.name in WITHOUT_EMAIL else f"nominated@{slug}.example.org",
                provider_id=service.provider_id,
            )  # fmt: skip

    def _tell_parts_apart(self, moment: dt.datetime) -> None:
        """The units and properties of some services, as an officer enters them."""
        with self.as_("officer", moment):
            parts = {
                f"{service}: {name}": ServicePart(service_id=self.ids[service], name=name)
                for service, names in PARTS.items()
                for name in names
            }
            self.session.add_all(parts.values())
            self.session.flush()
            self.ids |= {scope: part.id for scope, part in parts.items()}

    def _replace_manager(self, name: str, moment: dt.datetime) -> None:
        with self.as_(self.linked[name], moment) as actor:
            left = self.session.scalars(
                select(Contact).where(
                    Contact.service_id == self.ids[name], Contact.kind == ContactKind.registered_manager
                )
            ).first()
            if left is None:
                return
            left.left_on = actor.today
            self.session.add(
                Contact(
                    provider_id=left.provider_id, service_id=left.service_id, kind=ContactKind.registered_manager,
                    post="Interim manager", phone=left.phone, email=left.email,
                )
            )  # fmt: skip
            self.session.flush()

    def service_names(self) -> list[str]:
        """The social care services, those that left the register included."""
        with acting(system("demo", self.now)):
            rows = self.session.execute(
                select(Service.name).where(Service.sector == "Social Care Org").order_by(Service.id)
            )
            return [name for (name,) in rows]

    def market(self) -> None:
        """Who watches over which service, and how the council buys from it."""
        for number, name in enumerate(self.service_names()):
            day = self._working(self.first_day + dt.timedelta(days=2 + number % 9), 1)
            how = COMMISSIONING.get(name, Commissioning.commissioned)
            if how is not Commissioning.not_recorded:
                self.then(self.in_hours(day), self._commission, name, how)
            if name in UNALLOCATED:
                continue
            officer = "manager" if number % 19 == 7 else OFFICERS[number % 2]
            self.linked[name] = officer
            self.then(self.in_hours(day), self._allocate, name, officer)
        for name, back in (("Rowan Bank", 310), ("Kiln Croft", 205), ("Three Becks", 88), ("Weavers' Yard", 33)):
            new = OFFICERS[1 - OFFICERS.index(self.linked[name])] if self.linked[name] in OFFICERS else "officer"
            self.linked[name] = new
            self.then(self.in_hours(self.day(back)), self._allocate, name, new)
        self.then(
            self.in_hours(self.day(140)),
            self._commission,
            "Sandpiper Lodge",
            Commissioning.commissioned,
        )

    def _allocate(self, name: str, username: str, moment: dt.datetime) -> None:
        with self.as_("manager", moment):
            service = self.session.get_one(Service, self.ids[name])
        self.take(
            providers.WORKFLOW, "allocate", service, "manager", moment, allocated_officer_id=self.people[username]
        )

    def _commission(self, name: str, how: Commissioning, moment: dt.datetime) -> None:
        with self.as_(self.linked.get(name, "manager"), moment):
            self.session.get_one(Service, self.ids[name]).commissioning = how
            self.session.flush()

    # --- visits ---

    def programme(self) -> None:
        """The routine visits of two years, to every service that the council visits."""
        for name in self.service_names():
            how = COMMISSIONING.get(name, Commissioning.commissioned)
            if how in UNVISITED or name in OUTSIDE:
                continue
            with acting(system("demo", self.now)):
                service = self.session.get_one(Service, self.ids[name])
                closed = Register.closes(name, self.today)
                kinds = [kind for kind in self.kinds(service) if not kind.needs_authorisation]
            back = self.chance.randint(395, 470)
            while back > 30:
                day = self.day(back)
                word = self.register.word(name, day)
                timely = tuple(kind for kind in kinds if self.is_timely(kind, word))
                some = tuple(kind for kind in timely if self.is_routine(kind)) or timely
                if some and (closed is None or self.day(back - 20) < closed):
                    self._routine(name, self.draw(some), back)
                back -= self.chance.randint(62, 108)

    def kinds(self, service: Service) -> list[ActivityType]:
        """The framework's kinds of visit that suit a service: those that its rules do not keep for other types."""
        kinds = select(ActivityType).where(
            ActivityType.framework_id == self.framework_id, ActivityType.form == ActivityForm.visit
        )
        return [
            kind
            for kind in self.session.scalars(kinds.order_by(ActivityType.id))
            if (service.care_home or not kind.care_homes_only) and self.may_be_due(kind, service.service_type)
        ]

    def may_be_due(self, kind: ActivityType, service_type: ServiceType) -> bool:
        rules = self.rules.get(kind.key, [])
        return not rules or any(service_type in (rule.service_types or ServiceType) for rule in rules)

    def is_routine(self, kind: ActivityType) -> bool:
        """Whether a visit of this kind falls due by itself."""
        return any(rule.mode is not CadenceMode.as_required for rule in self.rules.get(kind.key, ()))

    def is_timely(self, kind: ActivityType, word: str) -> bool:
        """Whether a visit of this kind makes sense while the regulator's rating is this.

        One that only follows an assessment, or is only made to services in some bands, is made where that came out so.
        """
        asked: set[str] = set()
        for rule in self.rules.get(kind.key, ()):
            if rule.bands:
                asked |= {"R", "I"}
            elif rule.mode is CadenceMode.after:
                first = [rule, *self.rules.get(rule.other or "", ())]
                asked |= {OUTCOME_WORDS[Outcome(outcome)] for each in first for outcome in each.outcomes or ()}
            else:
                return True
        return word in asked or not asked

    def visit_on_show(self, name: str, authorised: bool, told: str) -> None:
        with acting(system("demo", self.now)):
            kinds = self.kinds(self.session.get_one(Service, self.ids[name]))
        some = [kind for kind in kinds if kind.needs_authorisation == authorised]
        if not some:
            return  # this council has no such kind of visit
        steps = [(step, int(back), int(more)) for step, back, more in _steps(told)]
        # A visit on show stands in office hours, so that "under way" is believable whatever the time is.
        word = self.register.word(name, self.today)
        daytime = [kind for kind in some if not kind.outside_core_hours and self.is_timely(kind, word)] or some
        self._visit(name, self.draw(tuple(daytime)), steps, concern=authorised)

    def _routine(self, name: str, kind: ActivityType, back: int) -> None:
        chance = self.chance
        visit = back - chance.randint(11, 20)
        steps = [("plan", back, 0), ("schedule", back - chance.randint(2, 6), visit)]
        luck = chance.random()
        if luck < 0.06:
            steps.append(("cancel", visit + chance.randint(1, 3), 0))
        else:
            if luck < 0.12:
                steps[-1] = ("schedule", back - 2, visit + 2)
                steps.append(("reschedule", visit + 3, visit))
            written = visit - chance.randint(1, 4)
            steps += [("begin", visit, 0), ("write_up", written, 0), ("publish", written - chance.randint(4, 11), 0)]
            if luck > 0.97:
                steps.append(("correct", written - chance.randint(14, 20), 0))
        self._visit(name, kind, [each for each in steps if each[1] >= 0], concern=False)

    def _visit(self, name: str, kind: ActivityType, steps: list[tuple[str, int, int]], concern: bool) -> None:
        """Queue the life of one visit."""
        officer = self.linked.get(name, self.chance.choice(OFFICERS))
        Visiting(self, name, kind, officer if officer in OFFICERS else "officer", concern).queue(steps)

    # --- restrictions ---

    def case(self, number: int, scope: str, kind: RestrictionEffect, text: int, author: str, told: str) -> None:
        """Queue the life of one restriction."""
        case = Restricting(self, scope, kind, words.CASES[text], author)
        begun = 0
        for step, back, _more in _steps(told):
            if step == "reviews":
                while begun - REVIEW_EVERY > int(back):
                    begun -= REVIEW_EVERY
                    case.queue("review", begun)
                begun = int(back)
                case.queue("review", begun)
                continue
            case.queue(step, int(back))
            if step == "approve":
                begun = int(back)

    # --- notes ---

    def notes(self) -> None:
        """Calls, mails and talks: the commonest record of all."""
        names = [name for name in self.service_names() if name in self.ids]
        for _each in range(NOTE_COUNT):
            name = self.chance.choice(names)
            closed = Register.closes(name, self.today)
            day = self.day(self.chance.randint(0, 478))
            if closed is not None and day >= closed:
                continue
            self.then(self.in_hours(day, 8, 17), self._note, name)

    def lists(self) -> None:
        """Views that people keep of their lists, and a list that was taken out."""
        for hour, view in enumerate(SAVED_VIEWS, 9):
            self.then(self.moment(self.day(30), hour), self._save_view, *view)
        self.then(self.in_hours(self.day(8)), self._export)

    def _save_view(
        self, username: str, screen: Resource, name: str, address: str, shared: bool, moment: dt.datetime
    ) -> None:
        with self.as_(username, moment):
            self.session.add(
                SavedView(name=name, screen=screen.value, resource=screen.value, address=address, shared=shared)
            )
            self.session.flush()

    def _export(self, moment: dt.datetime) -> None:
        with self.as_("manager", moment):
            rows = len(self.session.scalars(select(Suspension.id)).all())
            exported(self.session, "suspensions", "order=starts", ExportFormat.xlsx, rows)

    def _note(self, name: str, moment: dt.datetime) -> None:
        username = self.linked.get(name) or self.chance.choice(OFFICERS)
        if self.chance.random() < 0.15:
            username = self.chance.choice((*OFFICERS, "manager"))
        channel = self.chance.choices(list(NoteChannel), weights=(9, 7, 3, 1))[0]
        with self.as_(username, moment) as actor:
            service = self.session.get_one(Service, self.ids[name])
            setting = _setting(service)
            told = words.NOTES[channel.value]
            text = self.draw(told["any"] + told[setting])
            if self.chance.random() < 0.55:
                text += " " + self.draw(words.FOLLOW)
            text = self.write(text, actor.now, setting)
            known = self.contacts.get(service.id, [])
            spoken = moment - dt.timedelta(minutes=self.chance.randrange(5, 120, 5))
            self.session.add(
                ContactNote(
                    provider_id=service.provider_id,
                    service_id=service.id,
                    contact_id=self.chance.choice(known) if known and self.chance.random() < 0.7 else None,
                    at=spoken,
                    channel=channel,
                    text=text,
                )
            )
            self.session.flush()


OUTCOME_WORDS = {
    Outcome.excellent: "O",
    Outcome.good: "G",
    Outcome.requires_improvement: "R",
    Outcome.poor: "I",
}
"""What the council's assessment calls it, and the demo's register."""
OUTCOMES = (
    Outcome.excellent, Outcome.good, Outcome.requires_improvement, Outcome.requires_improvement, Outcome.poor,
    Outcome.poor,
)  # fmt: skip
"""How an assessment comes out that finds so many things weak."""


def _steps(told: str) -> Iterator[tuple[str, str, str]]:
    """ "schedule 8 for -2; begin 0" as (step, working days back, of what it is about)."""
    for each in told.split(";"):
        step, back, *more = each.split()
        yield step, back, more[1] if more else "0"


class Visiting:
    """One visit from its plan to wherever it stands."""

    def __init__(self, demo: Demo, name: str, kind: ActivityType, officer: str, concern: bool) -> None:
        self.demo, self.name, self.officer, self.concern = demo, name, officer, concern
        self.kind_id, self.visit_id = kind.id, 0
        self.evening = kind.outside_core_hours
        self.announced = {Announcement.announced: True, Announcement.unannounced: False}.get(
            kind.announcement, not concern and demo.chance.random() < 0.6
        )
        self.longest = kind.longest_minutes
        self.starts = demo.now
        self.due_on: dt.date | None = None

    def queue(self, steps: list[tuple[str, int, int]]) -> None:
        demo, before = self.demo, None
        for step, back, more in steps:
            day = demo.day(back)
            if step in ("schedule", "reschedule"):
                self.starts = self._start(demo.day(more))
            if step == "plan":
                self.due_on = demo.day(more) if more else demo.day(max(back - 25, -40))
            if step in ("begin", "abandon"):
                moment = self.starts + dt.timedelta(minutes=25 if step == "abandon" else 5)
            elif sum(other == back for _step, other, _more in steps) > 1:
                moment = demo.in_hours(day, 9, 9)
            else:
                moment = demo.in_hours(day)
            # Several steps of one day stand in their order.
            if before is not None and moment <= before:
                moment = before + dt.timedelta(minutes=35)
            before = moment
            starts = self.starts if step in ("schedule", "reschedule") else None
            demo.then(moment, self._take, step, starts)

    def _start(self, day: dt.date) -> dt.datetime:
        chance = self.demo.chance
        if not self.evening:
            return self.demo.moment(day, chance.choice((12, 13, 14)), chance.choice((0, 15, 30, 45)))
        if chance.random() < 0.3:  # the Saturday before
            day -= dt.timedelta(days=day.weekday() + 2)
            return self.demo.moment(day, chance.choice((7, 10, 19)), chance.choice((0, 30)))
        return self.demo.moment(day, chance.choice((18, 19, 20, 21)), chance.choice((0, 30)))

    def _take(self, step: str, starts: dt.datetime | None, moment: dt.datetime) -> None:
        demo, write = self.demo, self.demo.write
        if step == "plan":
            self._plan(moment)
            return
        with demo.as_(self.officer, moment):
            visit = demo.session.get_one(Visit, self.visit_id)
        note = ""
        who: str | None = self.officer
        values: dict[str, Any] = {}
        match step:
            case "schedule" | "reschedule":
                values = {"officer_id": demo.people[self.officer], "starts_at": starts, "announced": self.announced}
            case "request_authorisation":
                note = write(demo.draw(words.REASONS["concern"]), moment)
            case "authorise":
                note, who = demo.draw(words.AUTHORISE_NOTES), None
            case "refuse_authorisation":
                note, who = demo.draw(words.REFUSED_AUTHORISATION), None
            case "begin":
                values = {"began_at": moment - dt.timedelta(minutes=5)}
            case "cancel":
                note = demo.draw(words.CANCELLED)
            case "abandon":
                note = demo.draw(words.ABANDONED)
            case "write_up":
                values = self._report(visit, moment)
            case "correct":
                reason, finding = demo.draw(words.CORRECTIONS)
                with acting(system("demo", moment)):
                    newest = visit.reports[-1]
                values = {
                    "correction_reason": reason,
                    "findings": f"{newest.findings}\n\nCorrection: {finding}",
                    "good_practice": newest.good_practice,
                    "concerns": newest.concerns,
                    "outcome": visit.outcome,
                }
        demo.take(visits.WORKFLOW, step, visit, who, moment, note, **values)

    def _plan(self, moment: dt.datetime) -> None:
        demo = self.demo
        reasons = words.REASONS["concern" if self.concern else "cadence"]
        planner = "manager" if demo.chance.random() < 0.15 else self.officer
        with demo.as_(planner, moment):
            visit = Visit(
                service_id=demo.ids[self.name],
                activity_type_id=self.kind_id,
                due_on=self.due_on,
                reason=demo.write(demo.draw(reasons), moment),
                tasks=demo.draw(words.TASKS),
            )
            demo.session.add(visit)
            demo.session.flush()
            self.visit_id = visit.id

    def _report(self, visit: Visit, moment: dt.datetime) -> dict[str, Any]:
        demo, write, chance = self.demo, self.demo.write, self.demo.chance
        with acting(system("demo", moment)):
            service = visit.service
            setting, is_assessment = _setting(service), visit.activity_type.is_assessment
            weak = {RatingValue.inadequate: 4, RatingValue.requires_improvement: 3, RatingValue.outstanding: 0}.get(
                service.rating or RatingValue.good, 1
            ) + (1 if self.concern else 0)
        began = visit.began_at or moment
        minutes = chance.randrange(80, 240, 10)
        overran = False
        if self.longest:
            overran = chance.random() < 0.08
            minutes = self.longest + 20 if overran else max(self.longest - chance.randrange(5, 45, 5), 20)
        ended = began + dt.timedelta(minutes=minutes)
        good = chance.sample(words.GOOD[setting], chance.randint(3, 5) if weak < 3 else 2)
        bad = chance.sample(words.WEAK[setting], min(weak, len(words.WEAK[setting])))
        good, bad = ([write(text, moment, setting) for text in some] for some in (good, bad))
        findings = " ".join(good) + ("\n\n" + " ".join(bad) if bad else "")
        senior = "Senior care worker on duty" if self.evening else chance.choice(words.POSTS[setting]).capitalize()
        return {
            "ended_at": ended,
            "overrun_reason": demo.draw(words.OVERRUNS) if overran else "",
            "feedback_to": senior,
            "feedback_at": ended,
            "feedback": demo.draw(words.FEEDBACK),
            "consulted": write(demo.draw(words.CONSULTED), moment, setting),
            "findings": findings,
            "good_practice": demo.draw(words.PRACTICE) if chance.random() < 0.4 else "",
            "concerns": write(demo.draw(words.CONCERN_ACTIONS), moment, setting) if bad else "",
            "outcome": OUTCOMES[weak] if is_assessment else None,
        }


def _setting(service: Service) -> str:
    if service.care_home:
        return "home"
    return {
        ServiceType.home_care: "agency",
        ServiceType.supported_living: "scheme",
        ServiceType.extra_care: "scheme",
        ServiceType.other: "scheme",
    }.get(service.service_type, "other")


class Restricting:
    """One restriction from its draft to wherever it stands."""

    def __init__(
        self, demo: Demo, scope: str, kind: RestrictionEffect, text: tuple[str, str, str, str], author: str
    ) -> None:
        self.demo, self.scope, self.kind, self.text, self.author = demo, scope, kind, text, author
        self.suspension_id = 0

    def queue(self, step: str, back: int) -> None:
        self.demo.then(self.demo.in_hours(self.demo.day(back), 10, 16), self._take, step)

    def _scope(self) -> tuple[int, int | None, int | None]:
        """The ids of provider, service and part."""
        ids = self.demo.ids
        if self.scope.startswith("all of "):
            return ids[self.scope.removeprefix("all of ")], None, None
        name = self.scope.partition(":")[0]
        service = self.demo.session.get_one(Service, ids[name])
        return service.provider_id, service.id, ids.get(self.scope) if ":" in self.scope else None

    def _take(self, step: str, moment: dt.datetime) -> None:
        demo, write = self.demo, self.demo.write
        if step == "draft":
            self._draft(moment)
            return
        with demo.as_(self.author, moment) as actor:
            suspension = demo.session.get_one(Suspension, self.suspension_id)
            if step == "edit":
                suspension.resident_risk += write(" {some} people are placed by us, {few} by others.", moment)
                demo.session.flush()
                return
            pending = suspensions.pending_variation(suspension)
        note = ""
        who: str | None = self.author
        values: dict[str, Any] = {}
        match step:
            case "return":
                note, who = demo.draw(words.RETURNED), None
            case "approve":
                who = None
            case "decline":
                note, who = words.DECLINED, None
            case "withdraw":
                note = words.WITHDRAWN
            case "review":
                values = {"still_needed": suspensions.YesNo.yes, "risks": write(demo.draw(words.REVIEWS), moment)}
            case "record_next_steps":
                who, values = "head", {"next_steps": demo.draw(words.NEXT_STEPS)}
            case "propose_variation":
                values = {
                    "new_kind": CONDITIONS,
                    "new_conditions": words.VARIED_CONDITIONS,
                    "new_service_id": suspension.service_id,
                    "new_part_id": suspension.part_id,
                    "provider_agreed_on": actor.today,
                    "variation_reason": words.VARIATIONS[VARIATION[self.scope]],
                }
            case "vary":
                who = None
            case "refuse_variation":
                note, who = words.VARIATION_REFUSED, None
            case "request_lift":
                values = {"lift_evidence": write(demo.draw(words.LIFT_EVIDENCE), moment)}
            case "refuse_lift":
                note, who = demo.draw(words.LIFT_REFUSED), None
            case "lift":
                note, who = demo.draw(words.LIFT_NOTES), None
        if step in ("vary", "refuse_variation") and pending is None:
            raise ValueError("nothing is proposed")
        demo.take(suspensions.WORKFLOW, step, suspension, who, moment, note, **values)

    def _draft(self, moment: dt.datetime) -> None:
        demo, write = self.demo, self.demo.write
        with demo.as_(self.author, moment) as actor:
            provider_id, service_id, part_id = self._scope()
            # Where the framework makes a ground mandatory, the console has drafted it already.
            suspension = demo.session.scalars(
                select(Suspension).where(
                    Suspension.provider_id == provider_id,
                    Suspension.service_id == service_id,
                    Suspension.state == SuspensionState.draft,
                    Suspension.mandatory_ground.is_not(None),
                )
            ).first()
            if suspension is None:
                suspension = Suspension(provider_id=provider_id, service_id=service_id, part_id=part_id, kind=self.kind)
                demo.session.add(suspension)
            grounds, evidence, risk, conditions = (write(text, moment) for text in self.text)
            suspension.grounds, suspension.evidence, suspension.resident_risk = grounds, evidence, risk
            suspension.conditions = conditions
            suspension.number_placed = demo.chance.randint(2, 26)
            suspension.review_on = actor.today + dt.timedelta(days=28)
            named = framework.restriction_kind(demo.session, suspension.kind)
            if named is not None and named.needs_agreement:
                suspension.agreed_on = actor.today
            demo.session.flush()
            self.suspension_id = suspension.id
