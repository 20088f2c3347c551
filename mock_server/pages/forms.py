"""Forms of pages, read into the structs that the JSON interface takes."""

import math
from collections.abc import AsyncIterator
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any, TypeVar, get_args, get_origin

import msgspec
from litestar.datastructures import FormMultiDict, UploadFile
from msgspec import NODEFAULT, Meta, Struct

from mock_server.problems import FieldErrors, Refusal

T = TypeVar("T", bound=Struct)

CHUNK_BYTES = 64 * 1024


def filled(form: FormMultiDict, kind: type[T]) -> T:
    """Read a struct out of a form; fields of a struct inside are named `outer.inner`. Raises FieldErrors."""
    errors: dict[str, str] = {}
    found = _read(form, kind, "", errors)
    if errors:
        raise FieldErrors(errors)
    return found  # type: ignore[no-any-return]


def _read(form: FormMultiDict, kind: type[Struct], prefix: str, errors: dict[str, str]) -> Any:
    values: dict[str, Any] = {}
    for field in msgspec.structs.fields(kind):
        name = prefix + field.name
        if isinstance(field.type, type) and issubclass(field.type, Struct):
            values[field.name] = _read(form, field.type, f"{name}.", errors)
            continue
        given: list[Any] = form.getall(name, [])
        is_list = get_origin(field.type) is list
        text = given if is_list else given[-1].strip() if given and isinstance(given[-1], str) else ""
        if not text and not is_list:
            if field.default is not NODEFAULT:
                continue
            if field.type is not str:
                errors[name] = _hint(field.type)
                continue
        try:
            values[field.name] = msgspec.convert(text, field.type, strict=False)
            if isinstance(values[field.name], float) and not math.isfinite(values[field.name]):
                raise msgspec.ValidationError
        except msgspec.ValidationError:
            errors[name] = _hint(field.type)
    return None if errors else kind(**values)


def _hint(kind: Any) -> str:
    """Say what a field takes.

    >>> _hint(date), _hint(Annotated[int, Meta(ge=1, le=64)]), _hint(float)
    ('请填写日期（年-月-日）', '请填写 1 至 64 的数字', '请填写数字')
    """
    meta = next((it for it in getattr(kind, "__metadata__", ()) if isinstance(it, Meta)), Meta())
    base = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    if isinstance(base, type) and issubclass(base, Enum):
        return "请选择"
    if base is date:
        return "请填写日期（年-月-日）"
    if base is datetime:
        return "请填写日期和时间"
    if base not in (int, float):
        return "请填写"
    least, above = meta.ge, meta.gt
    bounds = f" {least} 至 {meta.le} 的" if least is not None and meta.le is not None else ""
    if not bounds and (least is not None or above is not None):
        bounds = f"不小于 {least} 的" if least is not None else f"大于 {above} 的"
    return f"请填写{bounds}数字"


class FormFile:
    """A file of a form, as `Uploads.receive` takes it: chunk by chunk."""

    def __init__(self, file: UploadFile) -> None:
        self.headers: dict[str, str] = {}  # how long it is nobody says: the portal counts
        self._file = file

    async def stream(self) -> AsyncIterator[bytes]:
        """Give the file's bytes."""
        while chunk := await self._file.read(CHUNK_BYTES):
            yield chunk


def file_of(form: FormMultiDict) -> tuple[FormFile, str]:
    """Give the file of a form and its name. Raises Refusal where none was chosen."""
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise Refusal("paper_empty")
    return FormFile(file), file.filename
