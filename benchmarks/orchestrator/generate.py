"""Whether generation comes to the same bytes whatever happens, and what it costs beside the model.

    python -m benchmarks.orchestrator.generate [SPECIFICATIONS] [ENDINGS] [LANGUAGE] [UNITS]

Specifications of 5 to 50 units, each written by a scripted model that errs in its own ways: wrong code, prose, cut-off
and broken answers, no answer, wrong signatures, wrong tests, code that ends the program, broken rules. Each is run
undisturbed, and again with an end after steps of the run (ENDINGS of them, spread over all; 0 for every step), gone on
with each time. The result has to be equal byte by byte, and every file free of errors by the rules. LANGUAGE is python,
typescript, javascript or go; UNITS are those of the largest specification.
"""

from __future__ import annotations

import asyncio
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from aifirst_codebase.tokens import get_counter
from aifirst_model.backends.scripted import Script, Scripted, Step
from aifirst_orchestrator.calls.ask import Asker, Call, Reply
from aifirst_orchestrator.calls.budget import OverBudgetError, RunLimits, Spent
from aifirst_orchestrator.calls.tiers import TierModel
from aifirst_orchestrator.generate.drive import Generated, generate, open_root
from aifirst_orchestrator.generate.event import Event
from aifirst_orchestrator.generate.integrate import KEPT
from aifirst_orchestrator.generate.judge_code import judge_file
from aifirst_orchestrator.generate.languages.registry import generated_language
from aifirst_orchestrator.generate.write_unit import Workshop
from aifirst_orchestrator.sandbox.open_sandbox import Sandbox, open_sandbox
from aifirst_orchestrator.spec.plan import SpecPlan, plan_tickets
from aifirst_orchestrator.trajectory.trajectory import open_trajectory

from benchmarks.orchestrator.unit_texts import TEXTS, UnitTexts

_WORDS = (
    "ledger",
    "parcel",
    "ticket",
    "garden",
    "lantern",
    "recipe",
    "voyage",
    "mirror",
    "beacon",
    "orchard",
)
_TOKENS_A_SECOND = 50
_ERRORS = (
    "none",
    "prose",
    "cut",
    "broken",
    "silent",
    "signature",
    "wrong",
    "test",
    "leaves",
    "rule",
    "empty",
    "open",
)


class Trial(NamedTuple):
    """A specification with the steps of a model that writes it."""

    name: str
    text: str
    steps: tuple[Step, ...]


class Cost(NamedTuple):
    """Of one undisturbed run."""

    units: int
    calls: int
    answer_tokens: int
    seconds: float
    cpu: float


def main(arguments: list[str]) -> int:
    """Print a row for each specification and the sums; status 1 where a result differs or breaks a rule."""
    count = int(arguments[0]) if arguments else 20
    endings = int(arguments[1]) if len(arguments) > 1 else 6
    texts = TEXTS[arguments[2] if len(arguments) > 2 else "python"]
    most = int(arguments[3]) if len(arguments) > 3 else 50
    generated_language(texts.fence).require_tools()
    sandbox = open_sandbox()
    print(
        "| Specification | Units | Calls | Answer tokens | Seconds | Ends survived | Same bytes | Errors by rules |"
    )
    print("|---|---|---|---|---|---|---|---|")
    costs: list[Cost] = []
    failed = 0
    for number in range(count):
        trial = make_trial(number, 5 + round((most - 5) * number / max(1, count - 1)), texts)
        with tempfile.TemporaryDirectory() as scratch:
            whole = Path(scratch) / "whole"
            cost, done = _undisturbed(trial, whole, sandbox)
            cut = Path(scratch) / "cut"
            survived = _with_ends(trial, cut, sandbox, cost.calls, endings)
            same = _files(whole) == _files(cut) and done.is_done
            errors = sum(_errors(whole))
        failed += not same or errors > 0
        costs.append(cost)
        print(
            f"| {trial.name} | {cost.units} | {cost.calls} | {cost.answer_tokens} | {cost.seconds:.1f} | {survived} | "
            f"{'yes' if same else 'NO'} | {errors} |",
            flush=True,
        )
    _print_overhead(costs)
    return 1 if failed else 0


