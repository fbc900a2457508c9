"""What becomes of each row of people: met by a post that stands, or a post to be made."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from yuanba.kernel.crypto import mask_name, mask_phone
from yuanba.kernel.errors import Invalid
from yuanba.kernel.paths import contains
from yuanba.people.importing.fields import OF_OFFICE
from yuanba.people.importing.lines import Holder, OfficeLine, PostLine
from yuanba.people.importing.offices import Offices
from yuanba.people.importing.plan import NewAccount, NewSeat, Plan, Sitting
from yuanba.people.importing.reading import PostReader, is_premises
from yuanba.people.importing.report import Difference
from yuanba.people.importing.seats import Held, Seat, Seats, Standing
from yuanba.people.importing.somebody import Known, Somebody
from yuanba.people.models import Organization
from yuanba.places.models import Place
from yuanba.places.written import WrittenPlaces
from yuanba.playbooks.schema import Playbook


@dataclass(slots=True)
class FileFacts:
    """What is known of the whole file before its first row is settled, in little memory.

    ``named`` holds a hash for every holder on every seat, so that a holder whom the file names is never taken for
    one who left; ``refused`` says why an organization could not be founded; ``said`` is where a row stood first.
    """

    named: set[int] = field(default_factory=set)
    refused: dict[tuple[str, str], Invalid] = field(default_factory=dict)
    said: dict[int, int] = field(default_factory=dict)

    def note(self, line: PostLine) -> None:
        if line.holder is not None:
            self.named.add(hash((line.seat, line.holder.name)))
            self.said.setdefault(_said(line, line.holder.name, line.holder.phone), line.row)


@dataclass(frozen=True, slots=True)
class _Where:
    """A line with its organization and places found."""

    line: PostLine
    office: Organization | None
    place: Place | None
    paired: tuple[Place, ...]

    @property
    def seat(self) -> Seat:
        office, place = self.office.pk if self.office else 0, self.place.pk if self.place else 0
        return office, place, self.line.kind, self.line.title


class Settling:
    """Settles the rows of a file batch by batch, without writing."""

    def __init__(
        self,
        reader: PostReader,
        offices: Offices,
        playbook: Playbook,
        facts: FileFacts,
        *,
        today: date,
        hand_over: bool,
    ) -> None:
        self._reader, self._offices, self._playbook, self._facts = reader, offices, playbook, facts
        self._today, self._hand_over = today, hand_over
        self._places, self._seats, self._known = WrittenPlaces(), Seats(today), Known()
        self.misplaced: Counter[str] = Counter()

    def settle(self, lines: Sequence[PostLine]) -> Plan:
        """What the batch comes to."""
        plan = Plan()
        found = list(self._located(lines, plan))
        self._seats.look_up(where.seat for where in found)
        held = {
            one.person_id for where in found for post in self._seats.free(where.seat) for one in post.held
        }
        self._known.look_up((line.holder for line in lines if line.holder), held)
        for where in found:
            try:
                self._settle(where, plan)
            except Invalid as refusal:
                column = self._heading(refusal.field)
                plan.rejected.append((where.line.row, column, refusal.message))
        return plan

    def _heading(self, name: str) -> str:
        return self._reader.heading_of_place() if name == "place" else self._reader.cells.heading(name)

    def _located(self, lines: Sequence[PostLine], plan: Plan) -> Iterator[_Where]:
        """The lines whose organization and places are found, in their order; the others are rejected."""
        offices: dict[int, Organization | None] = {}
        for line in lines:
            try:
                offices[line.row] = self._office(line.office) if line.office else None
            except Invalid as refusal:
                column = self._reader.cells.heading(OF_OFFICE.get(refusal.field, "organization"))
                plan.rejected.append((line.row, column, refusal.message))
        kept = [line for line in lines if line.row in offices]
        places = self._find_places([(line, offices[line.row]) for line in kept])
        for line in kept:
            found = [places[line.row, text] for text in (line.place, *line.paired) if text]
            wrong = next((one for one in found if isinstance(one, Invalid)), None)
            if wrong is not None:
                of_paired = not line.place or not isinstance(found[0], Invalid)
                column = self._heading("paired" if of_paired else "place")
                plan.rejected.append((line.row, column, wrong.message))
                continue
            met = [one for one in found if isinstance(one, Place)]
            place = met.pop(0) if line.place else None
            yield _Where(line, offices[line.row], place, tuple(met))

    def _office(self, line: OfficeLine) -> Organization:
        parent = self._offices.called(line.parent) if line.parent else None
        if office := self._offices.find(line, parent):
            return office
        if refusal := self._facts.refused.get(office_key(line)):
            raise refusal
        message = self._offices.unknown(line.name or line.code)
        raise Invalid(" ".join([message, _("To found it, say of which kind it is.")]), field="name")

    def _find_places(
        self, lines: Sequence[tuple[PostLine, Organization | None]]
    ) -> dict[tuple[int, str], Place | Invalid]:
        """By row and text: looked for where the organization stands, then everywhere."""
        base = {line.row: office.place.path if office and office.place else "" for line, office in lines}
        asked = [(line.row, text) for line, _office in lines for text in (line.place, *line.paired) if text]
        inside = self._places.find((text, base[row]) for row, text in asked)
        missing = [(row, text) for row, text in asked if isinstance(inside[text, base[row]], Invalid)]
        anywhere = self._places.find((text, "") for _row, text in missing)
        found = {(row, text): inside[text, base[row]] for row, text in asked}
        return found | {(row, text): anywhere[text, ""] for row, text in missing}

    def _settle(self, where: _Where, plan: Plan) -> None:
        line = where.line
        self._check_place(where)
        if line.holder is not None:
            first = self._facts.said[_said(line, line.holder.name, line.holder.phone)]
            if first != line.row:
                raise Invalid(_("Row %(row)d says the same already.") % {"row": first}, field="name")
            self._settle_held(where, line.holder, plan)
            return
        free = self._seats.free(where.seat)
        vacant = next((post for post in free if not post.held), None)
        if vacant is not None:
            self._met(where, vacant, None, plan)
        elif left := self._given_up(where):
            self._seats.take(where.seat, left)
            says = _("vacant")
            plan.differing.append([self._difference(line, "name", mask_name(left.held[-1].name), says)])
        else:
            self._create(where, None, plan)

    def _check_place(self, where: _Where) -> None:
        line, office, place = where.line, where.office, where.place
        kind = self._playbook.post(line.kind)
        if is_premises(kind.level) and place is None:
            message = _(
                "Say which place the %(kind)s is for; without one the whole community would be theirs."
            )
            raise Invalid(message % {"kind": kind.name}, field="place")
        if place and office and office.place and not contains(office.place.path, place.path):
            message = _("%(place)s lies outside of what %(office)s stands for.")
            raise Invalid(message % {"place": place.name, "office": office.name}, field="place")
        if kind.level not in {office.kind if office else "", place.kind if place else ""}:
            self.misplaced[kind.name] += 1

    def _settle_held(self, where: _Where, holder: Holder, plan: Plan) -> None:
        free = self._seats.free(where.seat)
        if (met := self._held_by(free, where.line, holder)) is not None:
            self._met(where, met[0], met[1], plan)
        elif vacant := next((post for post in free if not post.held), None):
            self._sit(where, holder, vacant, plan, instead=False)
        elif left := self._given_up(where):
            self._changed(where, holder, left, plan)
        else:
            self._create(where, holder, plan)

    def _held_by(
        self, free: Sequence[Standing], line: PostLine, holder: Holder
    ) -> tuple[Standing, Held] | None:
        """The post that this holder has: by name and telephone, else by one of them if no other row means it."""
        met: dict[int, tuple[Standing, Held]] = {}
        for post in free:
            for held in post.held:
                elsewhere = _said(line, held.name, held.phone) in self._facts.said
                if (rank := _likeness(holder, held, elsewhere=elsewhere)) is not None:
                    met.setdefault(rank, (post, held))
        return met[min(met)] if met else None

    def _given_up(self, where: _Where) -> Standing | None:
        """A post of this seat whose holder the file names nowhere on it."""
        for post in self._seats.free(where.seat):
            if not any(hash((where.line.seat, one.name)) in self._facts.named for one in post.held):
                return post
        return None

    def _met(self, where: _Where, post: Standing, held: Held | None, plan: Plan) -> None:
        """The post stands, held as the row says or vacant: what else the row says is compared."""
        line, holder = where.line, where.line.holder
        found = list(self._differences(where, post, held))
        signs_in = bool(holder and held and not found and self._may_sign_in(holder, held))
        self._seats.take(where.seat, post)
        if found:
            plan.differing.append(found)
        elif signs_in and held:
            somebody = Somebody(held.name, held.phone, line.row, held.person_id)
            self._sign_in(where, somebody, plan)
            plan.created += 1
        else:
            plan.known += 1

    def _may_sign_in(self, holder: Holder, held: Held) -> bool:
        """Whether the row brings the user name that this holder lacks. Raises `Invalid` for somebody else's."""
        if not holder.username or self._known.username_of(held.person_id):
            return False
        owner = self._known.owner_of(holder.username)
        if owner is not None and owner.person_id != held.person_id:
            raise Invalid(_("This user name is taken."), field="username")
        return owner is None

    def _differences(self, where: _Where, post: Standing, held: Held | None) -> Iterator[Difference]:
        line, holder = where.line, where.line.holder
        if where.paired and {place.pk for place in where.paired} != post.paired:
            stands = _("%(count)d places") % {"count": len(post.paired)}
            yield self._difference(line, "paired", stands, "、".join(line.paired))
        if held is None or holder is None:
            return
        if held.name != holder.name:
            yield self._difference(line, "name", mask_name(held.name), mask_name(holder.name))
        if holder.phone and held.phone != holder.phone:
            yield self._difference(line, "phone", mask_phone(held.phone), mask_phone(holder.phone))
        if holder.from_on and holder.from_on != held.from_on:
            yield self._difference(line, "from", held.from_on.isoformat(), holder.from_on.isoformat())
        if holder.to_on and holder.to_on != held.to_on:
            stands = held.to_on.isoformat() if held.to_on else ""
            yield self._difference(line, "to", stands, holder.to_on.isoformat())
        present = self._known.username_of(held.person_id)
        if holder.username and present and present.lower() != holder.username.lower():
            yield self._difference(line, "username", present, holder.username)

    def _difference(self, line: PostLine, name: str, stands: str, says: str) -> Difference:
        return Difference(line.row, self._reader.cells.heading(name), stands, says)

    def _changed(self, where: _Where, holder: Holder, post: Standing, plan: Plan) -> None:
        """Somebody else holds the post: handed over when that was asked for, else only told."""
        last = post.held[-1]
        if self._hand_over and last.to_on is None:
            if (holder.from_on or self._today) < last.from_on:
                raise Invalid(_("The present holder began only after this day."), field="from")
            self._sit(where, holder, post, plan, instead=True)
            return
        self._seats.take(where.seat, post)
        stands, says = mask_name(last.name), mask_name(holder.name)
        plan.differing.append([self._difference(where.line, "name", stands, says)])

    def _sit(self, where: _Where, holder: Holder, post: Standing, plan: Plan, *, instead: bool) -> None:
        from_on = holder.from_on or self._today
        if post.left_on and from_on < post.left_on and not instead:
            message = _("Somebody held this post until %(day)s; say a later day.")
            raise Invalid(message % {"day": post.left_on.isoformat()}, field="from")
        somebody = self._meet(where, holder, plan)
        plan.sittings.append(Sitting(where.line, post.post_id, somebody, from_on, instead))
        plan.created += 1
        self._seats.take(where.seat, post)

    def _create(self, where: _Where, holder: Holder | None, plan: Plan) -> None:
        somebody = self._meet(where, holder, plan) if holder else None
        from_on = (holder.from_on if holder else None) or self._today
        plan.posts.append(NewSeat(where.line, where.office, where.place, where.paired, somebody, from_on))
        plan.created += 1

    def _meet(self, where: _Where, holder: Holder, plan: Plan) -> Somebody:
        somebody = self._known.meet(holder, where.line.row)
        if somebody.person_id is None and not somebody.planned:
            somebody.planned = True
            plan.newcomers.append(somebody)
        if holder.username and not somebody.username:
            self._sign_in(where, somebody, plan)
        self._known.remember(somebody, holder)
        return somebody

    def _sign_in(self, where: _Where, somebody: Somebody, plan: Plan) -> None:
        holder = where.line.holder
        if holder is None:
            return
        somebody.username = holder.username
        self._known.remember(somebody, holder)
        office = where.office.name if where.office else (where.place.name if where.place else "")
        plan.accounts.append(NewAccount(where.line, somebody, office))


def office_key(line: OfficeLine) -> tuple[str, str]:
    """What tells organizations of one file apart before they are founded."""
    return line.code or line.name, line.parent


def _said(line: PostLine, name: str, phone: str) -> int:
    return hash((line.seat, name, phone))


def _likeness(holder: Holder, held: Held, *, elsewhere: bool) -> int | None:
    """How near a holder of the file is to one of the register, 0 the same; None: somebody else.

    `elsewhere` says that a row of the file names the one of the register exactly as they are.
    """
    same_name, same_phone = held.name == holder.name, held.phone == holder.phone
    if same_name and same_phone:
        return 0
    if same_name and not holder.phone:
        return 3 if elsewhere else 1
    near = same_name or (same_phone and bool(holder.phone))
    return 2 if near and not elsewhere else None
