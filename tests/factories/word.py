"""A .docx edited by code as Word and people edit it: runs split, revisions tracked, controls thrown away."""

from __future__ import annotations

import copy
import io
import zipfile
from collections.abc import Callable, Iterator

from lxml import etree

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
Change = Callable[[etree._Element], None]


def w(name: str) -> str:
    return f"{{{W}}}{name}"


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return made.getvalue()


def root_of(data: bytes, part: str = "word/document.xml") -> etree._Element:
    return etree.fromstring(parts_of(data)[part])


def edited(data: bytes, *changes: Change) -> bytes:
    """The file after `changes` of its text."""
    parts = parts_of(data)
    root = etree.fromstring(parts["word/document.xml"])
    for change in changes:
        change(root)
    return packed(
        {**parts, "word/document.xml": etree.tostring(root, xml_declaration=True, encoding="UTF-8")}
    )


def without(data: bytes, *parts: str) -> bytes:
    """The file without some of its parts, as other tools save it."""
    return packed({name: held for name, held in parts_of(data).items() if name not in parts})


def controls(root: etree._Element, ref: str) -> Iterator[etree._Element]:
    for tag in root.iter(w("tag")):
        if tag.get(w("val")) == ref:
            yield tag.getparent().getparent()


def control(root: etree._Element, ref: str) -> etree._Element:
    return next(controls(root, ref))


def texts(element: etree._Element) -> list[etree._Element]:
    return list(element.iter(w("t")))


def reword(ref: str, old: str, new: str, *, line: int = 0) -> Change:
    """Another wording in a line of a text."""

    def change(root: etree._Element) -> None:
        paragraph = list(control(root, ref).iter(w("p")))[line]
        for text in texts(paragraph):
            if old in (text.text or ""):
                text.text = text.text.replace(old, new)
                return
        raise AssertionError(f"{old!r} is not in {ref}")

    return change


def add_line(ref: str, text: str, *, mark: str = "") -> Change:
    """Enter at the end of the last line of a text, and something typed: Word copies its properties."""

    def change(root: etree._Element) -> None:
        last = list(control(root, ref).iter(w("p")))[-1]
        new = copy.deepcopy(last)
        for child in list(new):
            if child.tag != w("pPr"):
                new.remove(child)
        etree.SubElement(etree.SubElement(new, w("r")), w("t")).text = f"{mark}{text}"
        last.addnext(new)

    return change


def add_beside(ref: str, text: str) -> Change:
    """A paragraph typed after a marked text, outside of it."""

    def change(root: etree._Element) -> None:
        new = etree.Element(w("p"))
        etree.SubElement(etree.SubElement(new, w("r")), w("t")).text = text
        control(root, ref).addnext(new)

    return change


def drop_control(ref: str, *, keep_text: bool = False) -> Change:
    """The control is deleted, with its text or without."""

    def change(root: etree._Element) -> None:
        found = control(root, ref)
        if keep_text:
            for paragraph in list(found.find(w("sdtContent"))):
                found.addprevious(paragraph)
        found.getparent().remove(found)

    return change


def double_control(ref: str) -> Change:
    def change(root: etree._Element) -> None:
        found = control(root, ref)
        found.addnext(copy.deepcopy(found))

    return change


def empty_control(ref: str) -> Change:
    """All text deleted: Word shows its placeholder."""

    def change(root: etree._Element) -> None:
        found = control(root, ref)
        etree.SubElement(found.find(w("sdtPr")), w("showingPlcHdr"))
        first, *others = list(found.find(w("sdtContent")))
        for other in others:
            found.find(w("sdtContent")).remove(other)
        for child in list(first):
            if child.tag != w("pPr"):
                first.remove(child)
        etree.SubElement(etree.SubElement(first, w("r")), w("t")).text = "Click or tap here to enter text."

    return change


def track(ref: str, old: str, new: str) -> Change:
    """A word replaced with Track Changes on."""

    def change(root: etree._Element) -> None:
        for text in texts(control(root, ref)):
            if old in (text.text or ""):
                _tracked(text, old, new)
                return
        raise AssertionError(f"{old!r} is not in {ref}")

    return change


def _tracked(text: etree._Element, old: str, new: str) -> None:
    before, _, after = (text.text or "").partition(old)
    run = text.getparent()
    place, properties = run.getparent(), run.find(w("rPr"))
    index = place.index(run)

    def piece(content: str, name: str = "t") -> etree._Element:
        made = etree.Element(w("r"), {w("rsidR"): "00A1B2C3"})
        if properties is not None:
            made.append(copy.deepcopy(properties))
        held = etree.SubElement(made, w(name))
        held.text = content
        held.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        return made

    gone = etree.Element(w("del"), {w("id"): "1", w("author"): "Người ký"})
    gone.append(piece(old, "delText"))
    come = etree.Element(w("ins"), {w("id"): "2", w("author"): "Người ký"})
    come.append(piece(new))
    place[index : index + 1] = [piece(before), gone, come, piece(after)]


def as_word_saves(root: etree._Element) -> None:
    """Runs torn at odd places, spelling marks, revision ids, bookmarks: nothing a reader sees."""
    for number, paragraph in enumerate(root.iter(w("p"))):
        paragraph.set(w("rsidR"), f"{number:08X}")
        paragraph.set(w("rsidRDefault"), "00AB12CD")
    for number, text in enumerate(list(root.iter(w("t")))):
        run, content = text.getparent(), text.text or ""
        if run.tag != w("r") or len(content) < 4 or len(run.findall(w("t"))) > 1:
            continue
        middle = 1 + number % (len(content) - 2)
        second = copy.deepcopy(run)
        text.text, second.find(w("t")).text = content[:middle], content[middle:]
        for held in (text, second.find(w("t"))):
            held.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        run.set(w("rsidR"), "00112233")
        run.addnext(second)
        run.addnext(etree.Element(w("proofErr"), {w("type"): "spellStart"}))
        second.insert(0, etree.Element(w("lastRenderedPageBreak")))
        second.addnext(etree.Element(w("bookmarkEnd"), {w("id"): str(number)}))
        second.addprevious(
            etree.Element(w("bookmarkStart"), {w("id"): str(number), w("name"): f"_Toc{number}"})
        )
