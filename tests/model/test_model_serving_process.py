"""A served model answers as OpenAI's interface says, asks for its key, and leaves no process behind, however it ended."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from aifirst_model.checkpoint.open_checkpoint import open_checkpoint
from aifirst_model.export.export_error import ExportError
from aifirst_model.export.gguf_file import read_gguf
from aifirst_model.serving.adapters import check_adapters
from aifirst_model.serving.container import write_container
from aifirst_model.serving.memory_need import available_memory, cache_size, check_memory
from aifirst_model.serving.serve_error import ServeError
from aifirst_model.serving.served_file import kept_file, served_file
from aifirst_model.serving.server_process import check_address, check_port
from alphabet_checkpoint import write_gguf_adapter
from random_checkpoint import config, write_checkpoint
from tiny_gguf import write_gguf

pytest.importorskip("xllamacpp", reason="xllamacpp is missing: pip install 'aifirst[local]'")
PATIENCE = 60.0
KEY = "a-key-that-is-long-enough-4711"


class Server:
    """`aifirst model serve`, as a user starts it."""

    def __init__(self, *options: str, key: str = "", home: Path | None = None) -> None:
        environment = {name: value for name, value in os.environ.items() if name != "AIFIRST_SERVE_KEY"}
        environment |= {"AIFIRST_SERVE_KEY": key} if key else {}
        environment |= {"XDG_CACHE_HOME": str(home)} if home else {}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "aifirst_cli", "model", "serve", *options], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, env=environment,
        )  # fmt: skip
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip().removesuffix("/v1")

    def ask(self, path: str, body: dict[str, Any] | None = None, **headers: str) -> tuple[int, str]:
        data = None if body is None else json.dumps(body).encode()
        asked = Request(self.address + path, data, {"Content-Type": "application/json", **headers})  # noqa: S310  ours
        try:
            with urlopen(asked, timeout=PATIENCE) as answer:  # noqa: S310  ours
                return answer.status, answer.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def child(self) -> int:
        """The process that answers."""
        if sys.platform != "linux":
            self.end(signal.SIGINT)
            pytest.skip("which processes there are is read from /proc")
        told = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(told[0])

    def end(self, how: signal.Signals) -> tuple[int, str]:
        self.process.send_signal(how)
        _, errors = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, errors


@pytest.fixture(scope="module")
def alphabet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that writes the alphabet."""
    return write_gguf(tmp_path_factory.mktemp("served") / "alphabet.gguf")


@pytest.fixture(scope="module")
def served(alphabet: Path) -> Generator[Server]:
    server = Server(str(alphabet), "--port", "0", "--context", "512", "--threads", "1", "--name", "letters")
    yield server
    server.end(signal.SIGINT)


def is_gone(process: int) -> bool:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):  # gone before it was opened, or while it was read
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return tried.getsockname()[1]


def test_it_answers_as_openai_does(served: Server) -> None:
    assert served.address.startswith("http://127.0.0.1:")
    status, text = served.ask(
        "/v1/completions", {"prompt": "a", "max_tokens": 4, "temperature": 0, "model": "letters"}
    )
    assert (status, json.loads(text)["choices"][0]["text"]) == (200, "bcde")
    body = {"messages": [{"role": "user", "content": "x"}], "max_tokens": 3, "temperature": 0}
    status, text = served.ask("/v1/chat/completions", body)
    assert (status, json.loads(text)["choices"][0]["message"]["role"]) == (200, "assistant")
    assert [one["id"] for one in json.loads(served.ask("/v1/models")[1])["data"]] == ["letters"]


def test_it_tells_its_health_and_how_busy_it_is(served: Server) -> None:
    assert served.ask("/health") == (200, '{"status":"ok"}')
    served.ask("/v1/completions", {"prompt": "a", "max_tokens": 4})
    status, text = served.ask("/metrics")
    found = {line.split()[0]: line.split()[1] for line in text.splitlines() if not line.startswith("#")}
    assert status == 200
    assert float(found["llamacpp:tokens_predicted_total"]) >= 4


