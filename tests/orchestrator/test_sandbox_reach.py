"""Attacks on what lies outside: files, processes' secrets, the network. Each succeeds where nothing holds it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from aifirst_orchestrator.sandbox.bubblewrap import Bubblewrap
from aifirst_orchestrator.sandbox.job import WORK_FOLDER
from sandbox_trial import IS_ROOT, SUCCEEDED, check_held_off, confined, plain

READ = "print(open(sys.argv[1]).read(), 'succeeded')"


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "elsewhere" / "secret.txt"
    path.parent.mkdir()
    path.write_text("a token")
    return path


def test_a_file_in_the_home_folder_is_not_there(sandbox: Bubblewrap) -> None:
    with tempfile.NamedTemporaryFile("w", dir=Path.home(), prefix=".aifirst-test-") as file:
        file.write("a token")
        file.flush()
        check_held_off(sandbox, READ, file.name)


def test_a_folder_that_was_not_shown_is_not_there(sandbox: Bubblewrap, secret: Path) -> None:
    check_held_off(sandbox, READ, secret)


def test_what_lies_beside_a_shown_folder_is_not_there(
    sandbox: Bubblewrap, secret: Path, tmp_path: Path
) -> None:
    shown = tmp_path / "shown"
    shown.mkdir()
    check_held_off(sandbox, READ, shown / ".." / "elsewhere" / "secret.txt", visible=(shown,))


def test_a_link_in_a_shown_folder_leads_nowhere_outside(
    sandbox: Bubblewrap, secret: Path, tmp_path: Path
) -> None:
    shown = tmp_path / "shown"
    shown.mkdir()
    (shown / "link").symlink_to(secret)
    check_held_off(sandbox, READ, shown / "link", visible=(shown,))


def test_a_shown_folder_can_be_read_and_not_written(sandbox: Bubblewrap, secret: Path) -> None:
    script = (
        "print(open(sys.argv[1]).read(), flush=True); open(sys.argv[1], 'a').write('!'); print('succeeded')"
    )
    secret.chmod(0o666)
    outcome = check_held_off(sandbox, script, secret, visible=(secret.parent,))
    assert outcome.stdout == b"a token!\n"
    assert b"Read-only file system" in outcome.stderr


def test_a_hard_link_does_not_carry_a_file_out_of_its_folder(
    sandbox: Bubblewrap, secret: Path, tmp_path: Path
) -> None:
    script = "os.link(sys.argv[1], 'linked' if len(sys.argv) == 2 else sys.argv[2]); print('succeeded')"
    assert plain(script, secret, tmp_path / "linked").strip() == SUCCEEDED
    held = confined(sandbox, script, secret, visible=(secret.parent,))
    assert SUCCEEDED.encode() not in held.stdout
    assert held.changes == ()


def test_the_password_file_and_the_kernels_view_are_not_there(sandbox: Bubblewrap) -> None:
    check_held_off(sandbox, READ, "/etc/shadow", needs_root=True)
    check_held_off(sandbox, "print(os.listdir('/sys'), 'succeeded')")


def test_a_variable_of_the_callers_environment_is_not_passed_on(
    sandbox: Bubblewrap, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIFIRST_TEST_TOKEN", "a token")
    check_held_off(sandbox, "print(os.environ['AIFIRST_TEST_TOKEN'], 'succeeded')")


def test_the_environment_of_another_process_cannot_be_read(sandbox: Bubblewrap) -> None:
    script = """
for name in filter(str.isdigit, os.listdir('/proc')):
    try:
        if b'AIFIRST_OTHER=a token' in open(f'/proc/{name}/environ', 'rb').read(): print('succeeded')
    except OSError as error: print(error)
print('looked')
"""
    other = subprocess.Popen(["sleep", "60"], env={"AIFIRST_OTHER": "a token"})
    try:
        check_held_off(sandbox, script)
        check_held_off(sandbox, "print(os.listdir(f'/proc/{sys.argv[1]}/root'), 'succeeded')", other.pid)
    finally:
        other.kill()
        other.wait()


def test_an_open_descriptor_of_the_caller_is_not_inherited(sandbox: Bubblewrap, secret: Path) -> None:
    script = """
for name in os.listdir('/proc/self/fd'):
    try:
        if int(name) > 2: print(os.pread(int(name), 99, 0).decode(), 'succeeded')
    except OSError as error: print(error)
