"""Inspection forms: contents, published form versions and the criteria they ask.

The pure part (`schema`, `loaders`, `values`, `fields`, `builder`) turns one YAML file into frozen definitions
and one criterion into a WTForms class; it knows neither database nor Flask. Invariants: a form file is parsed
once and passed on as dataclasses only; a file with any fault is refused whole, with every fault named; a
published version never changes, which the SHA-256 of its source proves.
"""
