"""What the settings say about a path, before any ignore file is asked: ``exclude`` over ``include``."""

from aifirst_codebase.discovery.found import DiscoverySettings
from aifirst_codebase.discovery.ignore_rules import IgnoreRules, parse_rule
from aifirst_codebase.discovery.wildmatch import literal_prefix


class PathChoice:
    """The ``exclude`` and ``include`` patterns of the settings."""

    __slots__ = ("_exclude", "_include", "_reach")

    def __init__(self, settings: DiscoverySettings) -> None:
        self._exclude = IgnoreRules(settings.exclude)
        self._include = IgnoreRules(settings.include)
        self._reach = [folder for line in settings.include if (folder := _folder_reached(line)) is not None]

    def __bool__(self) -> bool:
        return bool(self._exclude) or bool(self._include)

    def ignores(self, name: str, path: str, is_folder: bool) -> bool | None:
        """Return True for excluded, False for included, None where the settings do not speak."""
        if self._exclude.verdict(name, path, is_folder):
            return True
        return False if self._include.verdict(name, path, is_folder) else None

    def reaches_into(self, prefix: str) -> bool:
        """Say whether an ``include`` pattern may match below an ignored folder, given with its slash."""
        return any(folder.startswith(prefix) or prefix.startswith(folder) for folder in self._reach)


def _folder_reached(line: str) -> str | None:
    """Return the folder, with its slash, that an include pattern spells out; None when it spells none."""
    rule = parse_rule(line)
    if rule is None or rule.negated or not rule.anchored:
        return None
    folder, slash, _ = literal_prefix(rule.pattern).rpartition("/")
    return folder + slash or None
