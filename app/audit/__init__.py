"""Events: who did what to what, when, on whose behalf; chained, in the transaction of the change.

Invariants: `seq` has no gap; each event's hash covers the one before it; rows are append-only (triggers
refuse UPDATE, DELETE and REPLACE on both engines); every change of business rows has an event.
"""
