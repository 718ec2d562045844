"""Mappers of objects to databases; a project's own models inherit from these.

Django: docs.djangoproject.com, "Asynchronous support", whose methods have an ``a`` before the name
of the blocking one. Tortoise: tortoise.github.io, "Models"; queries are left out, because they are
objects to be awaited. Beanie: beanie-odm.dev, "Inserting the documents".
"""

from __future__ import annotations

from corolint.known.outlines.outline import Outline

_QUERIES = "django.db.models.QuerySet()"
_CHAINED = (
    "all filter exclude order_by select_related prefetch_related annotate distinct only defer"
    " reverse using values values_list"
)

OUTLINES: dict[str, Outline] = {
    "django.db.models.Model": Outline("", {".objects": _QUERIES}),
    "django.db.models.Model()": Outline("adelete arefresh_from_db asave"),
    _QUERIES: Outline(
        "aaggregate abulk_create abulk_update acontains acount acreate adelete aearliest aexists"
        " afirst aget aget_or_create ain_bulk alast alatest aupdate aupdate_or_create",
        {f".{name}()": _QUERIES for name in _CHAINED.split()},
    ),
    "tortoise.models.Model": Outline("create get_or_create in_bulk update_or_create"),
    "tortoise.models.Model()": Outline("delete fetch_related refresh_from_db save"),
    "tortoise.Tortoise": Outline("close_connections generate_schemas init"),
    "tortoise": Outline("", {".Model": "tortoise.models.Model"}),
    "beanie": Outline("init_beanie"),
    "beanie.Document()": Outline("create delete insert replace save save_changes"),
}
