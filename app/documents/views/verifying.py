"""Kiểm tra văn bản: anybody asks by the code on the paper, or hands in the file; without signing in.

Nothing that is handed in is kept, and nothing is told but of the paper that was asked for.
"""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import web
from app.documents import queries, verification
from app.documents.forms import CodeForm, FileForm
from app.documents.kinds import KIND_LABELS
from app.documents.models import Document
from app.documents.verification import SENTENCES, Examined, Verdict
from app.documents.views.papers import bp, state_of
from app.documents.views.uploads import read_upload
from app.extensions import limiter
from app.web.access import public

Answer = str | Response | tuple[str, int]
TITLE = "Kiểm tra văn bản"
LOOK_UPS, FILES = "30 per minute", "6 per minute"
"""Per address and worker process."""
NO_SUCH_CODE = (
    "Không có văn bản đã ban hành mang mã này. Kiểm tra lại từng ký tự của mã in dưới mục Nơi nhận, "
    "hoặc tải tệp lên."
)


@bp.get("/verify")
@public
def verify() -> Answer:
    """The page that asks for a code or a file; `?code=` leads to the paper."""
    typed = request.args.get("code", "")[:40]
    code = verification.read_code(typed)
    if code is not None:
        return redirect(url_for(".verify_code", code=verification.spelled(code)), 303)
    form = CodeForm(formdata=None, code=typed)
    if typed:
        form.refuse("Mã gồm 12 chữ và số, ví dụ 7K3M-Q9XD-2HTB.", "code")
        return _page(form=form), 422
    return _page(form=form)


@bp.get("/verify/<string:code>")
@public
@limiter.limit(LOOK_UPS)
def verify_code(code: str) -> Answer:
    """What the paper of a code is: the address of the QR code."""
    document = verification.find_issued(code[:40])
    if document is None:
        form = CodeForm(formdata=None, code=code[:40])
        form.refuse(NO_SUCH_CODE, "code")
        return _page(form=form), 404
    return _page(document=document)


@bp.post("/verify")
@public
@limiter.limit(FILES)
def verify_file() -> Answer:
    """Look at a file; it is not kept."""
    form = FileForm()
    data = read_upload(form)
    if isinstance(data, web.Refused):
        return _page(file_form=form), data.status
    examined = verification.examine(data)
    return _page(examined=examined, document=examined.document)


def _page(
    *,
    form: CodeForm | None = None,
    file_form: FileForm | None = None,
    document: Document | None = None,
    examined: Examined | None = None,
) -> str:
    told = examined.signatures if examined is not None else ()
    if examined is None and document is not None:
        told = verification.signatures_of(document)
    return render_template(
        "papers/verify.html",
        title=TITLE,
        form=form or CodeForm(formdata=None),
        file_form=file_form or FileForm(formdata=None),
        document=document,
        told=told,
        state=state_of(document) if document is not None else None,
        standing=queries.standing_words(document) if document is not None else "",
        kinds=KIND_LABELS,
        examined=examined,
        kind="good" if examined is not None and examined.verdict is Verdict.GENUINE else "look",
        sentence=SENTENCES[examined.verdict] if examined is not None else "",
    )
