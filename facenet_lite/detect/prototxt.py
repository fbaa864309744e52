"""Read Caffe's network description as plain Python values: blocks as dicts, fields as lists."""

from __future__ import annotations

import re
from typing import Any, Final, TypeAlias

from facenet_lite._checks import check_choice, describe
from facenet_lite.errors import InputError

Block: TypeAlias = dict[str, list[Any]]
"""A block's fields by name; every field is a list, because any of them may be repeated."""

_TOKEN: Final = re.compile(r'#[^\n]*|[{}:]|"[^"]*"|[^\s{}:"#]+|\s+|"')


def parse(text: str) -> Block:
    """Read a prototxt: ``parse(text)["layer"][0]["name"]`` is ``["data_bn"]``.

    Numbers become int or float, ``true`` and ``false`` become bool, quoted text and other words
    become str, blocks in braces become dicts of lists. Comments (from # on) are ignored.
    Raises InputError if a brace or a value is missing.
    """
    if not isinstance(text, str):
        raise InputError(
            f"text: expected a prototxt's text, got {describe(text)}; "
            "read the file with .read_text()"
        )
    tokens = [token for token in _TOKEN.findall(text) if not token.isspace() and token[0] != "#"]
    block, end = _block(tokens, 0, depth=0)
    if end != len(tokens):
        raise InputError("text: expected a prototxt, got a closing brace too many; is it damaged?")
    return block


def with_field(text: str, layer: str, field: str, value: float) -> str:
    """The same description with one number changed: ``field`` of the layer named ``layer``.

    Everything else, including comments, stays as it is. Raises InputError if the layer is missing
    or lacks the field.
    """
    names = [block["name"][0] for block in parse(text).get("layer", []) if "name" in block]
    check_choice(layer, "layer", names)
    start = text.index(f'name: "{layer}"')
    end = text.find("\nlayer", start)
    block = text[start:] if end < 0 else text[start:end]
    changed, count = re.subn(
        rf"\b{re.escape(field)}: *[-+.\d]+", f"{field}: {value}", block, count=1
    )
    if not count or not field:
        raise InputError(f"field: expected a number of layer {layer!r}, got {field!r}")
    return text[:start] + changed + text[start + len(block) :]


def _block(tokens: list[str], at: int, depth: int) -> tuple[Block, int]:
    """Read fields from ``tokens[at]`` on, up to the brace that closes them or the end."""
    fields: Block = {}
    while at < len(tokens) and tokens[at] != "}":
        name, following = tokens[at], tokens[at + 1 : at + 3]
        value: Any
        if following[:1] == ["{"] or following == [":", "{"]:
            value, at = _block(tokens, at + 1 + following.index("{") + 1, depth + 1)
            if at == len(tokens):
                raise InputError(f"text: expected a brace that closes {name!r}, got the end")
            at += 1
        elif len(following) == 2 and following[0] == ":" and following[1] not in "{}:":
            value, at = _value(following[1]), at + 3
        else:
            raise InputError(f"text: expected 'name: value' or 'name {{', got {name!r} alone")
        fields.setdefault(name, []).append(value)
    return fields, at


def _value(token: str) -> Any:
    if token[0] == '"':
        return token[1:-1]
    if token in ("true", "false"):
        return token == "true"
    for number in (int, float):
        try:
            return number(token)
        except ValueError:
            continue
    return token