def make_trial(number: int, units: int, texts: UnitTexts = TEXTS["python"]) -> Trial:
    """A specification of so many units, some of which need earlier ones, and the answers to it."""
    chance = random.Random(number)  # noqa: S311  a trial that is the same every time
    word = _WORDS[number % len(_WORDS)]
    names = [f"{word}_{index:02d}" for index in range(units)]
    needs = [
        sorted(chance.sample(range(index), k=min(index, chance.choice((0, 1, 1, 2)))))
        for index in range(units)
    ]
    lines = [
        f"# {word.title()} {number}",
        "",
        f"@TAG:SPEC:{word}-{number}",
        "",
        f"Works out a {word}.",
        "",
        "## Requirements",
        "",
    ]
    lines += [
        f"- FR{index + 1}: `{name}` adds {index + 1} to what it is given" for index, name in enumerate(names)
    ]
    lines += ["", "## Interfaces", ""]
    steps: list[Step] = []
    for index, name in enumerate(names):
        used = ", ".join(names[other] for other in needs[index])
        told = f" Uses {used}." if used else ""
        made = {"word": word, "name": name, "Name": name[:1].upper() + name[1:], "n": index + 1, "told": told}
        path, definition = texts.path.format(**made), texts.definition.format(**made)
        lines += [f"```{texts.fence} {path}", *definition.split("\n"), "```", ""]
        code, tests = _code(texts, word, names, needs, index), _tests(texts, word, names, index)
        tester = f"Write the tests {texts.test.format(**made)}"
        steps += _first_answers(texts, chance.choice(_ERRORS), name, tester, code, tests)
        steps += [
            Step(when=f"Plan the steps of {name}.", answer=f"1. Add {index + 1} (FR{index + 1}).", times=0),
            Step(when=f"Write {name}. It will stand in", answer=_block(texts, code), times=0),
            Step(when=tester, answer=_block(texts, tests), times=0),
        ]
    verdicts = [
        Step(when=f"TICKET: Write {name}\n", answer=_verdict(texts, steps, name), times=0) for name in names
    ]
    return Trial(f"{word} {number}", "\n".join(lines) + "\n", (*steps, *verdicts))


def _code(texts: UnitTexts, word: str, names: list[str], needs: list[list[int]], index: int) -> str:
    """A unit that adds its number, through the units that it needs: what those add is taken away again."""
    imports = "".join(texts.imported.format(word=word, other=names[other]) for other in needs[index])
    through = "".join(texts.through.format(other=names[other], k=other + 1) for other in needs[index])
    return texts.code.format(imports=imports, through=through, name=names[index], n=index + 1).lstrip("\n")


def _tests(texts: UnitTexts, word: str, names: list[str], index: int) -> str:
    name = names[index]
    named = name[:1].upper() + name[1:]
    return texts.tests.format(word=word, name=name, Name=named, n=index + 1, more=index + 11)


def _first_answers(
    texts: UnitTexts, error: str, name: str, tester: str, code: str, tests: str
) -> Iterator[Step]:
    """How a model errs the first time it is asked for a unit."""
    coder = f"Write {name}. It will stand in"
    renamed = code.replace(texts.parameter, texts.parameter.replace("value", "amount")).replace(
        "value", "amount"
    )
    secret = texts.secret.format(name=name, secret=f"ghp_{'a1B2' * 9}")
    answers = {
        "prose": Step(when=coder, answer="I would rather talk about it."),
        "cut": Step(when=coder, answer=_block(texts, code), finish="length"),
        "broken": Step(when=coder, answer=f"```{texts.fence[:4]}", fail="broken"),
        "silent": Step(when=coder, fail="stalled"),
        "signature": Step(when=coder, answer=_block(texts, renamed)),
        "wrong": Step(when=coder, answer=_block(texts, code.replace(*texts.wrong))),
        "test": Step(when=tester, answer=_block(texts, tests.replace(*texts.wrong_test))),
        "leaves": Step(when=coder, answer=_block(texts, texts.leaves_head + code.replace(*texts.leaves))),
        "rule": Step(when=coder, answer=_block(texts, code + secret)),
        "empty": Step(when=coder, answer=""),
        "open": Step(when=coder, answer=f"```{texts.fence}\n{code}"),
    }
    if error in answers:
        yield answers[error]


