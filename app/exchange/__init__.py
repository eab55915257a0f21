"""Files in: units and people from xlsx or csv, with a dry run first.

Invariants: a file is written whole or not at all; the dry run shows by line what would change; confirming
reads the stored upload again and refuses when the database has changed meanwhile; a second import of the
same file changes nothing.
"""