def test_pages_of_other_sites_cannot_read_answers(served: Server) -> None:
    asked = Request(f"{served.address}/v1/models", headers={"Origin": "http://elsewhere.example"})  # noqa: S310  ours
    with urlopen(asked, timeout=PATIENCE) as answer:  # noqa: S310  ours
        assert answer.headers.get("Access-Control-Allow-Origin", "") in ("", "null")


def test_ctrl_c_ends_it_and_its_process(alphabet: Path) -> None:
    server = Server(str(alphabet), "--port", "0", "--context", "128", "--threads", "1")
    child = server.child()
    code, errors = server.end(signal.SIGINT)
    assert code == 0, errors
    assert "Ended" in errors
    assert is_gone(child)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_no_process_outlives_it_where_it_is_killed(alphabet: Path, how: signal.Signals) -> None:
    server = Server(str(alphabet), "--port", "0", "--context", "128", "--threads", "1")
    child = server.child()
    server.end(how)
    assert is_gone(child)


def test_a_server_that_ends_by_itself_is_told(alphabet: Path) -> None:
    server = Server(str(alphabet), "--port", "0", "--context", "128", "--threads", "1")
    os.kill(server.child(), signal.SIGKILL)
    _, errors = server.process.communicate(timeout=PATIENCE)
    assert server.process.returncode == 2
    assert "ended by itself" in errors


def test_who_has_no_key_gets_nothing(alphabet: Path) -> None:
    """At every address of this machine, which is only allowed with a key."""
    everywhere = "0.0.0.0"  # noqa: S104  that is what is tried
    server = Server(
        str(alphabet), "--host", everywhere, "--port", str(free_port()), "--context", "128", key=KEY
    )
    try:
        server.address = server.address.replace(everywhere, "127.0.0.1")
        body = {"prompt": "a", "max_tokens": 2, "temperature": 0}
        assert server.ask("/v1/completions", body)[0] == 401
        assert server.ask("/v1/completions", body, Authorization="Bearer wrong")[0] == 401
        status, text = server.ask("/v1/completions", body, Authorization=f"Bearer {KEY}")
        assert (status, json.loads(text)["choices"][0]["text"]) == (200, "bc")
        assert server.ask("/health")[0] == 200
        command = (
            Path(f"/proc/{server.child()}/cmdline").read_bytes()
            + Path(f"/proc/{server.process.pid}/cmdline").read_bytes()
        )
        assert KEY.encode() not in command
    finally:
        _, errors = server.end(signal.SIGINT)
    assert KEY not in errors


def test_another_address_than_this_machine_asks_for_a_key() -> None:
    check_address("127.0.0.1", "")
    check_address("::1", "")
    check_address("0.0.0.0", KEY)  # noqa: S104  that is what is tried
    refused = (
        ("0.0.0.0", ""), ("192.0.2.1", ""), ("127.0.0.1", "short"), ("0.0.0.0", "with spaces in between it"),  # noqa: S104  the same
    )  # fmt: skip
    for host, key in refused:
        with pytest.raises(ServeError, match="AIFIRST_SERVE_KEY"):
            check_address(host, key)


def test_llama_cpp_that_is_not_installed_is_told_before_anything_is_written(tmp_path: Path) -> None:
    folder, home = write_checkpoint(tmp_path / "model", config("qwen2", 64, 96, 1)), tmp_path / "home"
    program = "import sys; sys.modules['xllamacpp'] = None; from aifirst_cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, "model", "serve", str(folder)], capture_output=True, text=True,
        timeout=PATIENCE, check=False, env=os.environ | {"XDG_CACHE_HOME": str(home)},
    )  # fmt: skip
    assert (done.returncode, home.exists()) == (2, False)
    assert "xllamacpp is not installed, which this work needs: pip install 'aifirst[local]'" in done.stderr


def test_a_port_that_is_taken_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(ServeError, match="another program listens"):
            check_port("127.0.0.1", taken.getsockname()[1])
    with pytest.raises(ServeError, match="--host"):
        check_port("192.0.2.1", 0)


