"""`flask --app wsgi register check`: the quick question at the command line."""

from __future__ import annotations

import json
import sys
from datetime import date

import click
from flask.cli import AppGroup

from app import clock
from app.errors import DomainError
from app.register import asking, typed
from app.register.asking import Answer, Block, Left, Status
from app.register.review import Ground, Refusal
from app.vietnamese import parse_date

FREE, BAD_INPUT, BLOCKED = 0, 2, 3

group = AppGroup("register", help="Nội dung đã kết luận.")


@group.command("check")
@click.option("--unit", default="", help="Mã hoặc tên đơn vị, ví dụ LP.")
@click.option("--criterion", default="", help="Mã tiêu chí, ví dụ MC-05.")
@click.option("--from", "first", default="", help="Ngày đầu của thời kỳ: 2024-01-01 hoặc 01/01/2024.")
@click.option("--to", "last", default="", help="Ngày cuối của thời kỳ (tính cả ngày này).")
@click.option("--field", default="", help="Mã lĩnh vực thủ tục hành chính, ví dụ dat-dai.")
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")
def check(unit: str, criterion: str, first: str, last: str, field: str, as_json: bool) -> None:
    """Nội dung của đơn vị còn được kiểm tra hay không (mã thoát 0: còn; 3: không; 2: sai dữ liệu)."""
    try:
        answer = _ask(unit, criterion, first, last, field)
    except DomainError as error:
        click.echo(error.message, err=True)
        if as_json:
            click.echo(json_text({"status": "error", "error": error.message, "field": error.field}))
        sys.exit(BAD_INPUT)
    click.echo(json_text(as_primitive(answer)) if as_json else as_text(answer))
    sys.exit(FREE if answer.status is Status.FREE else BLOCKED)


def _ask(unit: str, criterion: str, first: str, last: str, field: str) -> Answer:
    days = typed.period(_day(first, "starts_on"), _day(last, "ends_on"))
    if not criterion.strip():
        raise DomainError("Nhập mã tiêu chí.", field="criterion")
    found = typed.find_criterion(criterion)
    question = asking.Question(
        unit=typed.find_unit(unit, on=clock.today()),
        criterion=found,
        starts_on=days[0],
        ends_on=days[1],
        field=typed.find_field(field, found),
    )
    return asking.ask(question, level=asking.office_level())


def _day(text: str, field: str) -> date | None:
    try:
        return parse_date(text) if text.strip() else None
    except ValueError as error:
        raise DomainError(str(error), field=field) from error


def as_text(answer: Answer) -> str:
    """`free` first when all of it is, else what stands in the way; then what is left."""
    lines = ["free"] if answer.status is Status.FREE else []
    lines += answer.sentences
    lines += [former.sentence for former in answer.past]
    if answer.outside_text:
        lines.append(answer.outside_text)
    return "\n".join([*lines, answer.left_text])


def as_primitive(answer: Answer) -> dict[str, object]:
    """The answer as JSON shows it: days are ISO and inclusive, units and criteria by code and key."""
    question = answer.question
    return {
        "status": answer.status.value,
        "unit": question.unit.code,
        "criterion": question.criterion.key,
        "from": question.starts_on.isoformat(),
        "to": question.last_day.isoformat(),
        "blocking": [_block(block) for block in answer.blocks],
        "warnings": [_block(block) for block in answer.warnings],
        "left": [_span(left) for left in answer.left],
        "inherited": [_span(left) for left in answer.inherited],
        "rest": [
            {**_span(one.left), "criterion": one.under.key, "version": one.under.number}
            for one in answer.rest
        ],
        "past": [
            {
                "number": former.number_and_symbol,
                "date": former.concluded_on.isoformat(),
                "body": former.body_name,
                "state": former.state.value,
            }
            for former in answer.past
        ],
        "near": [{**primitive(one.refusal), "unit": one.unit.code} for one in answer.nearby],
        "successors": [{"unit": unit.code, "name": unit.name} for unit in answer.successors],
        "outside": [{"from": a.isoformat(), "to": b.isoformat()} for a, b in answer.outside],
    }


def _block(block: Block) -> dict[str, object]:
    return {
        **primitive(block.refusal),
        "unit": block.unit.code,
        "fields": block.fields,
        "inherited": block.inherited,
        "under": {"criterion": block.under.key, "version": block.under.number} if block.under else None,
    }


def primitive(refusal: Refusal) -> dict[str, object]:
    """What stands in the way: a conclusion, a team at work or a reservation; its paper, body and days.

    Of a reservation also `planned`, the draft it is for, and `until`, its last day.
    """
    told: dict[str, object] = {
        "kind": refusal.ground.value,
        "number": refusal.citation,
        "date": refusal.dated_on.isoformat() if refusal.dated_on else None,
        "body": refusal.body_name,
        "leader": refusal.leader,
        "from": refusal.box.starts_on.isoformat(),
        "to": refusal.box.last_day.isoformat(),
    }
    if refusal.ground is Ground.RESERVED and refusal.until_on is not None:
        told |= {"planned": refusal.planned, "until": refusal.until_on.isoformat()}
    return told


def _span(left: Left) -> dict[str, object]:
    return {
        "unit": left.unit.code,
        "from": left.starts_on.isoformat(),
        "to": left.last_day.isoformat(),
        "fields": left.fields,
    }


def json_text(value: dict[str, object]) -> str:
    """As the commands of this group print it."""
    return json.dumps(value, ensure_ascii=False, indent=2)
