"""Strict reading of YAML text into plain tables, lists and scalars, with every fault and its place.

Stricter than `yaml.safe_load`, because a form file is law for years once it is published: a key given twice,
an alias, an anchor's merge and a tag are refused instead of being resolved silently.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.constructor import ConstructorError, SafeConstructor
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 12
"""A form is seven levels deep; more is a mistake or an attack on the parser's stack."""

# libyaml where PyYAML was built with it: a form of 79 criteria then reads in 50 ms instead of one second.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
_PLAIN_TAGS = frozenset(
    _TAG + name for name in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq")
)


@dataclass(frozen=True)
class Problem:
    """One fault: the path of its key (`groups[3].criteria[4].level`, empty for the whole file); why."""

    key: str
    reason: str


class SourceRefused(Exception):
    """The text is no readable YAML at all; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.reason)
        self.problem = problem


def read_tree(text: str, problems: list[Problem]) -> object:
    """The plain tree of one YAML document: dict, list, str (NFC), int, float, bool, date or None.

    Faults that leave the rest readable are added to `problems`. Raises SourceRefused for the others.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise SourceRefused(Problem("", "Tệp lớn hơn 1 MiB."))
    try:
        _check_events(text)
        node = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise SourceRefused(Problem("", _syntax_reason(error))) from error
    if node is None:
        raise SourceRefused(Problem("", "Tệp không có nội dung."))
    return _plain(node, "", problems)


def _check_events(text: str) -> None:
    """Refuse aliases and deep nesting on the flat stream of events, before anything is built from it."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.AliasEvent):
            raise SourceRefused(
                Problem("", f"{_line(event.start_mark)}: không được dùng bí danh (*, &) của YAML.")
            )
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise SourceRefused(Problem("", f"{_line(event.start_mark)}: lồng nhau quá {MAX_DEPTH} cấp."))
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _plain(node: Node, path: str, problems: list[Problem]) -> object:
    if node.tag not in _PLAIN_TAGS:
        problems.append(
            Problem(path, f"{_line(node.start_mark)}: không được dùng thẻ hoặc khóa gộp của YAML.")
        )
        return None
    if isinstance(node, MappingNode):
        return _plain_table(node, path, problems)
    if isinstance(node, SequenceNode):
        return [_plain(item, f"{path}[{index}]", problems) for index, item in enumerate(node.value)]
    return _plain_scalar(node, path, problems)


def _plain_table(node: MappingNode, path: str, problems: list[Problem]) -> dict[str, object]:
    table: dict[str, object] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, ScalarNode) or key_node.tag != _TAG + "str":
            problems.append(Problem(path, f"{_line(key_node.start_mark)}: khóa phải là chữ."))
            continue
        key = unicodedata.normalize("NFC", key_node.value)
        key_path = f"{path}.{key}" if path else key
        if key in table:
            problems.append(Problem(key_path, f"{_line(key_node.start_mark)}: khóa ghi hai lần."))
            continue
        table[key] = _plain(value_node, key_path, problems)
    return table


def _plain_scalar(node: Node, path: str, problems: list[Problem]) -> object:
    try:
        value: object = SafeConstructor().construct_object(node)
    except (ConstructorError, ValueError, OverflowError):
        problems.append(
            Problem(path, f"{_line(node.start_mark)}: giá trị “{str(node.value)[:40]}” không đọc được.")
        )
        return None
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def _line(mark: Any) -> str:
    return f"Dòng {mark.line + 1}" if mark is not None else "Trong tệp"


def _syntax_reason(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    place = f"dòng {mark.line + 1}, cột {mark.column + 1}" if mark is not None else "không rõ dòng"
    return f"Tệp không đúng cú pháp YAML ({place})."
