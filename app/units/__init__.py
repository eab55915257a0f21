"""The tree of agencies, communes, wards and service units, with dated names and succession.

Invariants: a unit's versions cover its life without overlap; a rename, or a change of type, code or parent,
is a new version, never a succession; an unknown beginning is 1900-01-01.
"""
