"""The chapters of a playbook, in the order in which a matter meets them."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from yuanba.playbooks.reading_aloud.handling import clock_chapter, rates_chapter, steps_chapter, words_chapter
from yuanba.playbooks.reading_aloud.shapes import Cell, Chapter, Code, Line, Table, pairs
from yuanba.playbooks.reading_aloud.wording import (
    codes_words,
    conditions_words,
    limit_words,
    office_word,
    powers_words,
    share_words,
    target_words,
    yes_or_no,
)
from yuanba.playbooks.schema import Category, Playbook, Tier


def chapters(playbook: Playbook) -> tuple[Chapter, ...]:
    """The whole playbook in words, in the language of whoever reads."""
    makers: tuple[Callable[[Playbook], Chapter], ...] = (
        _tiers,
        _rules,
        _categories,
        _dispatch,
        _admission,
        clock_chapter,
        steps_chapter,
        rates_chapter,
        _posts,
        _names,
        words_chapter,
        _sources,
    )
    return tuple(make(playbook) for make in makers)


def _tiers(playbook: Playbook) -> Chapter:
    limits = Table(
        _("How long each tier may take"),
        (
            _("Tier"),
            _("Led by"),
            _("Until sorted"),
            _("Until claimed"),
            _("Until answered, once claimed"),
            _("Promised to the resident"),
            _("Promised after a reopening"),
        ),
        tuple(_limits(playbook, tier) for tier in playbook.tiers),
        ordered=True,
    )
    rest = Table(
        _("What each tier allows"),
        (
            _("Tier"),
            _("What belongs here"),
            _("Nearly due at"),
            _("Extensions"),
            _("Longest extension"),
            _("Pauses"),
            _("Questions to the resident"),
            _("Runs at night too"),
            _("Supervised by"),
        ),
        tuple(_allowances(playbook, tier) for tier in playbook.tiers),
    )
    return Chapter("tiers", _("Tiers and limits"), ("tiers",), (limits, rest))


def _limits(playbook: Playbook, tier: Tier) -> Line:
    limits = tier.limits
    whole = limit_words(limits.total)
    cells = (
        tier.name,
        office_word(playbook, tier.leads),
        limit_words(limits.triage),
        limit_words(limits.claim),
        limit_words(limits.handling),
        whole,
        limit_words(limits.reopen_total) if limits.reopen_total else whole,
    )
    return Line(tier.code, cells)


def _allowances(playbook: Playbook, tier: Tier) -> Line:
    cells = (
        tier.name,
        tier.description,
        share_words(tier.warn_at),
        str(tier.max_extensions),
        limit_words(tier.extension_max),
        str(tier.max_pauses),
        _("any number") if tier.max_questions is None else str(tier.max_questions),
        yes_or_no(tier.round_the_clock),
        "–" if tier.supervised_by is None else playbook.post(tier.supervised_by).name,
    )
    return Line(tier.code, cells)


def _rules(playbook: Playbook) -> Chapter:
    rules = playbook.tier_rules
    policy = {
        "highest": _("Of all rows that fit, the highest tier."),
        "first": _("The first row that fits."),
    }
    how = pairs(
        _("How the table decides"),
        (
            ("hit_policy", _("What counts"), policy[rules.hit_policy]),
            (
                "default",
                _("When no row fits and the category has no usual tier"),
                _tier(playbook, rules.default),
            ),
        ),
        (_("Rule"), _("Value")),
    )
    lines = tuple(
        Line(row.id, (row.id, row.text, conditions_words(playbook, row.when), _tier(playbook, row.tier)))
        for row in rules.rows
    )
    columns = (_("Row"), _("Rule in words"), _("When"), _("Tier"))
    rows = Table(_("Rows"), columns, lines, ordered=rules.hit_policy == "first")
    return Chapter("tier-rules", _("Which tier it is"), ("tier_rules",), (how, rows))


def _tier(playbook: Playbook, code: str | None) -> str:
    return "–" if code is None else playbook.tier(code).name


def _categories(playbook: Playbook) -> Chapter:
    lines = tuple(
        Line(item.code, _category(playbook, group.name, item))
        for group in playbook.categories
        for item in group.categories
    )
    columns = (
        _("Category"),
        _("Group"),
        _("Who leads"),
        _("Usual tier"),
        _("To know"),
        _("Questions"),
        _("Words residents use"),
    )
    labels = Table(
        _("Other names of the groups"),
        (_("Group"), _("Other names")),
        tuple(Line(group.code, (group.name, group.labels)) for group in playbook.categories),
    )
    return Chapter(
        "categories",
        _("What residents ask about"),
        ("categories",),
        (Table(_("Categories"), columns, lines), labels),
    )


def _category(playbook: Playbook, group: str, item: Category) -> tuple[Cell, ...]:
    lead = office_word(playbook, item.lead)
    if item.department is not None:
        lead = f"{lead}（{playbook.department(item.department).name}）"
    questions = tuple(question.text for question in item.questions)
    return (
        item.name,
        group,
        lead,
        _tier(playbook, item.tier_hint),
        _to_know(playbook, item),
        questions,
        item.words,
    )


def _to_know(playbook: Playbook, item: Category) -> tuple[str, ...]:
    lists = (*playbook.admission.autonomous, *playbook.admission.assisted, *playbook.admission.withdrawn)
    listed = next((each.name for each in lists if each.code == item.item), None)
    notes = (
        _("on the lists as: %(item)s") % {"item": listed} if listed else "",
        _("sensitive") if item.sensitive else "",
        _("confidential") if item.confidential else "",
        _("about officials") if item.about_officials else "",
        _("call at once: %(numbers)s") % {"numbers": "、".join(item.emergency_transfer)}
        if item.emergency_transfer
        else "",
    )
    return tuple(note for note in notes if note)


def _dispatch(playbook: Playbook) -> Chapter:
    rules = playbook.dispatch
    lines = tuple(
        Line(
            row.id,
            (
                row.id,
                row.text,
                codes_words(playbook, row.when.category) or _("any"),
                tuple(_tier(playbook, code) for code in row.when.tier) or _("any"),
                target_words(playbook, row.to),
            ),
        )
        for row in rules.rows
    )
    columns = (_("Row"), _("Rule in words"), _("Category"), _("Tier"), _("Goes to"))
    rest = pairs(
        _("Otherwise"),
        (
            ("fallback", _("When no row fits"), target_words(playbook, rules.fallback)),
            (
                "ladder",
                _("Steps of the ladder"),
                " → ".join(office_word(playbook, kind) for kind in rules.ladder),
            ),
        ),
        (_("Rule"), _("Value")),
    )
    tables = (Table(_("The first row that fits decides"), columns, lines, ordered=True), rest)
    return Chapter("dispatch", _("Who gets it"), ("dispatch",), tables)


def _admission(playbook: Playbook) -> Chapter:
    lists = (
        (_("Decided by the community itself"), playbook.admission.autonomous),
        (_("The community assists"), playbook.admission.assisted),
        (_("Taken off the communities"), playbook.admission.withdrawn),
    )
    lines = tuple(Line(item.code, (item.name, title)) for title, items in lists for item in items)
    table = Table(_("Admission lists"), (_("Item"), _("List")), lines)
    return Chapter("admission", _("What communities take on"), ("admission",), (table,))


def _posts(playbook: Playbook) -> Chapter:
    names = {duty.code: duty.name for duty in (*playbook.duties.standard, *playbook.duties.added)}
    lines = tuple(
        Line(
            post.code,
            (
                post.name,
                office_word(playbook, post.level),
                post.description,
                powers_words(post.powers.own),
                powers_words(post.powers.territory),
                powers_words(post.powers.district),
                _("from %(low)s to %(high)s") % {"low": post.paired.at_least, "high": post.paired.at_most}
                if post.paired
                else "–",
                tuple(names[code] for code in post.duties),
            ),
        )
        for post in playbook.posts
    )
    columns = (
        _("Post"),
        _("Level"),
        _("What for"),
        _("May, with matters of its own office"),
        _("May, in its place and below"),
        _("May, in the whole district"),
        _("Paired places"),
        _("Duties"),
    )
    duties = Table(
        _("Duties"),
        (_("Duty"), _("List")),
        tuple(
            Line(duty.code, (duty.name, title))
            for title, listed in (
                (_("fixed"), playbook.duties.standard),
                (_("added here"), playbook.duties.added),
            )
            for duty in listed
        ),
    )
    tables = (Table(_("Kinds of post"), columns, lines), duties)
    return Chapter("posts", _("Posts, powers and duties"), ("posts", "duties"), tables)


def _names(playbook: Playbook) -> Chapter:
    district = playbook.district
    rows: list[tuple[str, str, Cell]] = [
        ("name", _("Name of the mechanism"), playbook.name),
        ("code", _("Code of the playbook"), Code(playbook.code)),
        ("description", _("What it is about"), playbook.description),
        ("language", _("Language"), playbook.language),
        ("district", _("District"), district.name),
        ("codes", _("Division codes"), district.codes),
        ("centre", _("Governance centre"), playbook.organizations.centre),
    ]
    columns = (_("What"), _("Value"))
    levels = (Line(f"level-{each.kind}", (each.name, Code(each.kind))) for each in playbook.levels)
    kinds = (
        Line(f"office-{each.kind}", (each.name, Code(each.kind))) for each in playbook.organizations.kinds
    )
    departments = tuple(
        Line(each.code, (each.name, Code(each.code), each.does))
        for each in playbook.organizations.departments
    )
    tables = (
        pairs(_("Names"), rows, columns),
        Table(_("Levels and offices"), (_("Name"), _("Code")), (*levels, *kinds)),
        Table(_("Departments"), (_("Department"), _("Code"), _("Responsible for")), departments),
    )
    parts = ("code", "name", "description", "language", "district", "levels", "organizations")
    return Chapter("names", _("Names and offices"), parts, tables)


def _sources(playbook: Playbook) -> Chapter:
    standing = {
        "law": _("law"),
        "standard": _("standard"),
        "press": _("press"),
        "local_practice": _("local practice"),
        "default": _("the product's own guess"),
    }
    lines = tuple(
        Line(
            each.code,
            (
                each.title,
                each.clause or "–",
                each.jurisdiction,
                standing[each.standing],
                yes_or_no(each.to_confirm),
            ),
        )
        for each in playbook.sources
    )
    columns = (_("Source"), _("Clause"), _("In force in"), _("Kind"), _("To be confirmed"))
    table = Table(_("Where numbers come from"), columns, lines)
    return Chapter("sources", _("Sources"), ("sources",), (table,))
