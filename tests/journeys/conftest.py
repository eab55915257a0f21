"""The walk of every journey."""

from tests.journeys.walk import walk

__all__ = ["walk"]
