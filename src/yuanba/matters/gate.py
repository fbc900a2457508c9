"""The quality gate in front of every answer: what it would point out, in the viewer's language."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yuanba.language.privacy import Kind
from yuanba.language.quality import Finding, Severity, check_answer
from yuanba.matters import clockwork
from yuanba.matters.models import Matter
from yuanba.playbooks.schema import Playbook

# What each finding says. The gate itself speaks plain English only, for it knows no languages.
WORDS = {
    "answer_empty": gettext_lazy("There is no answer yet."),
    "nothing_said": gettext_lazy("The answer greets and thanks but says nothing about the request."),
    "only_empty_phrases": gettext_lazy(
        "The answer consists of phrases only. Say what was done or found out."
    ),
    "empty_phrase_forwarded": gettext_lazy(
        "“%(phrase)s” only passes the request on. Say who took it over and what they did."
    ),
    "empty_phrase_attention": gettext_lazy(
        "“%(phrase)s” tells the resident nothing. Say what was done instead."
    ),
    "empty_phrase_studying": gettext_lazy(
        "“%(phrase)s” leaves the result open. Say who decides, and by when."
    ),
    "empty_phrase_effort": gettext_lazy(
        "“%(phrase)s” names no step that can be checked. Name one, with a date."
    ),
    "empty_phrase_patience": gettext_lazy("“%(phrase)s” asks for patience. Say how long, and why."),
    "promise_without_date": gettext_lazy(
        "“%(phrase)s” puts it off without a day. Give a date, or say when you will report again."
    ),
    "beside_the_question": gettext_lazy("The answer takes up nothing of what was asked: “%(asked)s”."),
    "deed_missing": gettext_lazy("The answer does not say what was done or found out."),
    "explanation_missing": gettext_lazy(
        "The question asks for information; the answer gives no rule, reason or way to go."
    ),
    "actor_missing": gettext_lazy("The answer does not say who acted. Name the office or the person."),
    "date_missing": gettext_lazy("The answer does not say when it was done."),
    "personal_data": gettext_lazy(
        "The answer holds personal data (%(kind)s). Take it out unless the resident needs it."
    ),
}
# What its kinds of personal data are called; those that it never points at are not among them.
PERSONAL = {
    Kind.IDENTITY.value: gettext_lazy("identity card number"),
    Kind.BANK_CARD.value: gettext_lazy("bank card number"),
    Kind.MOBILE.value: gettext_lazy("mobile number"),
    Kind.PLATE.value: gettext_lazy("number plate"),
    Kind.QQ.value: gettext_lazy("QQ number"),
    Kind.WECHAT.value: gettext_lazy("WeChat name"),
}
# What a playbook may choose not to require, by the findings that would point it out.
ELEMENTS = {
    "beside_the_question": "addresses_request",
    "deed_missing": "what_was_done",
    "explanation_missing": "what_was_done",
    "actor_missing": "by_whom",
    "date_missing": "when",
}


@dataclass(frozen=True, slots=True)
class Pointed:
    """One finding: its code, what to say about it, and where in the answer (start, end), if somewhere."""

    code: str
    message: str
    spans: tuple[tuple[int, int], ...] = ()


def findings_of(
    matter: Matter, answer: str, done_by: str, done_on: date | None, *, called: bool = True
) -> list[Pointed]:
    """Everything that is pointed out before an answer goes out: in its words, and who has not reported yet. Without
    `called` the caller knows that nobody was called.
    """
    return look_over(matter, answer, done_by, done_on) + (_silent_parties(matter) if called else [])


def look_over(matter: Matter, answer: str, done_by: str, done_on: date | None) -> list[Pointed]:
    """What the gate finds in an answer to this matter, under the playbook it was opened under. Never a
    verdict.
    """
    playbook = clockwork.playbook_of(matter).playbook
    found = check_answer(f"{matter.title}\n{matter.text}", answer, done_by=done_by, done_on=done_on)
    pointed = [_in_words(finding) for finding in found if _is_wanted(finding, playbook)]
    return [*pointed, *_by_playbook(playbook, answer, pointed)]


def _is_wanted(finding: Finding, playbook: Playbook) -> bool:
    """Whether the playbook asks for it: what it requires, and whatever is more than a remark."""
    element = ELEMENTS.get(finding.code)
    if element is not None:
        return element in playbook.answer_gate.required
    return finding.severity != Severity.NOTICE or finding.code != "promise_without_date"


def _in_words(finding: Finding) -> Pointed:
    words = WORDS.get(finding.code)
    told = {
        name: PERSONAL.get(said, said) if name == "kind" else said for name, said in finding.params.items()
    }
    message = str(words) % told if words is not None else finding.message
    return Pointed(finding.code, message, tuple(finding.spans))


def _by_playbook(playbook: Playbook, answer: str, pointed: list[Pointed]) -> Iterator[Pointed]:
    """What the district itself points out: answers that are too short, and its own list of phrases."""
    rules = playbook.answer_gate
    if len(answer.strip()) < rules.min_characters:
        message = _("The answer has fewer than %(least)d characters.") % {"least": rules.min_characters}
        yield Pointed("too_short", message)
    for phrase in rules.empty_phrases:
        place = answer.find(phrase)
        marked = any(start <= place < end for each in pointed for start, end in each.spans)
        if place >= 0 and not marked:
            message = _("“%(phrase)s” is on this district's list of empty phrases.") % {"phrase": phrase}
            yield Pointed("listed_phrase", message, ((place, place + len(phrase)),))


def _silent_parties(matter: Matter) -> list[Pointed]:
    """Who was called and has not reported: the answer would come before their work. A person may send it all
    the same, with a reason.
    """
    waiting = matter.parties.filter(whistle__isnull=False, reported_at=None, ended_at=None)
    silent = waiting.select_related("organization")
    names = [party.organization.called for party in silent.order_by("pk")]
    if not names:
        return []
    message = _("These were called and have not reported yet: %(names)s.") % {"names": "、".join(names)}
    return [Pointed("calls_open", message)]
