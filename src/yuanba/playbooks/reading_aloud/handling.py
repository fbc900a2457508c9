"""Chapters on what the clock does, the steps of a matter, figures and wording."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yuanba.playbooks.reading_aloud.shapes import Cell, Chapter, Code, Line, Table, pairs
from yuanba.playbooks.reading_aloud.wording import (
    counted_by_words,
    limit_words,
    per_words,
    share_words,
    way_in_words,
    yes_or_no,
)
from yuanba.playbooks.schema import EscalationStep, Notices, Playbook, ReportPage


def _days(count: int) -> str:
    return ngettext("%(count)d day", "%(count)d days", count) % {"count": count}


def clock_chapter(playbook: Playbook) -> Chapter:
    """What happens by itself, and when offices work."""
    columns = (_("Step"), _("Counted from"), _("After"), _("Other delays"), _("Who must act"))
    steps = tuple(Line(step.code, _step(playbook, step)) for step in playbook.escalation.steps)
    calendar = playbook.calendar
    counting = {
        "next_day": _("from the next day"),
        "next_day_rolled": _("from the next day, never ending on a holiday"),
        "moment": _("from the moment"),
    }
    rows: tuple[tuple[str, str, Cell], ...] = (
        ("working_hours", _("Working hours"), calendar.working_hours),
        ("counting", _("Days are counted"), counting[calendar.counting]),
        (
            "announced_years",
            _("Years entered in full"),
            tuple(str(year) for year in calendar.announced_years),
        ),
        ("month", _("An assessment month starts on day"), str(calendar.assessment.month_start_day)),
        ("cut", _("A reporting day ends at hour"), str(calendar.assessment.cut_hour)),
    )
    days = tuple(
        Line(each.on.isoformat(), (each.on.isoformat(), yes_or_no(each.working), each.name))
        for each in calendar.overrides
    )
    tables = (
        Table(_("When time runs out"), columns, steps, ordered=True),
        pairs(_("Working time"), rows, (_("Rule"), _("Value"))),
        Table(_("Days unlike the national calendar"), (_("Day"), _("Offices work"), _("Why")), days),
    )
    return Chapter("clock", _("What the clock does"), ("escalation", "calendar"), tables)


def _step(playbook: Playbook, step: EscalationStep) -> tuple[Cell, ...]:
    begins = {"warn_at": _("the tier's warning"), "limit": _("the limit")}
    who = {
        "owner": _("the owner"),
        "level_above": _("the level above"),
        "leader_above": _("the leader above"),
    }
    others = tuple(f"{playbook.tier(each.tier).name} {limit_words(each.plus)}" for each in step.plus_by_tier)
    after = limit_words(step.plus) if step.plus else _("at once")
    return (step.name, begins[step.at], after, others, who[step.by])


def steps_chapter(playbook: Playbook) -> Chapter:
    """Sending back, pausing, calling, merging, answering and ending."""
    rules = pairs(_("Limits of the steps"), _steps(playbook), (_("Rule"), _("Value")))
    refusals = Table(
        _("Reasons to send back"),
        (_("Reason"), _("Basis to name")),
        tuple(Line(each.code, (each.name, each.basis_hint)) for each in playbook.refusals.reasons),
    )
    pauses = Table(
        _("Grounds of a pause"),
        (_("Ground"),),
        tuple(Line(each.code, (each.name,)) for each in playbook.pauses.reasons),
    )
    outside = Table(
        _("What does not belong here"),
        (_("Outcome"), _("What the resident is told"), _("Right place"), _("Channels")),
        tuple(
            Line(
                each.code,
                (
                    each.name,
                    each.text,
                    each.right_place,
                    tuple(f"{way.name}: {way.where}" for way in each.channels),
                ),
            )
            for each in playbook.out_of_scope
        ),
    )
    parts = ("refusals", "pauses", "whistle", "merge", "closing", "answer_gate", "out_of_scope")
    return Chapter("steps", _("Steps of a matter"), parts, (rules, refusals, pauses, outside))


def _steps(playbook: Playbook) -> Iterator[tuple[str, str, Cell]]:
    refusals, whistle, closing = playbook.refusals, playbook.whistle, playbook.closing
    gate = playbook.answer_gate
    wanted = {
        "addresses_request": _("it is about what was asked"),
        "what_was_done": _("what was done"),
        "by_whom": _("by whom"),
        "when": _("when"),
    }
    yield "refuse", _("An office may send back within"), limit_words(refusals.within)
    yield "refusals", _("The centre decides after so many refusals"), str(refusals.before_arbitration)
    yield "arbitration", _("The centre decides within"), limit_words(refusals.arbitration_limit)
    yield "pause_review", _("A pause is looked at again every"), limit_words(playbook.pauses.review_every)
    yield "check_in", _("A called department says it is coming within"), limit_words(whistle.check_in_within)
    yield "report", _("and reports within"), limit_words(whistle.report_within)
    yield "whistle_most", _("Departments one call may reach"), str(whistle.max_departments)
    yield (
        "merge_share",
        _("Merged: closed as solved when so many say so"),
        share_words(playbook.merge.confirm_share),
    )
    yield "merge_days", _("Alike ones are looked for back over"), _days(playbook.merge.suggest_within_days)
    yield "remind", _("The resident is reminded after"), limit_words(closing.remind_after)
    yield "silent", _("Closed without an answer after"), limit_words(closing.silent_after)
    yield "strike_off", _("Struck off within"), limit_words(closing.strike_off_limit)
    yield "reopens", _("“Not solved” before the level above takes it"), str(closing.max_reopens)
    yield "window", _("May be reopened for"), _days(closing.reopen_window_days)
    yield "watch", _("Watched for its return for"), _days(closing.watch_recurrence_days)
    yield "gate", _("An answer tells"), tuple(wanted[each] for each in gate.required)
    yield "gate_length", _("Shortest answer in characters"), str(gate.min_characters)
    yield "gate_phrases", _("Phrases that say nothing"), gate.empty_phrases


def rates_chapter(playbook: Playbook) -> Chapter:
    """The three rates, how long data is kept, and how much one source may send."""
    rates = playbook.rates
    weights, scores = rates.weights, rates.satisfaction_scores
    over = {
        "residents_answered": _("residents who answered"),
        "answered": _("requests that were answered"),
        "closed": _("requests that were closed"),
    }
    rows: tuple[tuple[str, str, Cell], ...] = (
        ("response", _("Weight of the response rate"), share_words(weights.response)),
        ("resolution", _("Weight of the resolution rate"), share_words(weights.resolution)),
        ("satisfaction", _("Weight of the satisfaction rate"), share_words(weights.satisfaction)),
        ("satisfied", _("“Satisfied” counts"), share_words(scores.satisfied)),
        ("basically", _("“Basically satisfied” counts"), share_words(scores.basically)),
        ("unsatisfied", _("“Not satisfied” counts"), share_words(scores.unsatisfied)),
        ("denominator", _("Over what"), over[rates.denominator]),
        ("publish", _("Not published over fewer than"), str(rates.publish_at_least)),
    )
    exclusions = Table(
        _("Left out of the rates"),
        (_("Reason"), _("When")),
        tuple(Line(each.code, (each.name, each.text)) for each in rates.exclusions),
    )
    kept = Table(
        _("How long data is kept"),
        (_("Data"), _("What for"), _("Kept for"), _("Counted from")),
        tuple(
            Line(each.data, (Code(each.data), each.purpose, each.keep, Code(each.after)))
            for each in playbook.retention
        ),
    )
    limits = Table(
        _("How much one source may send"),
        (_("Way in"), _("At most"), _("In one"), _("Counted by"), _("What is said")),
        tuple(
            Line(
                f"{each.source_kind}-{each.per}-{each.counted_by}",
                (
                    way_in_words(each.source_kind),
                    str(each.count),
                    per_words(each.per),
                    counted_by_words(each.counted_by),
                    each.message,
                ),
            )
            for each in playbook.rate_limits
        ),
    )
    tables = (pairs(_("The three rates"), rows, (_("Rule"), _("Value"))), exclusions, kept, limits)
    return Chapter("rates", _("Rates, keeping and limits"), ("rates", "retention", "rate_limits"), tables)


def words_chapter(playbook: Playbook) -> Chapter:
    """What residents and staff are told."""
    notices = Table(
        _("Notices"),
        (_("Subject"), _("Text"), _("Subject in English"), _("Text in English")),
        tuple(_notices(playbook.notices)),
    )
    report = pairs(_("Report page"), _report(playbook.report_page), (_("What"), _("Value")))
    return Chapter("words", _("Wording"), ("notices", "report_page"), (report, notices))


def _notices(notices: Notices) -> Iterator[Line]:
    for kind in type(notices).model_fields:
        notice = notices.of(kind)
        if notice is not None:
            chinese, english = notice.zh_hans, notice.en
            yield Line(kind, (chinese.subject, chinese.body, english.subject, english.body))


def _report(page: ReportPage) -> Iterator[tuple[str, str, Cell]]:
    yield "characters", _("Longest text in characters"), str(page.max_characters)
    yield "photos", _("Most photos"), str(page.max_photos)
    for code, language, texts in (("zh", _("Chinese"), page.zh_hans), ("en", _("English"), page.en)):
        yield f"prompt-{code}", _("Question (%(language)s)") % {"language": language}, texts.prompt
        yield f"placeholder-{code}", _("Hint (%(language)s)") % {"language": language}, texts.placeholder
        yield f"examples-{code}", _("Examples (%(language)s)") % {"language": language}, texts.examples
        yield f"emergency-{code}", _("In danger (%(language)s)") % {"language": language}, texts.emergency
        yield f"privacy-{code}", _("Privacy (%(language)s)") % {"language": language}, texts.privacy
        yield (
            f"afterwards-{code}",
            _("What comes next (%(language)s)") % {"language": language},
            texts.afterwards,
        )
