"""From a YAML form file to a `FormDefinition`, or to one error that names every fault in the file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from app.form_library import schema
from app.form_library.reading import Table, did_you_mean
from app.form_library.schema import (
    BasisReference,
    ChoiceDefinition,
    ContentPartDefinition,
    CriterionDefinition,
    DeadlineKind,
    FieldDefinition,
    FieldKind,
    FormDefinition,
    GroupDefinition,
    LegalBasisDefinition,
    PackageDefinition,
    ProcedureFieldDefinition,
    ReplacedDefinition,
    RetiredDefinition,
    slug_of,
)
from app.form_library.yaml_source import MAX_BYTES, Problem, SourceRefused, read_tree

_KINDS_WITH_NUMBERS = (FieldKind.NUMBER, FieldKind.PERCENTAGE)


class FormFileError(ValueError):
    """A form file was refused; `str()` lists file, key and reason of every fault, in Vietnamese."""

    def __init__(self, file: str, problems: Sequence[Problem]) -> None:
        self.file = file
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{file}: {item.key or '(cả tệp)'}: {item.reason}" for item in problems))

    @property
    def key(self) -> str:
        """Path of the key with the first fault."""
        return self.problems[0].key

    @property
    def reason(self) -> str:
        """Reason of the first fault."""
        return self.problems[0].reason


def source_sha256(text: str) -> str:
    """SHA-256 (hex) of a form file's text; line ends and a byte order mark do not count."""
    canonical = text.removeprefix("\ufeff").replace("\r\n", "\n")
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def load_form(path: Path) -> FormDefinition:
    """Read `inspection_forms/<code>/v<version>.yaml`. Raises FormFileError."""
    return parse_form(read_source(path), _name(path))


def read_source(path: Path) -> str:
    """The text of a form file whose folder and name say its code and version. Raises FormFileError."""
    name = _name(path)
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise FormFileError(name, [Problem("", "Không mở được tệp.")]) from error
    text = text_of(content, name)
    form = parse_form(text, name)
    problems = []
    if path.parent.name != form.code:
        problems.append(Problem("code", f"Mã biểu là “{form.code}” nhưng thư mục là “{path.parent.name}”."))
    if path.stem != f"v{form.version}":
        problems.append(Problem("version", f"Phiên bản là {form.version} nhưng tên tệp là “{path.name}”."))
    if problems:
        raise FormFileError(name, problems)
    return text


def text_of(content: bytes, name: str) -> str:
    """The text of a form file. Raises FormFileError."""
    if len(content) > MAX_BYTES:
        raise FormFileError(name, [Problem("", "Tệp lớn hơn 1 MiB.")])
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FormFileError(name, [Problem("", "Tệp không phải chữ UTF-8.")]) from error


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def parse_form(text: str, source_name: str) -> FormDefinition:
    """Turn the text of a form file into its definition. Raises FormFileError with all faults."""
    problems: list[Problem] = []
    try:
        tree = read_tree(text.removeprefix("\ufeff"), problems)
    except SourceRefused as error:
        raise FormFileError(source_name, [error.problem]) from error
    form = _form(Table.of(FormDefinition, tree, "", problems))
    _check_form(form, problems)
    if problems:
        raise FormFileError(source_name, problems)
    return _with_lineages(replace(form, source_sha256=source_sha256(text)))


