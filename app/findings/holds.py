"""What relies on a finding: asked through here, since findings know nothing of the features above them.

holds.add(referral_sent)  # in a setup; holds.ask_free(finding) before a decision about it is taken back
"""

from app.findings.models import Finding
from app.holds import Holds

_holds = Holds[Finding]()
add, ask_free = _holds.add, _holds.ask_free
