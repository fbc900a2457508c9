from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler

from yuanba.matters.models.matter import Matter


class MatterWords(models.Model):
    """The terms of a request's words, one blank between two, for searching; written by the worker once.

    A table of its own: every move writes the matter's row anew, and the index over this column is large.
    """

    matter = models.OneToOneField(Matter, models.CASCADE, primary_key=True, related_name="words")
    terms = models.TextField()

    def __str__(self) -> str:
        return f"words of {self.matter_id}"


class HasTerms(models.Lookup):
    """``words__terms__has_terms=[…]``: all of the terms stand in the row, found by each database's own index."""

    lookup_name = "has_terms"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        left, parameters = self.process_lhs(compiler, connection)
        # As the index of the migration spells it.
        return f"string_to_array({left}, ' ') @> %s::text[]", [*parameters, list(self.rhs)]

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        table, _dot, _column = self.process_lhs(compiler, connection)[0].rpartition(".")
        wanted = " ".join(f'"{term}"' for term in self.rhs)
        found = "SELECT rowid FROM matters_words_index WHERE matters_words_index MATCH %s"
        return f'{table}."matter_id" IN ({found})', [wanted]


models.TextField.register_lookup(HasTerms)
