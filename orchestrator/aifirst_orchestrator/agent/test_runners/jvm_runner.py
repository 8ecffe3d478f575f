"""Java and Kotlin: Maven or Gradle offline, with the packages that are on this machine."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from aifirst_orchestrator.agent.test_runners.runner import MEBIBYTE, Commands, Runner, ToolChain
from aifirst_orchestrator.agent.workspace import Workspace
from aifirst_orchestrator.sandbox.programs import find_program, visible_program

_MAVEN = ("mvn", "-o", "-q", "-B", "--no-transfer-progress")
_GRADLE = ("gradle", "--offline", "--quiet", "--no-daemon")
_NO_OTHERS = ("-DfailIfNoTests=false", "-Dsurefire.failIfNoSpecifiedTests=false")


def jvm_runner(workspace: Workspace) -> Runner | None:
    """The runner of a project with a `pom.xml`, or a build of Gradle, at its root."""
    paths = set(workspace.run_paths)
    if "pom.xml" in paths:
        mvn = find_program("mvn")
        missing = "" if mvn else "there is no mvn on this machine. Install it, or give --test"
        chain = _maven_chain(mvn) if mvn else ToolChain()
        command = (*_MAVEN, *(f"-Dmaven.repo.local={place}" for place in _repository()))
        return Runner(
            "junit", "mvn test", (*command, "test"), lambda ids: _maven(command, ids), chain,
            (*command, "test-compile"), missing,
        )  # fmt: skip
    if {"build.gradle", "build.gradle.kts"} & paths:
        gradle = find_program("gradle")
        missing = "" if gradle else "there is no gradle on this machine. Install it, or give --test"
        chain = _gradle_chain(gradle) if gradle else ToolChain()
        return Runner(
            "junit", "gradle test", (*_GRADLE, "test"), _gradle, chain, (*_GRADLE, "testClasses"), missing
        )
    return None


def _maven(command: Sequence[str], ids: Sequence[str]) -> Commands:
    return ((*command, "test", f"-Dtest={','.join(ids)}", *_NO_OTHERS),)


def _gradle(ids: Sequence[str]) -> Commands:
    chosen = [word for one in ids for word in ("--tests", one.replace("#", "."))]
    return ((*_GRADLE, "test", *chosen),)


def _maven_chain(mvn: str) -> ToolChain:
    return ToolChain(
        (*_java(), *visible_program(mvn), *_repository()), _java_home(),
        memory_bytes=3072 * MEBIBYTE, disk_bytes=512 * MEBIBYTE, programs={"mvn": mvn},
    )  # fmt: skip


def _repository() -> tuple[Path, ...]:
    place = Path.home() / ".m2/repository"
    return (place,) if place.is_dir() else ()


def _gradle_chain(gradle: str) -> ToolChain:
    return ToolChain(
        (*_java(), *visible_program(gradle)), _java_home(),
        memory_bytes=3072 * MEBIBYTE, disk_bytes=512 * MEBIBYTE, programs={"gradle": gradle},
    )  # fmt: skip


def _java_home() -> dict[str, str]:
    home = os.environ.get("JAVA_HOME", "")
    return {"JAVA_HOME": home} if home and Path(home).is_dir() else {}


def _java() -> tuple[Path, ...]:
    java = find_program("java")
    home = _java_home().get("JAVA_HOME")
    folders = [*(visible_program(java) if java else ())]
    folders += visible_program(f"{home}/bin/java") if home else ()
    return tuple(dict.fromkeys(folders))
