"""The project as one run sees it: its settings, with those of its folders, and the files found."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import aifirst_codebase
from aifirst_codebase.config import ProjectConfig, find_folder_files
from aifirst_codebase.discovery import Discovery, DiscoverySettings, discover_again
from aifirst_codebase.languages import may_be_source
from aifirst_codebase.open_project import discovery_settings, load_settings
from aifirst_codebase.open_project import open_project as open_settings_and_files

from aifirst_memory.embedding.identity import SHIPPED, embedder_identity
from aifirst_memory.embedding.settings import EmbedderSettings
from aifirst_memory.store import SCHEMA_VERSION

URL_VARIABLE = "AIFIRST_EMBEDDER_URL"
KEY_VARIABLE = "AIFIRST_EMBEDDER_KEY"


@dataclass
class OpenedProject:
    """A project that is indexed. `root` is absolute; `found` has the files asked for."""

    root: Path
    config: ProjectConfig
    discovery: DiscoverySettings
    found: Discovery
    embedder: EmbedderSettings

    def variant(self, path: str) -> str:
        """What a file's record depends on besides the file: another variant is computed anew."""
        settings = self.config.for_path(path)
        parts = (
            settings.tokenizer, str(settings.glue.doctests), str(settings.discovery.generated),
        )  # fmt: skip
        known = self._variants.get(parts)
        if known is None:
            version = (aifirst_codebase.__version__, str(SCHEMA_VERSION))
            tokenizer = _tokenizer_identity(settings.tokenizer)
            every = (*version, embedder_identity(self.embedder), tokenizer, *parts[1:])
            known = self._variants[parts] = hashlib.sha256("\0".join(every).encode()).hexdigest()[:16]
        return known

    def look_again(self, paths: Sequence[str]) -> None:
        """Find the files at and below `paths`, under the settings as they were."""
        self.found = discover_again(self.root, paths, self.discovery, wanted=may_be_source)

    def __post_init__(self) -> None:
        self._variants: dict[tuple[str, ...], str] = {}


def open_project(
    root: Path,
    *,
    paths: Sequence[str] | None = None,
    overrides: Mapping[str, object] | None = None,
    isolated: bool = False,
) -> OpenedProject:
    """Load the settings and find the files at and below `paths`, all of the project for None.

    Raises `ConfigError` for settings that cannot be used, and `TokenizerError`.
    """
    if paths is None:
        config, found = open_settings_and_files(root, overrides=overrides, isolated=isolated)
    else:
        nested = sorted({name for path in paths for name in find_folder_files(root, path)})
        config = load_settings(root, nested, overrides=overrides, isolated=isolated)
        found = discover_again(root, paths, discovery_settings(config), wanted=may_be_source)
    discovery = discovery_settings(config)
    return OpenedProject(root, config, discovery, found, embedder_settings(config))


def embedder_settings(config: ProjectConfig) -> EmbedderSettings:
    """The embedder that the project asks for; where an endpoint lies, and its key, only the environment says.

    None at all where the one that comes with aifirst is asked for and did not come: the server that the extension
    brings along has no room for its rows.
    """
    memory = config.settings.memory
    if memory.embedder == "static" and not memory.model and not SHIPPED.is_file():
        return EmbedderSettings(kind="none")
    url = os.environ.get(URL_VARIABLE, "")
    return EmbedderSettings(kind=memory.embedder, model=memory.model, url=url, key_variable=KEY_VARIABLE)


def _tokenizer_identity(tokenizer: str) -> str:
    """What a tokenizer counts by: its name, or the content of its file, wherever that lies."""
    if not Path(tokenizer).is_absolute():
        return tokenizer
    try:
        return hashlib.sha256(Path(tokenizer).read_bytes()).hexdigest()
    except OSError:
        return tokenizer  # who counts with it will say what is wrong
