"""The field that a CO-RE access path means, in words: `task_struct.scx.slice`."""

from __future__ import annotations

from .btf import Btf, Kind
from .elf import ObjectError
from .object import kernel_name


def field_path(btf: Btf, type_id: int, access: tuple[int, ...]) -> str | None:
    """None for what is not a plain field of a struct. The first number steps over whole objects."""
    try:
        shape = btf.resolve(type_id)
        if shape.kind is not Kind.STRUCT or not access or access[0] != 0:
            return None
        names = [kernel_name(shape.name)]
        for number in access[1:]:
            if shape.kind not in (Kind.STRUCT, Kind.UNION) or number >= len(shape.members):
                return None
            member = shape.members[number]
            if member.name:
                names.append(member.name)
            shape = btf.resolve(member.type)
        return ".".join(names)
    except ObjectError:
        return None
