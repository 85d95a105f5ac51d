"""Small wheels that carry data, as packaged models come in them."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Sequence
from pathlib import Path

from usbrec.llm.packaged import PackagedModel
from usbrec.llm.wheels import Part


def write_wheel(folder: Path, project: str, version: str, member: str, content: bytes) -> Path:
    """A wheel of `project` that pip takes for one, with `content` under the name `member`."""
    name = project.replace("-", "_")
    path = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{name}/__init__.py", "raise SystemExit('a wheel of data was imported')\n")
        archive.writestr(member, content)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {project}\nVersion: {version}\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


def in_parts(name: str, contents: Sequence[bytes], *, asks: bool = True) -> PackagedModel:
    """The table's entry of a model that lies in wheels `usbrec-NAME-part1`, `-part2`, ..."""
    whole = b"".join(contents)
    parts = tuple(
        Part(
            wheel=f"usbrec-{name}-part{number}",
            version="0.1",
            member=f"part{number:02}.bin",
            sha256=hashlib.sha256(content).hexdigest(),
            size=len(content),
            wheel_size=1_000,
        )
        for number, content in enumerate(contents, start=1)
    )
    return PackagedModel(
        name=name,
        file=f"{name}.gguf",
        sha256=hashlib.sha256(whole).hexdigest(),
        size=len(whole),
        licence="Apache-2.0",
        origin="a made-up model",
        parts=parts,
        asks=asks,
    )
