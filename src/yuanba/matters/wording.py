"""The words of requests as they are searched."""

from django.db.models import Q
from django.utils.translation import gettext as _

from yuanba.kernel.errors import Invalid
from yuanba.language.terms import terms_of
from yuanba.matters.models import Matter, MatterWords

MOST_TERMS = 60


def words_of(matter: Matter, place: str) -> MatterWords:
    """The row of the words of a request: what was said and where it is, nothing of who said it. ``place`` is the full
    name of the place.
    """
    said = f"{matter.title}\n{place}\n{matter.address}\n{matter.text}"
    return MatterWords(matter_id=matter.pk, terms=" ".join(terms_of(said)))


def holds_words(text: str) -> Q:
    """Matters in which every word of `text` stands, as a condition on the matters table.

    Raises `Invalid` for words from which nothing can be found.
    """
    terms = terms_of(text)[:MOST_TERMS]
    if not terms:
        raise Invalid(_("Write at least two characters."), field="words", code="too_short")
    return Q(words__terms__has_terms=terms)
