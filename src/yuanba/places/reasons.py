"""The resolver's sentences where the collecting of texts finds them; `language` knows nothing of translation.

Nothing reads this table at run time: `resolve.in_words` asks the catalogue for `language.toponyms.SENTENCES`.
"""

from django.utils.translation import gettext_noop as _

SAID = (
    _("“{text}” is the name of {place}"),
    _("“{text}” is another name of {place}"),
    _("“{text}” is another way to write {place}"),
    _("“{text}” adds a general word to the name of {place}"),
    _("“{text}” leaves out the last word of {place}"),
    _("“{text}” puts a general word for the last word of {place}"),
    _("“{text}” has the name of {place}, but another word for its level"),
    _("“{text}” shares its name with {place}, but names another sort of place"),
    _("“{text}” leaves out the builder's name in {place}"),
    _("“{text}” is one character away from {place}, the only such name within {within}"),
    _("the part of the estate agrees: {zone}"),
    _("the text does not say which part of the estate: {zone}"),
    _("no part {zone} is registered there"),
    _("{ancestor} stands right before it and holds it"),
    _("{ancestor}, which holds it, is named in the text"),
    _("{place}, which lies in it, is named in the text"),
    _("{ancestor} stands right before it but does not hold it"),
    _("it lies within {within}"),
    _("it holds {within}"),
    _("it lies outside {within}"),
    _("the text says nothing else"),
    _("the words around it speak of a place"),
    _("the name is short or an everyday word, so it may mean something else"),
    _("“{text}” may be the road of that name"),
    _("“{text}” before it is not in the register"),
    _("“{text}” may be the end of a longer name"),
    _("“{text}” may be something else of that name"),
    _("{count} places fit the same words"),
    _("“{text}” is {place}"),
    _("no building “{text}” is registered there"),
    _("the text does not say which building"),
    _("no unit “{text}” is registered there"),
    _("“{text}” is household {place}"),
    _("no household “{text}” is registered there"),
    _("{count} places of that number lie inside"),
    _("“{text}” may be a count, not a number"),
    _("“{text}” names too many buildings to list them"),
    _("no estate is named, so {within} is taken"),
)
