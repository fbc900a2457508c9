"""Putting a batch's plan into the register by the ordinary actions: its posts all or none, then the sign-ins."""

from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from yuanba.kernel.authority import Viewer
from yuanba.kernel.errors import NotAllowed
from yuanba.people.actions import (
    NewPost,
    appoint,
    create_account,
    create_posts,
    end_holding,
    hand_over_post,
    register_persons,
)
from yuanba.people.importing.plan import NewAccount, NewSeat, Plan, Sitting
from yuanba.people.importing.report import FirstPassword
from yuanba.people.importing.somebody import Somebody
from yuanba.people.models import Person

OnPassword = Callable[[FirstPassword], None]


class Writer:
    """Writes plans. Each first password is told once its account is kept."""

    def __init__(self, actor: Viewer, at: datetime, on_password: OnPassword) -> None:
        self._actor, self._at, self._on_password = actor, at, on_password

    def write(self, plan: Plan) -> None:
        """Raises `NotAllowed` when somebody else changed the same things meanwhile; none of the batch is kept then."""
        try:
            with transaction.atomic():
                people = self._write(plan)
        except IntegrityError:
            message = _(
                "Somebody changed the same things meanwhile. What stood before in the file is kept; run it again."
            )
            raise NotAllowed(message, code="changed_meanwhile") from None
        # A password takes a fifth of a second by design; nobody else's writing waits for that. A run that breaks off
        # here makes the other sign-ins next time.
        for one in plan.accounts:
            self._on_password(self._sign_in(one, people[one.somebody.person_id or 0]))

    def _write(self, plan: Plan) -> dict[int, Person]:
        """The persons that the plan is about, by key."""
        given = [(one.name, one.phone) for one in plan.newcomers]
        people = dict[int, Person]()
        for somebody, person in zip(
            plan.newcomers, register_persons(given, actor=self._actor, at=self._at), strict=True
        ):
            somebody.person_id = person.pk
            people[person.pk] = person
        people |= Person.objects.in_bulk(_needed(plan) - people.keys())
        new = [_new_post(seat, _person(seat.somebody, people)) for seat in plan.posts]
        create_posts(new, actor=self._actor, at=self._at)
        for sitting in plan.sittings:
            self._seat(sitting, people[sitting.somebody.person_id or 0])
        return people

    def _seat(self, sitting: Sitting, person: Person) -> None:
        put = hand_over_post if sitting.instead else appoint
        put(sitting.post_id, person, on=sitting.from_on, actor=self._actor, at=self._at)
        holder = sitting.line.holder
        if holder is not None and holder.to_on is not None:
            end_holding(sitting.post_id, on=holder.to_on, actor=self._actor, at=self._at)

    def _sign_in(self, new: NewAccount, person: Person) -> FirstPassword:
        account, password = create_account(
            username=new.somebody.username, person=person, actor=self._actor, at=self._at
        )
        return FirstPassword(
            row=new.line.row,
            office=new.office,
            title=new.line.title,
            name=new.somebody.name,
            username=account.username,
            password=password,
            valid_until=account.initial_until or self._at,
        )


def _needed(plan: Plan) -> set[int]:
    everybody = [
        *(seat.somebody for seat in plan.posts),
        *(sitting.somebody for sitting in plan.sittings),
        *(account.somebody for account in plan.accounts),
    ]
    return {somebody.person_id for somebody in everybody if somebody and somebody.person_id is not None}


def _person(somebody: Somebody | None, people: dict[int, Person]) -> Person | None:
    return people[somebody.person_id or 0] if somebody else None


def _new_post(seat: NewSeat, holder: Person | None) -> NewPost:
    told = seat.line.holder
    return NewPost(
        kind=seat.line.kind,
        title=seat.line.title,
        organization=seat.office,
        place=seat.place,
        paired_with=seat.paired,
        holder=holder,
        from_on=seat.from_on if holder else None,
        to_on=told.to_on if told else None,
    )
