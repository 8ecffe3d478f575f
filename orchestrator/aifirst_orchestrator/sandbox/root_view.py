"""What the sandbox sees of the machine, as options of bubblewrap: programs and libraries, read-only, and little else.

Not there: home folders, /var, /run, /sys, other workspaces, sockets of services, and of /etc all but what programs need
to start.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from aifirst_orchestrator.sandbox.job import WORK_FOLDER, Job

USER: Final = 1000
HOME: Final = "/tmp/home"  # noqa: S108  inside the sandbox
_SYSTEM: Final = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/nix/store", "/gnu/store")
_SETTINGS: Final = (
    "alternatives", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "mime.types", "nsswitch.conf",
    "maven/m2.conf", "maven/logging",
)  # fmt: skip
_JAVA: Final = "java-*-openjdk"
"""What Debian's Java keeps of itself in /etc; Maven's settings beside it may hold passwords and are left out."""
_FILES: Final = {
    "/etc/passwd": f"user:x:{USER}:{USER}:user:{HOME}:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n",
    "/etc/group": f"user:x:{USER}:\nnogroup:x:65534:\n",
    "/etc/hosts": "127.0.0.1 localhost sandbox\n::1 localhost sandbox\n",
}
_ENVIRONMENT: Final = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "HOME": HOME,
    "TMPDIR": "/tmp",  # noqa: S108  inside the sandbox
    "LANG": "C.UTF-8",
}
_SHARED_MEMORY_BYTES: Final = 16 * 1024 * 1024


def root_options(job: Job, descriptors: list[int], sources: Mapping[Path, Path]) -> Iterator[str]:
    """The options in the order in which they are mounted.

    Every descriptor that bubblewrap is to inherit is appended to `descriptors`; the caller closes them. `sources` says
    where a visible path is found, if not at its own place.
    """
    yield from ("--perms", "0755", "--dir", "/etc")
    yield from _system_options()
    for name, text in _FILES.items():
        yield from ("--ro-bind-data", str(text_descriptor(text, descriptors)), name)
    yield from ("--proc", "/proc", "--dev", "/dev")
    shared = str(min(job.limits.disk_bytes, _SHARED_MEMORY_BYTES))
    yield from ("--size", shared, "--tmpfs", "/dev/shm")  # noqa: S108  inside the sandbox
    yield from ("--size", str(job.limits.disk_bytes), "--tmpfs", "/tmp")  # noqa: S108  inside the sandbox
    yield from ("--dir", WORK_FOLDER, "--dir", HOME)
    for path in job.visible:
        yield from ("--ro-bind", str(sources.get(path, path)), str(path))
    yield from ("--remount-ro", "/dev", "--remount-ro", "/")
    yield from ("--chdir", str(job.working_folder or WORK_FOLDER), "--clearenv")
    for name, value in {**_ENVIRONMENT, **job.environment}.items():
        yield from ("--setenv", name, value)


def _system_options() -> Iterator[str]:
    """Folders of programs and libraries; links at the root stay links."""
    for folder in _SYSTEM:
        path = Path(folder)
        if path.is_symlink():
            yield from ("--symlink", str(path.readlink()), folder)
        elif path.is_dir():
            yield from ("--ro-bind", folder, folder)
    for name in (*_SETTINGS, *sorted(path.name for path in Path("/etc").glob(_JAVA))):
        yield from ("--ro-bind-try", f"/etc/{name}", f"/etc/{name}")


def text_descriptor(text: str, descriptors: list[int]) -> int:
    """A descriptor at the start of the text, also appended to `descriptors`."""
    descriptor = os.memfd_create("sandbox")
    descriptors.append(descriptor)
    rest = memoryview(os.fsencode(text))
    while rest:
        rest = rest[os.write(descriptor, rest) :]
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def visible_interpreter(executable: Path) -> tuple[Path, ...]:
    """What `Job.visible` needs for a Python interpreter: its virtual environment and its installation.

    Empty for one below /usr, which is always there.
    """
    folders = (
        {executable.parent.parent} if (executable.parent.parent / "pyvenv.cfg").exists() else set[Path]()
    )
    folders.add(executable.resolve().parent.parent)
    return tuple(sorted(folder for folder in folders if folder.parts[:2] not in {("/", "usr"), ("/", "bin")}))