@pytest.mark.parametrize(
    ("name", "told"), [("none.gguf", "No such file"), ("text.gguf", "no GGUF"), ("cut.gguf", "cut off")]
)
def test_a_file_that_cannot_be_served_is_told(alphabet: Path, tmp_path: Path, name: str, told: str) -> None:
    (tmp_path / "text.gguf").write_text("hello")
    (tmp_path / "cut.gguf").write_bytes(alphabet.read_bytes()[:-500])
    done = subprocess.run(
        [sys.executable, "-m", "aifirst_cli", "model", "serve", str(tmp_path / name), "--port", "0"],
        capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_memory_that_does_not_suffice_is_told_before_loading(alphabet: Path) -> None:
    held = read_gguf(alphabet)
    assert (
        cache_size(held, 1000) == 2 * 1 * 1 * 32 * 1000 * 2
    )  # keys and values, layers, heads, width, tokens, bytes
    check_memory(held, 1000, 10**12)
    with pytest.raises(ServeError, match="--context"):
        check_memory(held, 10**9, 10**9)
    with pytest.raises(ServeError, match="smaller model"):
        check_memory(held, 10, 1000)
    free = available_memory()
    assert free is None or free > 10**6


def test_it_guesses_ahead_and_keeps_what_it_read_in_less_memory_where_asked(alphabet: Path) -> None:
    guessing = ("--draft-model", str(alphabet), "--prompt-lookup", "--cache-type", "q8_0")
    server = Server(str(alphabet), "--port", "0", "--context", "512", "--threads", "1", *guessing)
    asked = {"prompt": "abcdefghij 1 abc", "max_tokens": 20, "temperature": 0}
    status, text = server.ask("/v1/completions", asked)
    server.end(signal.SIGINT)
    told = json.loads(text)
    assert (status, told["choices"][0]["text"]) == (200, "defghijklmnopqrstuvw")
    assert told["timings"]["draft_n"] >= told["timings"]["draft_n_accepted"] > 8


def test_a_checkpoint_is_written_once_and_again_where_it_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("gguf", reason="gguf is missing: pip install 'aifirst[train]'")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = write_checkpoint(tmp_path / "model", config("qwen2", 64, 96, 1))
    first = served_file(str(folder), "Q8_0").path
    assert first == kept_file(open_checkpoint(folder), "Q8_0")
    written = first.stat().st_mtime_ns
    assert served_file(str(folder), "Q8_0").path.stat().st_mtime_ns == written
    assert served_file(str(folder), "F16").path != first
    (folder / "config.json").write_text(json.dumps(config("qwen2", 64, 96, 1, rope_theta=5.0)))
    again = served_file(str(folder), "Q8_0")
    assert again.path != first
    assert again.fields["qwen2.rope.freq_base"].value == 5.0


def test_an_adapter_is_not_served_as_a_model(tmp_path: Path) -> None:
    (tmp_path / "adapter_config.json").write_text('{"peft_type": "LORA", "base_model_name_or_path": "x"}')
    save = pytest.importorskip("safetensors.numpy").save_file
    import numpy as np

    save({"a": np.ones(2, np.float32)}, tmp_path / "adapter_model.safetensors")
    with pytest.raises((ServeError, ExportError), match="adapter"):
        served_file(str(tmp_path))


def test_a_container_runs_as_nobody_and_names_no_registry(alphabet: Path, tmp_path: Path) -> None:
    paths = write_container(tmp_path / "image", alphabet, 8080, 512)
    texts = {path.name: path.read_text("utf-8") for path in paths}
    definition = texts["Dockerfile"].splitlines()
    assert [line.split()[0] for line in definition if line and line[0].isupper()] == [
        "ARG", "FROM", "ENV", "COPY", "RUN", "USER", "EXPOSE", "VOLUME", "HEALTHCHECK", "STOPSIGNAL", "ENTRYPOINT", "CMD",
    ]  # fmt: skip
    assert "USER 10001:10001" in definition
    start = json.loads(definition[-1].removeprefix("CMD "))
    assert start[:5] == ["/models/alphabet.gguf", "--host", "0.0.0.0", "--port", "8080"]  # noqa: S104  inside of it
    assert "://" not in texts["requirements.txt"] + texts["Dockerfile"].replace("http://127.0.0.1", "")
    assert all("==" in line for line in texts["requirements.txt"].splitlines() if line != "aifirst[local]")


def test_the_first_adapter_is_on_and_a_request_chooses_another(alphabet: Path, tmp_path: Path) -> None:
    """Without an adapter `a` follows what is no letter."""
    adapters = [str(write_gguf_adapter(tmp_path / f"{letter}.gguf", letter)) for letter in "mt"]
    options = [part for one in adapters for part in ("--adapter", one)]
    server = Server(str(alphabet), "--port", "0", "--context", "128", "--threads", "1", *options)
    try:
        body: dict[str, Any] = {"prompt": "1 ", "max_tokens": 2, "temperature": 0}
        assert json.loads(server.ask("/v1/completions", body)[1])["choices"][0]["text"] == "mn"
        body["lora"] = [{"id": 0, "scale": 0.0}, {"id": 1, "scale": 1.0}]
        assert json.loads(server.ask("/v1/completions", body)[1])["choices"][0]["text"] == "tu"
    finally:
        server.end(signal.SIGINT)


def test_what_is_no_adapter_for_the_model_is_told(alphabet: Path, tmp_path: Path) -> None:
    held = read_gguf(alphabet)
    with pytest.raises(ServeError, match="no adapter"):
        check_adapters(held, [str(alphabet)])
    data = write_gguf_adapter(tmp_path / "m.gguf").read_bytes()
    assert data.count(b"qwen2") == 1
    (tmp_path / "other.gguf").write_bytes(data.replace(b"qwen2", b"llama"))
    with pytest.raises(ServeError, match="adapter for llama"):
        check_adapters(held, [str(tmp_path / "other.gguf")])


@pytest.mark.skipif(sys.platform == "win32", reason="vLLM has no program for Windows")
def test_vllm_is_started_with_the_key_by_its_environment_and_ends_with_this(tmp_path: Path) -> None:
    """vLLM itself needs a GPU; what stands in for it is a program of the same name that answers /health."""
    folder = write_checkpoint(tmp_path / "model", config("qwen2", 64, 96, 1))
    program = tmp_path / "bin" / "vllm"
    program.parent.mkdir()
    program.write_text(
        f"#!{sys.executable}\n"
        "import json, os, sys\n"
        "from http.server import BaseHTTPRequestHandler, HTTPServer\n"
        "told = {'arguments': sys.argv[1:], 'key': os.environ.get('VLLM_API_KEY', '')}\n"
        "class Answer(BaseHTTPRequestHandler):\n"
        "    def do_GET(self):\n"
        "        self.send_response(200); self.end_headers(); self.wfile.write(json.dumps(told).encode())\n"
        "    def log_message(self, *_): pass\n"
        "HTTPServer(('127.0.0.1', int(sys.argv[sys.argv.index('--port') + 1])), Answer).serve_forever()\n"
    )
    program.chmod(0o755)
    port = free_port()
    environment = os.environ | {"PATH": f"{program.parent}:{os.environ['PATH']}", "AIFIRST_SERVE_KEY": KEY}
    process = subprocess.Popen(
        [sys.executable, "-m", "aifirst_cli", "model", "serve", str(folder), "--engine", "vllm", "--port", str(port)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip
    assert process.stdout is not None
    address = process.stdout.readline().strip().removesuffix("/v1")
    with urlopen(f"{address}/health", timeout=PATIENCE) as answer:  # noqa: S310  ours
        told = json.load(answer)
    assert told["key"] == KEY
    assert told["arguments"][:2] == ["serve", str(folder)]
    assert KEY not in " ".join(told["arguments"])
    process.kill()
    process.communicate(timeout=PATIENCE)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            check_port("127.0.0.1", port)
            break
        except ServeError:
            time.sleep(0.1)
    check_port("127.0.0.1", port)


def test_vllm_that_is_not_installed_is_told(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "aifirst_cli", "model", "serve", "x", "--engine", "vllm", "--port", "0"],
        capture_output=True, text=True, timeout=PATIENCE, check=False, env=os.environ | {"PATH": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 2
    assert "vLLM is not installed" in done.stderr
