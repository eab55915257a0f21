"""What the progress column of an old table says: done, not done, or nothing that is sure.

Pure. Done is only what says so from its first word to its last: "đã hoàn thành một phần", "đã thực hiện 60%"
are asked, never taken for done.
"""

from __future__ import annotations

import re

from app.vietnamese import search_key

_SIGNS = re.compile(r"""[.,;:()\[\]"'“”*!+\-–—_…]+""")
"""What carries no meaning; a fraction, a question mark or "<" does."""
_IN_TIME = r"(?:som|truoc|dung|trong|qua|sau|tre) (?:thoi )?han(?: \d+ ngay(?: lam viec)?)?"
_DONE = re.compile(
    rf"(?:da )?(?:(?:thuc hien|khac phuc|xu ly|giai quyet|lam) )?(?:hoan thanh|hoan tat|xong|ht)"
    rf"(?: xong| toan bo)?(?: 100%)?(?: {_IN_TIME}| (?:tre|som)(?: \d+ ngay)?)?"
)
_DOING = "thuc hien|trien khai|khac phuc|xu ly|giai quyet|tien hanh|lam|theo doi|hoan thien|th"
_OPEN = re.compile(
    rf"dang (?:{_DOING}|cho)\b.*|dang (?:trong|qua) han.*"
    rf"|chua(?: (?:{_DOING}|hoan thanh|hoan tat|ht|xong|bao cao|den han|co)\b.*)?"
    r"|(?:da bao cao )?cho (?:tham tra|xac nhan|dieu kien)\b.*"
    r"|(?:can |phai )?(?:thuc hien lai|bo sung|lam lai)|khong hoan thanh|cht|kht"
    r"|(?:thuc hien )?thuong xuyen"
    r"|(?:da )?qua han(?: \d+ ngay(?: lam viec)?)?|tre han"
    r"|(?:con )?trong han|con han|con \d+ ngay(?: lam viec)?"
    r"|(?:sap )?den han(?: hom nay)?"
)
_CLAIMS = re.compile(r"\bda (?:hoan thanh|hoan tat|ht|xong|thuc hien)\b|\b100%")


def done(text: str) -> bool | None:
    """Whether the text says done; None when it does not surely say the one or the other."""
    key = " ".join(_SIGNS.sub(" ", search_key(text)).split())
    if _DONE.fullmatch(key):
        return True
    if _OPEN.fullmatch(key) and not _CLAIMS.search(key):
        return False
    return None
