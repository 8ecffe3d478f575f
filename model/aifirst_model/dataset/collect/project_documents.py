"""The documents of one project: every file of source and prose that may be learned from, its secrets masked.

Left out, and counted by reason: what git or the project's settings ignore, what nobody writes by hand (vendored,
generated, minified, lock files), data, files of keys, and what is under a licence that is not allowed or not known.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
from aifirst_codebase.config import ConfigError
from aifirst_codebase.discovery import Discovery, FoundFile, Skipped, discover, read_source
from aifirst_codebase.generated import generated_reason
from aifirst_codebase.languages import language_of, may_be_source
from aifirst_codebase.open_project import discovery_settings, load_settings
from aifirst_codebase.secrets.mask import mask_secrets
from aifirst_codebase.source import SourceFile
from aifirst_codebase.tokens import TokenizerError

from aifirst_model.dataset.collect.licence_names import PERMISSIVE, is_allowed
from aifirst_model.dataset.collect.project_licences import UNKNOWN, ProjectLicences
from aifirst_model.dataset.collect.prose_files import is_generated_prose, may_be_prose, prose_kind
from aifirst_model.dataset.dataset_error import DatasetError
from aifirst_model.dataset.record import About, Text

_KEY_FILES = re.compile(
    r"(?:^|/)(?:\.env(?:\.[\w.-]+)?|\.netrc|\.pypirc|id_(?:rsa|dsa|ecdsa|ed25519)|[^/]*\.(?:pem|key|p12|pfx))\Z"
)


class Project(msgspec.Struct, frozen=True):
    """A folder to learn from; `name` is unique among those of one run. `licence` overrides what is found."""

    root: Path
    name: str
    licence: str = ""


class CollectSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may be learned from. `is_own` says that the projects are the user's: no licence is asked for."""

    licences: tuple[str, ...] = PERMISSIVE
    is_own: bool = False
    keep_masked: bool = True
    """Keep a file in which a secret was masked; otherwise it is left out."""
    languages: tuple[str, ...] = ()
    """Only these; all for none."""
    max_file_bytes: int = 400_000


class Collected(msgspec.Struct):
    """What a collection counted so far; changed while the documents are read."""

    files: int = 0
    documents: int = 0
    bytes: int = 0
    masked: int = 0
    dropped: Counter[str] = msgspec.field(default_factory=Counter[str])
    licences: Counter[str] = msgspec.field(default_factory=Counter[str])
    told: list[str] = msgspec.field(default_factory=list[str])


def find_files(project: Project, *, with_prose: bool = False) -> Discovery:
    """The files that discovery finds in a project; raises `DatasetError` for what is no folder.

    `with_prose` finds documents too that are not in Markdown.
    """
    root = project.root
    if not root.is_dir():
        raise DatasetError(f"{root} is no folder", "give the folder of a project")
    if (root / "HEAD").is_file() and (root / "objects").is_dir() and (root / "refs").is_dir():
        raise DatasetError(
            f"{root} is a bare repository, without files", f"clone it first: git clone {root} FOLDER"
        )
    try:
        settings = discovery_settings(load_settings(root))
    except (ConfigError, TokenizerError):
        settings = None  # how it is judged does not matter here
    return discover(root, (), settings, _may_be_document if with_prose else may_be_source)


def _may_be_document(filename: str) -> bool:
    return may_be_source(filename) or may_be_prose(filename)


def documents(
    project: Project, found: Discovery, settings: CollectSettings, count: Collected
) -> Iterator[Text]:
    """The documents in order of their paths; `count` is brought up to date as they come."""
    licences = ProjectLicences(project.root)
    count.dropped["could not be read"] += len(found.skipped)
    count.files += len(found.skipped)
    for file in found.files:
        count.files += 1
        made = _document(project, file, settings, licences, count)
        if isinstance(made, str):
            count.dropped[made] += 1
        else:
            count.documents += 1
            count.bytes += len(made.text)
            count.licences[made.about.licence or "own"] += 1
            yield made
    if count.dropped["no licence found"]:
        count.told.append(
            f"{project.name}: {count.dropped['no licence found']} files have no licence that is known and were left out; "
            "if the code is yours, say so with --own"
        )


def _document(
    project: Project, file: FoundFile, settings: CollectSettings, licences: ProjectLicences, count: Collected
) -> Text | str:
    """The document of a file, or the reason why it is none."""
    if file.size > settings.max_file_bytes:
        return "too large"
    if _KEY_FILES.search(file.path):
        return "a file of keys"
    source = read_source(project.root, file)
    if isinstance(source, Skipped):
        return "could not be read"
    known = language_of(file.path, source.data)
    language = prose_kind(file.path) if known is None or known.kind == "data" else known.name
    if not language:
        return "no source or prose"
    if settings.languages and language not in settings.languages:
        return "another language"
    licence = project.licence or licences.of_file(file.path, source.text)
    if reason := _unfit(source, licence, settings):
        return reason
    text = source.text
    masked = mask_secrets(text)
    if masked != text:
        count.masked += 1
        if not settings.keep_masked:
            return "held a secret"
    about = About(
        task="code",
        language=language,
        project=project.name,
        path=file.path,
        licence=licence,
        group=project.name,
    )
    return Text(masked, about)


def _unfit(source: SourceFile, licence: str, settings: CollectSettings) -> str:
    """Why a file of a language that is wanted is not learned from; empty where it is."""
    if reason := generated_reason(source.path, source.data):
        return reason
    if prose_kind(source.path) and is_generated_prose(source.text):
        return "generated"
    if not source.data.strip():
        return "empty"
    if b"\0" in source.data:
        return "holds NUL characters"
    if settings.is_own or is_allowed(licence, settings.licences):
        return ""
    return "licence not allowed" if licence and UNKNOWN not in licence else "no licence found"
