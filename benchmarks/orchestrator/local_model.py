"""The whole loop with a real model in a file: `aifirst generate` and `aifirst agent` on llama.cpp and a small GGUF.

    python benchmarks/model/base_checkpoint.py --out /tmp/base --minutes 7 --positions 8192
    python -m benchmarks.orchestrator.local_model --base /tmp/base --out /tmp/local [--units 5] [--steps 160]

Two models write one specification: the base as it is, and the same after `aifirst model train` on the questions and
right answers of that very specification, so that it knows them by heart. The first shows what becomes of poor answers,
the second that right ones of a real model come through. Neither says how good a model is. Printed are calls, tokens and
seconds for each unit, as they stand in the record, and the CPU of aifirst's own process beside them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from aifirst_codebase.tokens import get_counter
from aifirst_model.answer import Answer
from aifirst_model.backends.scripted import Script, Scripted
from aifirst_model.dataset.folder import DatasetWriter
from aifirst_model.dataset.record import About, Conversation, Message
from aifirst_model.request import DEFAULT_OPTIONS, Chat, Options, Prompt
from aifirst_orchestrator.calls.ask import Asker, Reply
from aifirst_orchestrator.calls.budget import RunLimits, Spent
from aifirst_orchestrator.calls.tiers import TierModel
from aifirst_orchestrator.generate.drive import generate, open_root
from aifirst_orchestrator.generate.integrate import KEPT
from aifirst_orchestrator.generate.write_unit import Workshop
from aifirst_orchestrator.sandbox.open_sandbox import open_sandbox
from aifirst_orchestrator.spec.plan import plan_tickets
from aifirst_orchestrator.trajectory.trajectory import open_trajectory, read_trajectory

from benchmarks.orchestrator.generate import Trial, make_trial

WINDOW: Final = 8192
_TOKENS_A_SECOND: Final = 50
_MEASURED: Final = (
    "import resource, sys\n"
    "from aifirst_cli.main import cli\n"
    "code = cli.main(prog_name='aifirst', standalone_mode=False)\n"
    "used = resource.getrusage(resource.RUSAGE_SELF)\n"
    "print(f'cpu {used.ru_utime + used.ru_stime:.3f}', file=sys.stderr)\n"
    "sys.exit(code)\n"
)
_PROJECT: Final = {
    "price.py": 'def total(prices: list[int]) -> int:\n    """Add up prices in cents."""\n    return sum(prices[1:])\n',
    "test_price.py": "from price import total\n\n\ndef test_total():\n    assert total([1, 2]) == 3\n",
}
_TASK: Final = "total leaves the first price out"


class Unit(NamedTuple):
    """What one unit took."""

    name: str
    state: str
    calls: int
    prompt_tokens: int
    answer_tokens: int
    seconds: float


class _Listening(Scripted):
    """A scripted model that keeps what it was asked and what it said."""

    def __init__(self, script: Script) -> None:
        super().__init__(script)
        self.said: list[tuple[Chat, str]] = []

    async def generate(self, prompt: Prompt, options: Options = DEFAULT_OPTIONS) -> Answer:
        answer = await super().generate(prompt, options)
        if isinstance(prompt, Chat):
            self.said.append((prompt, answer.text))
        return answer


def main() -> int:
    """Make the models and run both commands with each."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--units", type=int, default=5)
    parser.add_argument("--steps", type=int, default=160)
    given = parser.parse_args()
    given.out.mkdir(parents=True)
    trial = without_errors(make_trial(0, given.units))
    (given.out / "spec.md").write_text(trial.text, encoding="utf-8")
    write_answers(right_answers(trial), given.out / "answers")
    aifirst(
        "model", "train", "coder_lora", "--base", given.base, "--data", given.out / "answers",
        "-o", given.out / "run", "--adapter", "none", "--steps", given.steps, "--batch", "4", "--length", "1280",
        "--learning-rate", "1e-3", "--warmup", "10", "--yes",
    )  # fmt: skip
    for name, folder in (("base", given.base), ("taught", given.out / "run" / "result")):
        file = given.out / f"{name}.gguf"
        aifirst("model", "export", folder, "--kind", "F16", "-o", file)
        tiers = given.out / f"{name}.toml"
        tiers.write_text(
            f'[small]\nbackend = "llama-cpp"\nmodel = "{file}"\nwindow = {WINDOW}\nthreads = 1\n',
            encoding="utf-8",
        )
        generate_with(name, given.out, tiers)
        work_with(name, given.out, tiers)
    return 0


def without_errors(trial: Trial) -> Trial:
    """The trial with its right answers alone: those that are given any number of times."""
    return trial._replace(steps=tuple(step for step in trial.steps if step.times == 0))


