"""Work for many notices in the background."""

from __future__ import annotations

from app.jobs.services import Kind
from app.notices.services import batching

KINDS = (Kind(batching.KIND, batching.run),)
