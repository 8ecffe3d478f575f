"""The licences of what others wrote and the package brings along, as one text."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path

from fetch_wheels import PackError

_DATA = sorted(Path(__file__).with_name("licences").glob("*.txt"))
"""Licences of data that come along and are in no wheel."""
_NAMES = ("licen", "copying", "notice", "authors")
_LINE = "=" * 78


def third_party_notices(wheels: Iterable[Path], script_packages: Iterable[Path]) -> str:
    """The text; raises `PackError` for a package without a licence, which may not be passed on."""
    told = dict(map(_of_wheel, wheels)) | dict(map(_of_script_package, script_packages))
    told |= {f"{file.stem}, of which the tables of encodings are": file.read_text().strip() for file in _DATA}
    parts = [f"{_LINE}\n{title}\n{_LINE}\n\n{told[title]}" for title in sorted(told, key=str.lower)]
    head = "aifirst for VS Code brings along what is named here, each under its own licence.\n"
    return "\n\n".join([head, *parts]) + "\n"


def _of_wheel(wheel: Path) -> tuple[str, str]:
    with zipfile.ZipFile(wheel) as archive:
        names = sorted(name for name in archive.namelist() if ".dist-info/" in name)
        metadata = next(name for name in names if name.endswith("/METADATA"))
        about = HeaderParser().parsestr(archive.read(metadata).decode())
        texts = [archive.read(name).decode(errors="replace").strip() for name in names if _is_licence(name)]
    body = "\n\n".join(texts) or _said_licence(about)
    if not body:
        raise PackError(f"{wheel.name} says no licence: look it up before it is passed on")
    home = about["Home-page"] or next(iter(about.get_all("Project-URL", [])), "").partition(", ")[2]
    return f"{about['Name']} {about['Version']} {home}".strip(), body


def _said_licence(about: Message) -> str:
    """What the metadata say where no text lies in the wheel."""
    classifiers = [
        str(line) for line in about.get_all("Classifier", []) if str(line).startswith("License ::")
    ]
    return str(about["License-Expression"] or about["License"] or "").strip() or "; ".join(classifiers)


def _of_script_package(folder: Path) -> tuple[str, str]:
    texts = [
        path.read_text() for path in sorted(folder.iterdir()) if path.is_file() and _is_licence(path.name)
    ]
    if not texts:
        raise PackError(f"{folder} says no licence: look it up before it is passed on")
    return folder.name, "\n\n".join(text.strip() for text in texts)


def _is_licence(name: str) -> bool:
    return name.lower().rpartition("/")[2].startswith(_NAMES)