def _form(table: Table) -> FormDefinition:
    return FormDefinition(
        code=table.text("code", limit=40, pattern=r"[a-z0-9]+(-[a-z0-9]+)*"),
        version=table.whole_number("version", 1, 10_000),
        title=table.text("title", limit=300),
        legal_bases=tuple(_legal_basis(item) for item in table.tables("legal_bases", LegalBasisDefinition)),
        fields_of_procedure=tuple(
            ProcedureFieldDefinition(
                code=item.text("code", limit=40, pattern=r"[a-z0-9]+(-[a-z0-9]+)*"),
                ordinal=item.whole_number("ordinal", 1, schema.WHOLE_PART_TO // schema.FIELD_WIDTH - 1),
                title=item.text("title", limit=120),
            )
            for item in table.tables("fields_of_procedure", ProcedureFieldDefinition)
        ),
        groups=tuple(_group(item) for item in table.tables("groups", GroupDefinition, least=1)),
        packages=tuple(
            PackageDefinition(
                key=item.text("key", limit=40, pattern=r"[a-z0-9]+(-[a-z0-9]+)*"),
                title=item.text("title", limit=120),
                groups=item.texts("groups", least=0),
                criteria=item.texts("criteria", least=0),
            )
            for item in table.tables("packages", PackageDefinition)
        ),
        retired=tuple(
            RetiredDefinition(key=item.text("key", limit=20), reason=item.text("reason", limit=300))
            for item in table.optional_tables("retired", RetiredDefinition)
        ),
    )


def _legal_basis(table: Table) -> LegalBasisDefinition:
    return LegalBasisDefinition(
        code=table.text("code", limit=20),
        citation=table.text("citation", limit=300),
        title=table.text("title", limit=500),
        certainty=table.choice("certainty", schema.Certainty),
        effective_from=table.day("effective_from"),
        effective_to=table.day("effective_to"),
        replaces=table.texts("replaces", least=0),
        amended_by=table.texts("amended_by", least=0),
        note=table.text("note", default="", limit=1000),
    )


def _group(table: Table) -> GroupDefinition:
    return GroupDefinition(
        key=table.text("key", limit=20, pattern=r"[A-ZĐ][A-ZĐ0-9]*"),
        numeral=table.text("numeral", limit=8, pattern=r"[IVXL]+"),
        title=table.text("title", limit=200),
        short_title=table.text("short_title", limit=40),
        criteria=tuple(_criterion(item) for item in table.tables("criteria", CriterionDefinition, least=1)),
    )


def _criterion(table: Table) -> CriterionDefinition:
    key = table.text("key", limit=20, pattern=r"[A-ZĐ][A-ZĐ0-9]*(-[A-ZĐ0-9]+)*")
    criterion = CriterionDefinition(
        key=key,
        title=table.text("title", limit=40),
        text=table.text("text", limit=1000),
        evidence=table.texts("evidence", limit=200),
        level=table.choice("level", schema.Level),
        remediation_days=table.whole_number("remediation_days", 1, 250),
        legal_bases=tuple(
            BasisReference(
                code=item.text("code", limit=20),
                certainty=item.choice("certainty", schema.Certainty),
                article=item.text("article", default="", limit=200),
            )
            for item in table.tables("legal_bases", BasisReference)
        ),
        deadline_kind=table.choice("deadline_kind", DeadlineKind, default=DeadlineKind.FIXED),
        watch_days=table.optional_whole_number("watch_days", 1, 250),
        by_field=table.flag("by_field"),
        fields=tuple(_field(item) for item in table.optional_tables("fields", FieldDefinition)),
        contents=tuple(
            ContentPartDefinition(
                content=item.text("content", limit=20),
                part_from=item.whole_number("part_from", 0, schema.WHOLE_PART_TO - 1, default=0),
                part_to=item.whole_number("part_to", 1, schema.WHOLE_PART_TO, default=schema.WHOLE_PART_TO),
            )
            for item in table.optional_tables("contents", ContentPartDefinition)
        )
        or (ContentPartDefinition(content=key),),
        replaces=tuple(
            ReplacedDefinition(
                key=item.text("key", limit=20),
                content=item.text("content", default="", limit=20),
                part=item.share("part"),
            )
            for item in table.optional_tables("replaces", ReplacedDefinition)
        ),
        note=table.text("note", default="", limit=1000),
    )
    _check_criterion(criterion, table)
    return criterion


def _check_criterion(criterion: CriterionDefinition, table: Table) -> None:
    continuing = criterion.deadline_kind is DeadlineKind.CONTINUING
    if continuing and criterion.watch_days is None:
        table.refuse("watch_days", "Nội dung thường xuyên phải có số ngày theo dõi.")
    if not continuing and criterion.watch_days is not None:
        table.refuse("watch_days", "Chỉ dùng cho nội dung thường xuyên (deadline_kind: continuing).")
    _refuse_repeated(table, "fields", "key", [item.key for item in criterion.fields])
    _refuse_repeated(table, "contents", "content", [item.content for item in criterion.contents])
    replaced = [f"{item.key} {item.content}".strip() for item in criterion.replaces]
    _refuse_repeated(table, "replaces", "key", replaced)
    if criterion.replaces and table.has("contents"):
        table.refuse("contents", "Không dùng cùng replaces: nội dung lấy từ các tiêu chí được thay thế.")
    for index, part in enumerate(criterion.contents):
        if part.part_from >= part.part_to:
            table.refuse(f"contents[{index}].part_to", "Phải lớn hơn part_from.")
        elif criterion.by_field and (part.part_from, part.part_to) != (0, schema.WHOLE_PART_TO):
            table.refuse(f"contents[{index}]", "Tiêu chí chia theo lĩnh vực phải lấy cả nội dung.")


def _field(table: Table) -> FieldDefinition:
    definition = FieldDefinition(
        key=table.text("key", limit=40, pattern=r"[a-z][a-z0-9_]*"),
        kind=table.choice("kind", FieldKind),
        label=table.text("label", limit=120),
        unit=table.text("unit", default="", limit=30),
        hint=table.text("hint", default="", limit=300),
        required=table.flag("required"),
        minimum=table.decimal("minimum"),
        maximum=table.decimal("maximum"),
        decimals=table.whole_number("decimals", 0, 6, default=0),
        choices=tuple(
            ChoiceDefinition(
                value=item.text("value", limit=40, pattern=r"[a-z][a-z0-9_]*"),
                label=item.text("label", limit=120),
            )
            for item in table.optional_tables("choices", ChoiceDefinition)
        ),
    )
    if table.has("kind"):
        _check_field(definition, table)
    return definition


def _check_field(definition: FieldDefinition, table: Table) -> None:
    if definition.key == "ratio" and definition.kind is not FieldKind.RATIO:
        table.refuse("key", "Khóa “ratio” dành cho số liệu chung của tiêu chí (kind: ratio).")
    if definition.kind is FieldKind.CHOICE and len(definition.choices) < 2:
        table.refuse("choices", "Trường lựa chọn phải có ít nhất 02 lựa chọn.")
    if definition.kind is not FieldKind.CHOICE and definition.choices:
        table.refuse("choices", "Chỉ dùng cho trường lựa chọn (kind: choice).")
    _refuse_repeated(table, "choices", "value", [item.value for item in definition.choices])
    if definition.kind not in _KINDS_WITH_NUMBERS:
        for key in ("minimum", "maximum", "decimals"):
            if table.has(key):
                table.refuse(key, "Chỉ dùng cho số và tỷ lệ phần trăm (kind: number, percentage).")
    elif (
        definition.minimum is not None
        and definition.maximum is not None
        and definition.minimum > definition.maximum
    ):
        table.refuse("maximum", "Phải lớn hơn hoặc bằng minimum.")


def _refuse_repeated(table: Table, list_key: str, key: str, values: Sequence[str]) -> None:
    _report_repeated(values, lambda i: f"{list_key}[{i}].{key}", table.refuse)


def _report_repeated(
    values: Iterable[str], path: Callable[[int], str], refuse: Callable[[str, str], None]
) -> None:
    seen: set[str] = set()
    for index, value in enumerate(values):
        if value and value in seen:
            refuse(path(index), f"“{value}” đã dùng ở trên.")
        seen.add(value)


def _check_form(form: FormDefinition, problems: list[Problem]) -> None:
    """What no single table can see: repeated keys and references to what does not exist."""

    def refuse(key: str, reason: str) -> None:
        # A part that could not be read was reported; what follows from that is no second fault.
        if all(problem.key != key for problem in problems):
            problems.append(Problem(key, reason))

    _report_repeated((b.code for b in form.legal_bases), lambda i: f"legal_bases[{i}].code", refuse)
    procedure_fields = form.fields_of_procedure
    _report_repeated((f.code for f in procedure_fields), lambda i: f"fields_of_procedure[{i}].code", refuse)
    _report_repeated(
        (str(f.ordinal or "") for f in procedure_fields),
        lambda i: f"fields_of_procedure[{i}].ordinal",
        refuse,
    )
    _report_repeated((g.slug for g in form.groups), lambda i: f"groups[{i}].key", refuse)
    _report_repeated((p.key for p in form.packages), lambda i: f"packages[{i}].key", refuse)
    _report_repeated((r.key for r in form.retired), lambda i: f"retired[{i}].key", refuse)
    paths = form.paths
    # Slugs, because they name the fields of the page: CĐ-01 and CD-01 may not stand side by side.
    _report_repeated((slug_of(c.key) for c in form.criteria), lambda i: f"{paths[i]}.key", refuse)

    _check_effective_dates(form, refuse)
    codes = {basis.code for basis in form.legal_bases}
    for path, criterion in zip(paths, form.criteria, strict=True):
        for index, reference in enumerate(criterion.legal_bases):
            if reference.code and reference.code not in codes:
                hint = did_you_mean(reference.code, codes)
                refuse(
                    f"{path}.legal_bases[{index}].code",
                    f"Không có căn cứ “{reference.code}” ở legal_bases.{hint}",
                )
        if criterion.by_field and not procedure_fields:
            refuse(f"{path}.by_field", "Biểu không khai báo lĩnh vực nào ở fields_of_procedure.")
    known = {
        "groups": {group.key for group in form.groups},
        "criteria": {criterion.key for criterion in form.criteria},
    }
    for number, package in enumerate(form.packages):
        for key, members in (("groups", package.groups), ("criteria", package.criteria)):
            for index, member in enumerate(members):
                if member and member not in known[key]:
                    hint = did_you_mean(member, known[key])
                    refuse(f"packages[{number}].{key}[{index}]", f"Không có “{member}” trong biểu.{hint}")
        if not package.groups and not package.criteria:
            refuse(f"packages[{number}]", "Gói không chọn nhóm hay tiêu chí nào.")


def _check_effective_dates(form: FormDefinition, refuse: Callable[[str, str], None]) -> None:
    by_code = {basis.code: basis for basis in form.legal_bases}
    for index, basis in enumerate(form.legal_bases):
        path = f"legal_bases[{index}]"
        if basis.starts_on >= basis.ends_on:
            refuse(f"{path}.effective_to", "Ngày hết hiệu lực trước ngày có hiệu lực.")
        if basis.replaces and basis.effective_from is None:
            refuse(f"{path}.effective_from", "Văn bản thay thế văn bản khác phải có ngày có hiệu lực.")
            continue
        for number, code in enumerate(basis.replaces):
            replaced = by_code.get(code)
            if replaced is None:
                hint = did_you_mean(code, by_code)
                refuse(f"{path}.replaces[{number}]", f"Không có căn cứ “{code}” ở legal_bases.{hint}")
            elif replaced.ends_on > basis.starts_on:
                refuse(
                    f"{path}.replaces[{number}]",
                    f"Hiệu lực chồng nhau: “{code}” còn hiệu lực khi “{basis.code}” đã có hiệu lực.",
                )


def _with_lineages(form: FormDefinition) -> FormDefinition:
    lineages = {basis.code: _lineage(basis, form.legal_bases) for basis in form.legal_bases}
    groups = tuple(
        replace(
            group,
            criteria=tuple(
                replace(
                    criterion,
                    legal_bases=tuple(replace(r, lineage=lineages[r.code]) for r in criterion.legal_bases),
                )
                for criterion in group.criteria
            ),
        )
        for group in form.groups
    )
    return replace(form, groups=groups)


def _lineage(
    basis: LegalBasisDefinition, catalogue: Sequence[LegalBasisDefinition]
) -> tuple[LegalBasisDefinition, ...]:
    """The instrument, all it replaced and all that replaced it, oldest first."""
    found = {basis.code: basis}
    older, newer = [basis], [basis]
    while older:
        codes = older.pop().replaces
        older += [item for item in catalogue if item.code in codes and item.code not in found]
        found.update((item.code, item) for item in older)
    while newer:
        code = newer.pop().code
        newer += [item for item in catalogue if code in item.replaces and item.code not in found]
        found.update((item.code, item) for item in newer)
    return tuple(sorted(found.values(), key=lambda item: (item.starts_on, item.code)))