"""
    with secret.open() as file:
        os.set_inheritable(file.fileno(), True)
        assert SUCCEEDED in plain(script, close_fds=False)
        held = confined(sandbox, script)
    assert held.status == 0
    assert SUCCEEDED.encode() not in held.stdout


def test_a_device_cannot_be_made(sandbox: Bubblewrap, tmp_path: Path) -> None:
    script = "os.mknod(os.path.join(sys.argv[1], 'disk'), 0o60600, os.makedev(1, 0)); print('succeeded')"
    assert not IS_ROOT or plain(script, tmp_path).strip() == SUCCEEDED
    assert b"Operation not permitted" in confined(sandbox, script, WORK_FOLDER).stderr


def test_only_the_harmless_devices_are_there(sandbox: Bubblewrap) -> None:
    outcome = confined(sandbox, "print(sorted(os.listdir('/dev'))); open('/dev/new', 'w')")
    names = (
        "['core', 'fd', 'full', 'null', 'ptmx', 'pts', 'random', 'shm', 'stderr', 'stdin', 'stdout', 'tty', "
    )
    assert outcome.stdout.decode() == names + "'urandom', 'zero']\n"
    assert b"Read-only file system" in outcome.stderr


def test_the_root_and_settings_of_the_kernel_cannot_be_written(sandbox: Bubblewrap) -> None:
    outcome = confined(sandbox, "open('/new', 'w')")
    assert b"Read-only file system" in outcome.stderr
    setting = "open('/proc/sys/kernel/core_pattern', 'a'); print('succeeded')"
    check_held_off(sandbox, setting, needs_root=True)


def test_a_program_with_the_set_user_bit_gives_nobody_another_user(
    sandbox: Bubblewrap, tmp_path: Path
) -> None:
    if not IS_ROOT:
        pytest.skip("only root can make a program that runs as root")
    program = Path(tempfile.mkdtemp(dir="/var/tmp")) / "id"
    try:
        program.parent.chmod(0o755)
        shutil.copy("/usr/bin/id", program)
        program.chmod(0o4755)
        script = "import subprocess; print(subprocess.run([sys.argv[1], '-u'], capture_output=True, text=True).stdout)"
        as_nobody = subprocess.run(
            ["setpriv", "--reuid", "65534", "--clear-groups", str(program), "-u"],
            capture_output=True,
            check=True,
        )
        assert as_nobody.stdout == b"0\n"
        assert confined(sandbox, script, program, visible=(program.parent,)).stdout.strip() == b"1000"
    finally:
        shutil.rmtree(program.parent)


@pytest.fixture(params=[(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")], ids=["IPv4", "IPv6"])
def service(request: pytest.FixtureRequest) -> Iterator[tuple[int, str, int]]:
    """A service of this machine on its loopback interface."""
    family, address = request.param
    with socket.socket(family) as listener:
        try:
            listener.bind((address, 0))
        except OSError as error:
            pytest.skip(f"this machine has no {address} to serve on: {error}")
        listener.listen()
        yield int(family), address, listener.getsockname()[1]


CONNECT = """
family, address, port = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
connection = socket.socket(family); connection.settimeout(3); connection.connect((address, port)); print('succeeded')
"""


def test_a_service_of_this_machine_cannot_be_reached(
    sandbox: Bubblewrap, service: tuple[int, str, int]
) -> None:
    outcome = check_held_off(sandbox, CONNECT, *service)
    assert b"Address family not supported" in outcome.stderr


def test_with_loopback_only_the_sandboxs_own_interface_is_reached(
    sandbox: Bubblewrap, service: tuple[int, str, int]
) -> None:
    outcome = check_held_off(sandbox, CONNECT, *service, loopback=True)
    assert b"Connection refused" in outcome.stderr
    own = """
listener = socket.create_server(('127.0.0.1', 0)); socket.create_connection(listener.getsockname()); print('own')
try: socket.create_connection(('192.0.2.1', 80), 2)
except OSError as error: print(error)
"""
    assert confined(sandbox, own, loopback=True).stdout == b"own\n[Errno 101] Network is unreachable\n"


def test_an_abstract_socket_of_this_machine_cannot_be_reached(sandbox: Bubblewrap) -> None:
    name = f"aifirst-test-{os.getpid()}"
    script = "c = socket.socket(socket.AF_UNIX); c.connect('\\0' + sys.argv[1]); print('succeeded')"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("\0" + name)
        listener.listen()
        check_held_off(sandbox, script, name)


@pytest.mark.parametrize(
    ("family", "kind"), [(16, socket.SOCK_RAW), (17, socket.SOCK_RAW), (2, socket.SOCK_DGRAM)]
)
def test_other_families_of_sockets_cannot_be_made(sandbox: Bubblewrap, family: int, kind: int) -> None:
    script = "socket.socket(int(sys.argv[1]), int(sys.argv[2])); print('succeeded')"
    check_held_off(sandbox, script, family, int(kind), needs_root=family == 17)


def test_the_work_folder_and_the_interpreter_do_work(sandbox: Bubblewrap) -> None:
    script = (
        "import json, sqlite3, ssl, threading; open('out', 'w').write(open('in').read()); print(os.getcwd())"
    )
    outcome = confined(sandbox, script, files={"in": b"given"})
    assert outcome.passed, outcome
    assert outcome.stdout == b"/tmp/work\n"
    assert outcome.changes is not None
    assert [(change.path, change.content) for change in outcome.changes] == [("out", b"given")]
    assert sys.executable
