"""The same protection for an ordinary user: where the tests run as root, a driver becomes one and attacks again."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import aifirst_orchestrator
from aifirst_orchestrator.sandbox.bubblewrap import Bubblewrap
from aifirst_orchestrator.sandbox.staging import stage_visible
from sandbox_trial import IS_ROOT, PRELUDE
from test_sandbox_limits import PROCESSES

DRIVER = """
import json, os, sys, tempfile
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from aifirst_orchestrator.sandbox.job import Job
from aifirst_orchestrator.sandbox.limits import MEBIBYTE, Limits
from aifirst_orchestrator.sandbox.open_sandbox import open_sandbox
from aifirst_orchestrator.sandbox.root_view import visible_interpreter
sandbox = open_sandbox("bubblewrap")
own = Path(tempfile.mkdtemp(dir="/var/tmp"))
secret = own / "secret"
secret.write_text("a token")
(own / "shown").mkdir(0o700)
(own / "shown" / "file").write_text("shown")
found = {"user": os.geteuid()}
def run(name, script, **job):
    outcome = sandbox.run(Job(
        command=(sys.executable, "-I", "-S", "-c", sys.argv[2] + script, str(secret)),
        visible=(*visible_interpreter(Path(sys.executable)), own / "shown"), **job))
    found[name] = [outcome.ending, outcome.status, outcome.stdout.decode(), outcome.stderr.decode()[-300:]]
    found[name] += [[change.path for change in outcome.changes], outcome.unreported]
try:
    run("processes", sys.argv[3], limits=Limits(processes=20))
    run("secret", "print(open(sys.argv[1]).read())")
    run("shown", "print(open(os.path.join(os.path.dirname(sys.argv[1]), 'shown', 'file')).read())")
    run("write", "open(os.path.join(os.path.dirname(sys.argv[1]), 'shown', 'file'), 'w')")
    run("made", "open('given'); open('made', 'w').write('1'); print(os.getuid())", files={"given": b""})
    run("memory", "blocks = [bytes(1) * (30 << 20) for _ in range(9)]", limits=Limits(memory_bytes=100 * MEBIBYTE))
    run("first", "print([row for row in open('/proc/1/limits') if row.startswith('Max processes')][0].split()[2])",
        limits=Limits(processes=20))
    run("kill", f"os.kill({os.getpid()}, 9)")
    run("network", "socket.socket()")
    run("nested", "system_call(272 if os.uname().machine == 'x86_64' else 97, 0x10000000)")
    run("closed", "os.mkdir('d'); open('d/f', 'w'); os.chmod('d', 0o444); os.symlink(bytes([255]), b'link')")
    run("hidden", "os.chmod('d', 0); os.unlink('b')", files={"d/a.py": b"x", "b": b"y"})
    run("time", "time.sleep(30)", limits=Limits(wall_seconds=0.3))
finally:
    for path in (own / "shown" / "file", secret): path.unlink()
    (own / "shown").rmdir(); own.rmdir()
print(json.dumps(found))
"""


def test_an_ordinary_user_is_protected_as_well(sandbox: Bubblewrap) -> None:
    source = Path(aifirst_orchestrator.__file__).parents[1]
    prefix: list[str] = []
    base, code = Path(sys.base_prefix), source
    if IS_ROOT:
        # The interpreter may lie where only root can walk.
        staging = stage_visible((base, source))
        base, code = staging.sources.get(base, base), staging.sources.get(source, source)
        user = ["setpriv", "--reuid=61234", "--regid=61234", "--clear-groups", "--inh-caps=-all"]
        prefix = [*staging.prefix, *user]
    python = base / "bin" / f"python{sys.version_info[0]}.{sys.version_info[1]}"
    done = subprocess.run(
        [*prefix, str(python), "-I", "-B", "-c", DRIVER, str(code), PRELUDE, PROCESSES],
        capture_output=True, text=True, timeout=120, check=False, env={"HOME": "/nonexistent", "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["user"] != 0
    assert "Resource temporarily unavailable" in found["processes"][2]
    assert int(found["processes"][2].split()[-1]) <= 20
    assert found["secret"][2] == ""
    assert found["shown"][2] == "shown\n"
    assert "Read-only file system" in found["write"][3]
    assert found["made"][2:] == ["1000\n", "", ["made"], 0]
    assert "MemoryError" in found["memory"][3] or found["memory"][0] == "memory"
    assert int(found["first"][2]) <= 22
    assert "No such process" in found["kill"][3]
    assert "Address family not supported" in found["network"][3]
    assert "Operation not permitted" in found["nested"][3]
    assert found["closed"][4:] == [["link"], 1]
    assert found["hidden"][4:] == [["b"], 1], "a file that is there was told as deleted"
    assert found["time"][0] == "wall_time"