def right_answers(trial: Trial) -> list[tuple[Chat, str]]:
    """What a run without errors asks, and is answered."""
    model = _Listening(Script(trial.steps))
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        open_root(root)
        (root / KEPT).mkdir(parents=True)
        with open_trajectory(root / KEPT / "run.steps") as trajectory:
            asker = Asker(
                trajectory, Spent.start(RunLimits()), get_counter().count, lambda _key, _reply: None
            )
            plan = plan_tickets("spec.md", trial.text)
            tier = TierModel("small", model, WINDOW, "scripted")
            shop = Workshop(plan, asker, [tier], open_sandbox(), trajectory, root, lambda _event: None)
            done = asyncio.run(
                generate(
                    shop,
                    trial.text,
                    lambda _gate, _told: "the benchmark",
                    _write,
                )
            )
    if not done.is_done:
        raise SystemExit(f"the scripted run did not come to its end: {done.flaws}")
    return model.said


def _write(path: Path, raw: bytes) -> None:
    path.write_bytes(raw)


def write_answers(said: Sequence[tuple[Chat, str]], folder: Path) -> None:
    """Questions and answers as a dataset; it is learnt by heart, so what is held out is the same."""
    with DatasetWriter(folder) as writer:
        for number, (chat, text) in enumerate(said):
            turns = [Message(turn.role, turn.content) for turn in chat.messages]
            sample = Conversation((*turns, Message("assistant", text)), About(task="ticket-to-code"))
            writer.write("train", sample)
            if number % 5 == 0:
                writer.write("validation", sample)
        writer.finish([])


def generate_with(name: str, out: Path, tiers: Path) -> None:
    """Run `aifirst generate` and print what each unit took."""
    root = out / f"{name}-project"
    told, cpu = aifirst(
        "generate",
        out / "spec.md",
        "-o",
        root,
        "--models",
        tiers,
        "--yes",
        "--repairs",
        "2",
        "-f",
        "json",
        fails=1,
    )
    outcome = json.loads(told)
    print(f"\n**generate, {name}**\n\n| Unit | State | Calls | Prompt tokens | Answer tokens | Seconds |")
    print("|---|---|---:|---:|---:|---:|")
    units = list(units_of(root, {key: unit["state"] for key, unit in outcome["units"].items()}))
    for unit in units:
        print("| " + " | ".join(str(part) for part in unit[:5]) + f" | {unit.seconds:.1f} |")
    answered = sum(unit.answer_tokens for unit in units)
    calls = sum(unit.calls for unit in units)
    model = answered / _TOKENS_A_SECOND
    print(
        f"\n{calls} calls, {answered} answer tokens, {cpu:.2f} s of CPU in aifirst's own process, starting included: "
        f"{100 * cpu / max(model, 0.001):.1f} % of the {model:.0f} s of a model of {_TOKENS_A_SECOND} tokens a second."
    )


def units_of(root: Path, states: dict[str, str]) -> Iterator[Unit]:
    """What each unit took, from the record of the run."""
    (record,) = (root / KEPT).glob("*.steps")
    steps = read_trajectory(record)
    replies: dict[str, list[tuple[Reply, float]]] = {}
    before = steps[0].at
    for step in steps:
        parts = step.key.split("/")
        if len(parts) > 1 and parts[0] in {"CODE", "VERIFY"}:
            said = replies.setdefault(parts[1], [])
            if b'"answer_tokens"' in bytes(step.body):
                said.append((step.read(Reply), step.at - before))
            elif said:
                said[-1] = said[-1][0], said[-1][1] + step.at - before
        before = step.at
    for name, state in states.items():
        own = replies.get(name, [])
        yield Unit(
            name, state, len(own), sum(reply.prompt_tokens for reply, _ in own),
            sum(reply.answer_tokens for reply, _ in own), sum(seconds for _, seconds in own),
        )  # fmt: skip


def work_with(name: str, out: Path, tiers: Path) -> None:
    """Run `aifirst agent` on a project with one fault and print what came of it."""
    root = out / f"{name}-agent"
    root.mkdir()
    for file, text in _PROJECT.items():
        (root / file).write_text(text, encoding="utf-8")
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    told, cpu = aifirst(
        "agent",
        _TASK,
        "--models",
        tiers,
        "--yes",
        "--repairs",
        "1",
        "--max-steps",
        "8",
        "-f",
        "json",
        cwd=root,
        fails=1,
    )
    (record,) = (root / ".aifirst" / "agent").glob("*.steps")
    replies = [step.read(Reply) for step in read_trajectory(record) if b'"answer_tokens"' in bytes(step.body)]
    print(
        f"\n**agent, {name}**: {json.loads(told)['state']}; {len(replies)} calls, "
        f"{sum(reply.prompt_tokens for reply in replies)} prompt and "
        f"{sum(reply.answer_tokens for reply in replies)} answer tokens, {cpu:.2f} s of CPU."
    )


def aifirst(*arguments: object, cwd: Path | None = None, fails: int = 0) -> tuple[str, float]:
    """What the command prints, and the CPU seconds of its own process; ends this run where it fails."""
    command = [sys.executable, "-c", _MEASURED, *(str(argument) for argument in arguments)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False)
    if done.returncode > fails:
        raise SystemExit(f"aifirst {' '.join(command[3:])}\n{done.stderr}")
    lines = [line for line in done.stderr.splitlines() if line.startswith("cpu ")]
    return done.stdout, float(lines[-1].split()[1]) if lines else 0.0


if __name__ == "__main__":
    sys.exit(main())
