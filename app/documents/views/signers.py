"""Chữ ký số của cơ quan: who signs by which key and picture, known by which certificates."""

from __future__ import annotations

import io

from flask import flash, redirect, render_template, send_file, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from app import clock, web
from app.accounts import queries as accounts
from app.audit.timeline import timeline
from app.documents.forms import CertificateForm, NewSignerForm, SignerForm
from app.documents.signatures import keyring, signers
from app.documents.signatures.models import Signer, SignerCertificate
from app.documents.signatures.signers import Upload
from app.documents.views.papers import bp
from app.extensions import db
from app.files import services as files
from app.files.models import StoredFile
from app.policy import Action, Role
from app.web.access import requires, the_actor

Answer = str | Response | tuple[str, int]
TITLE = "Chữ ký số của cơ quan"
OFFICE = "Cơ quan (con dấu)"
FOR_OFFICE = "office"


@bp.get("/signers")
@requires(Action.MANAGE_SETTINGS)
def signer_list() -> Answer:
    """The list, and who may be added to it."""
    return _list_page(_new_form(bound=False))


@bp.post("/signers")
@requires(Action.MANAGE_SETTINGS)
def new_signer() -> Answer:
    """Put a person or the office on the list."""
    form, made = _new_form(bound=True), []

    def register() -> None:
        chosen = form.who.data
        person = None if chosen == FOR_OFFICE else accounts.load_person(the_actor(), int(chosen))
        made.append(signers.register(person, actor=the_actor()))

    status = web.attempt(form, register)
    if status is not None:
        return _list_page(form), status
    flash("Đã thêm vào danh sách ký số.", "good")
    return redirect(url_for(".signer", signer_id=made[0].id), 303)


@bp.get("/signers/<int:signer_id>")
@requires(Action.MANAGE_SETTINGS, signers.get)
def signer(shown: Signer) -> Answer:
    """One of the list: key, picture, certificates."""
    form = _form(shown, bound=False)
    form.key_name.data, form.version.data = shown.key_name, shown.version
    if shown.is_office:
        form.picture_mm.data = shown.picture_mm
    return _page(shown, form, CertificateForm(formdata=None))


@bp.post("/signers/<int:signer_id>")
@requires(Action.MANAGE_SETTINGS, signers.get)
def change_signer(shown: Signer) -> Answer:
    """Which key and picture from now on."""
    form = _form(shown, bound=True)

    def change() -> None:
        picture: FileStorage | None = form.picture.data or None
        with_name = Upload(picture.filename or "", picture.read()) if picture and picture.filename else None
        signers.change(
            shown,
            key_name=form.key_name.data or "",
            picture=with_name,
            picture_mm=form.picture_mm.data if shown.is_office else None,
            version=form.seen(),
            actor=the_actor(),
        )

    status = web.attempt(form, change)
    if status is not None:
        return _page(shown, form, CertificateForm(formdata=None)), status
    flash("Đã lưu khóa ký, hình chữ ký.", "good")
    return redirect(url_for(".signer", signer_id=shown.id), 303)


@bp.get("/signers/<int:signer_id>/picture")
@requires(Action.MANAGE_SETTINGS, signers.get_picture)
def signer_picture(stored: StoredFile) -> Answer:
    """The picture as it is set into papers."""
    return send_file(io.BytesIO(files.read(stored)), "image/png")


@bp.post("/signers/<int:signer_id>/certificates")
@requires(Action.MANAGE_SETTINGS, signers.get)
def add_certificate(shown: Signer) -> Answer:
    """A certificate by which the signer is known; without its key."""
    form = CertificateForm()

    def add() -> None:
        with form.certificate.data.stream as handed_in:
            data = handed_in.read(signers.MOST_CERTIFICATE + 1)
        signers.add_certificate(shown, data, actor=the_actor())

    status = web.attempt(form, add)
    if status is not None:
        mine = _form(shown, bound=False)
        mine.key_name.data, mine.version.data = shown.key_name, shown.version
        mine.picture_mm.data = shown.picture_mm
        return _page(shown, mine, form), status
    flash("Đã đăng ký chứng thư số.", "good")
    return redirect(url_for(".signer", signer_id=shown.id), 303)


@bp.post("/signer-certificates/<int:signer_certificate_id>/withdraw")
@requires(Action.MANAGE_SETTINGS, signers.get_certificate)
def withdraw_certificate(certificate: SignerCertificate) -> Answer:
    """It signs no more from now on."""
    signers.withdraw_certificate(certificate, actor=the_actor())
    db.session.commit()
    flash("Đã ngừng dùng chứng thư số. Văn bản đã ký trước đó không đổi.", "good")
    return redirect(url_for(".signer", signer_id=certificate.signer_id), 303)


def _new_form(*, bound: bool) -> NewSignerForm:
    form = NewSignerForm() if bound else NewSignerForm(formdata=None)
    listed = signers.list_signers()
    there = {one.person_id for one in listed}
    office = [] if any(one.is_office for one in listed) else [(FOR_OFFICE, OFFICE)]
    people = [
        (str(post.person_id), f"{post.person.name}, {post.title}")
        for post in accounts.list_posts(Role.LEADER)
        if post.person_id not in there
    ]
    form.who.choices = web.choices([*office, *people])
    return form


def _form(shown: Signer, *, bound: bool) -> SignerForm:
    form = SignerForm() if bound else SignerForm(formdata=None)
    form.key_name.choices = web.choices(
        [("", "Không có khóa trên máy chủ (ký bằng công cụ ký số)"), *((one, one) for one in keyring.names())]
    )
    if not shown.is_office:
        del form.picture_mm
    return form


def _list_page(form: NewSignerForm) -> str:
    return render_template(
        "papers/signers.html", title=TITLE, form=form, signers=signers.list_signers(), office=OFFICE
    )


def _page(shown: Signer, form: SignerForm, certificate_form: CertificateForm) -> str:
    name = OFFICE if shown.is_office else shown.person.name if shown.person else ""
    return render_template(
        "papers/signer.html",
        title=name,
        path=[web.Crumb(TITLE, url_for(".signer_list")), web.Crumb(name)],
        signer=shown,
        form=form,
        certificate_form=certificate_form,
        today=clock.now(),
        trial=keyring.trial_names(),
        rooted=bool(keyring.trust().roots),
        entries=timeline(shown),
    )