def _verdict(texts: UnitTexts, steps: list[Step], name: str) -> str:
    """What the critic says: the test is wrong where it was made wrong."""
    begins = f"Write the tests {texts.test.format(name=name, Name=name[:1].upper() + name[1:])}"
    wrong = any(step.when.startswith(begins) and texts.wrong_test[1] in step.answer for step in steps)
    return "TEST\nit is not what the ticket says" if wrong else "CODE\nit is not what the ticket says"


def _block(texts: UnitTexts, code: str) -> str:
    return f"```{texts.fence}\n{code}```\n"


def _undisturbed(trial: Trial, root: Path, sandbox: Sandbox) -> tuple[Cost, Generated]:
    started, cpu = time.perf_counter(), _cpu()
    done, spent, _ = _run(trial, root, sandbox, Scripted(Script(trial.steps)), RunLimits())
    assert done is not None
    return Cost(
        len(done.units), spent.calls, spent.answer_tokens, time.perf_counter() - started, _cpu() - cpu
    ), done


def _with_ends(trial: Trial, root: Path, sandbox: Sandbox, calls: int, endings: int) -> int:
    """Run it with ends after some of its steps, going on after each; how many there were."""
    model = Scripted(Script(trial.steps))
    wanted = (
        range(1, calls)
        if endings == 0
        else sorted({max(1, round(calls * n / (endings + 1))) for n in range(1, endings + 1)})
    )
    survived = 0
    for allowed in wanted:
        done, _, ended = _run(trial, root, sandbox, model, RunLimits(calls=allowed))
        assert done is None
        assert ended
        survived += 1
    done, _, _ = _run(trial, root, sandbox, model, RunLimits())
    assert done is not None
    return survived


def _run(
    trial: Trial, root: Path, sandbox: Sandbox, model: Scripted, limits: RunLimits
) -> tuple[Generated | None, Spent, bool]:
    plan: SpecPlan = plan_tickets(f"specs/{trial.name}.md", trial.text)
    assert plan.is_complete, plan.problems
    open_root(root)
    (root / KEPT).mkdir(parents=True, exist_ok=True)
    spent = Spent.start(limits)
    with open_trajectory(root / KEPT / "run.steps") as trajectory:
        asker = Asker(trajectory, spent, get_counter().count, _unheard)
        tier = TierModel("small", model, 8192, "scripted")
        shop = Workshop(plan, asker, [tier], sandbox, trajectory, root, _untold, test_seconds=10.0)
        try:
            done = asyncio.run(generate(shop, trial.text, _allow, _replace, jobs=2))
        except OverBudgetError:
            return None, spent, True
    return done, spent, False


def _allow(_gate: str, _told: str) -> str:
    return "the benchmark"


def _replace(path: Path, raw: bytes) -> None:
    path.write_bytes(raw)


def _unheard(_call: Call, _reply: Reply | None) -> None:
    """Nobody looks on."""


def _untold(_event: Event) -> None:
    """Nobody looks on."""


def _files(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".aifirst" not in path.relative_to(root).parts
    }


def _errors(root: Path) -> Iterator[int]:
    for name, raw in _files(root).items():
        if name.endswith((".py", ".ts", ".js", ".go")):
            yield len(judge_file(root, name, raw.decode(), {}))


def _cpu() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _print_overhead(costs: list[Cost]) -> None:
    """What a run takes beside its model, as a share of what a model of 50 tokens a second would take."""
    units, calls, tokens = (
        sum(getattr(one, name) for one in costs) for name in ("units", "calls", "answer_tokens")
    )
    seconds, cpu = sum(one.seconds for one in costs), sum(one.cpu for one in costs)
    model = tokens / _TOKENS_A_SECOND
    print(
        f"\n{units} units, {calls} calls, {tokens} answer tokens. The model answers at once here. {seconds:.1f} s with "
        f"two units at a time, tests in the sandbox included; {1000 * cpu / units:.0f} ms of CPU a unit without the "
        f"tests' own. At {_TOKENS_A_SECOND} tokens a second the model would take {model:.0f} s: the CPU is "
        f"{100 * cpu / model:.1f} % of it."
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
