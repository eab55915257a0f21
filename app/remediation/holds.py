"""What relies on a task that was entered: asked through here, since tasks know nothing of the features above.

holds.add(reminded_of)  # in a setup; holds.why_not(task) before an entry is taken away
"""

from app.holds import Holds
from app.remediation.models import Task

_holds = Holds[Task]()
add, why_not = _holds.add, _holds.why_not
