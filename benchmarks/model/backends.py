"""What a model's backend costs beyond the raw client: a call, a cancelled call, a thousand streams at once.

`python benchmarks/model/backends.py`. The server is another process on this machine that answers at once
(`fake_server.py`). The raw client writes the same bytes to an asyncio stream and reads the answer by its length; beside
it stand the standard library's, and httpx where it is installed (as httpx2, its maintained fork). All take turns in one
run; wall and CPU time of this process, medians of rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import importlib.util
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from aifirst_model.answer import collect
from aifirst_model.backends.openai_compatible import OpenAiCompatible
from aifirst_model.request import Continuation, Options
from aifirst_model.settings import ModelSettings

PROMPT = "def add(a, b):\n    return "
BODY = {"model": "m", "prompt": PROMPT, "max_tokens": 96, "stream": False, "temperature": 0.0}
SERVER = Path(__file__).with_name("fake_server.py")
Call = Callable[[], Awaitable[str]]


class Cost(NamedTuple):
    """Of one call, in milliseconds."""

    wall: float
    cpu: float


@contextmanager
def fake_server() -> Generator[int]:
    """The port of a server that runs meanwhile."""
    with subprocess.Popen([sys.executable, str(SERVER)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def settings(port: int) -> ModelSettings:
    """Of a model at that port."""
    return ModelSettings(url=f"http://127.0.0.1:{port}/v1", model="m", attempts=1)


async def raw_call(port: int) -> Call:
    """Asks by writing bytes and reading the answer by its length."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def call() -> str:
        body = msgspec.json.encode(BODY)
        writer.write(
            b"POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
        )
        head = await reader.readuntil(b"\r\n\r\n")
        answer = await reader.readexactly(int(head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0]))
        return msgspec.json.decode(answer)["choices"][0]["text"]

    return call


def standard_library_call(port: int) -> Call:
    """Asks by `http.client` over one connection; it blocks, so this is its cost and no way to ask."""
    connection = http.client.HTTPConnection("127.0.0.1", port)

    async def call() -> str:
        connection.request("POST", "/v1/completions", msgspec.json.encode(BODY))
        return msgspec.json.decode(connection.getresponse().read())["choices"][0]["text"]

    return call


def httpx_call(port: int) -> Call:
    """Asks by httpx2's asynchronous client."""
    client: Any = importlib.import_module("httpx2").AsyncClient(trust_env=False)

    async def call() -> str:
        address = f"http://127.0.0.1:{port}/v1/completions"
        answer = await client.post(address, content=msgspec.json.encode(BODY))
        return msgspec.json.decode(answer.content)["choices"][0]["text"]

    return call


def our_call(port: int) -> Call:
    """Asks by the backend."""
    model = OpenAiCompatible(settings(port))
    options = Options(max_tokens=96)

    async def call() -> str:
        return (await model.generate(Continuation(PROMPT), options)).text

    return call


async def compare_calls(port: int, rounds: int, calls: int) -> dict[str, Cost]:
    """The median cost of a call, by client, which take turns."""
    clients = {
        "raw": await raw_call(port),
        "http.client": standard_library_call(port),
        "aifirst": our_call(port),
    }
    if importlib.util.find_spec("httpx2"):
        clients["httpx2"] = httpx_call(port)
    costs: dict[str, list[Cost]] = {name: [] for name in clients}
    for _ in range(rounds):
        for name, call in clients.items():
            began, began_cpu = time.perf_counter(), time.process_time()
            for _ in range(calls):
                assert await call() == "a + b"
            wall, cpu = time.perf_counter() - began, time.process_time() - began_cpu
            costs[name].append(Cost(wall / calls * 1000, cpu / calls * 1000))
    return {
        name: Cost(*(statistics.median(column) for column in zip(*seen, strict=True)))
        for name, seen in costs.items()
    }


async def measure_cancelling(port: int, times: int) -> list[float]:
    """Milliseconds from cancelling a call to the server seeing its connection closed."""
    model = OpenAiCompatible(settings(port))
    cancelled: list[float] = []
    for _ in range(times):
        task = asyncio.ensure_future(model.generate(Continuation("hang")))
        await asyncio.sleep(0.01)
        cancelled.append(time.monotonic())
        task.cancel()
        await asyncio.wait({task})
        await asyncio.sleep(0.01)
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/gone")
    gone = json.loads(connection.getresponse().read())
    assert len(gone) == times
    return sorted((at - began) * 1000 for at, began in zip(gone, cancelled, strict=True))


async def measure_streams(port: int, streams: int, pieces: int) -> tuple[int, float, float]:
    """Streams at once: how many came whole and as their own, seconds, and CPU seconds."""
    model = OpenAiCompatible(settings(port))

    async def one(number: int) -> bool:
        answer = await collect(model.stream(Continuation(str(number)), Options(max_tokens=pieces)))
        return (
            answer.text == "".join(f"{number}.{piece} " for piece in range(pieces))
            and answer.finish == "stop"
        )

    began, began_cpu = time.perf_counter(), time.process_time()
    whole = sum(await asyncio.gather(*(one(number) for number in range(streams))))
    return whole, time.perf_counter() - began, time.process_time() - began_cpu


def main() -> int:
    """Measure, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--calls", type=int, default=100, help="in a round, of each client")
    parser.add_argument("--streams", type=int, default=1000)
    parser.add_argument("--pieces", type=int, default=50)
    given = parser.parse_args()
    with fake_server() as port:
        costs = asyncio.run(compare_calls(port, given.rounds, given.calls))
        print("| Client | ms a call | CPU ms a call | over raw, CPU ms |\n|---|---:|---:|---:|")
        for name, cost in costs.items():
            print(f"| {name} | {cost.wall:.2f} | {cost.cpu:.2f} | {cost.cpu - costs['raw'].cpu:+.2f} |")
        waits = asyncio.run(measure_cancelling(port, 300))
        print(
            f"\ncancelled to closed at the server: median {statistics.median(waits):.2f} ms, "
            f"95th percentile {waits[len(waits) * 95 // 100]:.2f}, longest {waits[-1]:.2f} of {len(waits)}"
        )
        whole, wall, cpu = asyncio.run(measure_streams(port, given.streams, given.pieces))
        resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"\n{given.streams} streams of {given.pieces} pieces at once: {whole} whole, {wall:.1f} s, "
            f"{cpu:.1f} s of CPU ({cpu / given.streams / given.pieces * 1e6:.0f} µs a piece), {resident:.0f} MB at most"
        )
    return 0 if whole == given.streams else 1


if __name__ == "__main__":
    sys.exit(main())
