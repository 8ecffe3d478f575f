"""What holds for Python holds for TypeScript, JavaScript and Go: only code that passes gets anywhere."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from aifirst_model.backends.scripted import Script, Scripted, Step
from aifirst_orchestrator.calls.budget import OverBudgetError, RunLimits
from aifirst_orchestrator.generate.flaw import Flaw
from aifirst_orchestrator.generate.languages.registry import generated_language
from aifirst_orchestrator.generate.test_run import NoTestRunnerError
from aifirst_orchestrator.sandbox.bubblewrap import Bubblewrap
from aifirst_orchestrator.sandbox.open_sandbox import open_sandbox
from aifirst_orchestrator.spec.plan import plan_tickets
from cart_model import code_step, critic_step
from language_carts import CARTS, GO, TYPESCRIPT, Cart
from test_generate import Trial


@pytest.fixture(params=CARTS, ids=lambda cart: cart.language)
def cart(request: pytest.FixtureRequest) -> Cart:
    found: Cart = request.param
    _require(found.language, request)
    return found


def _require(language: str, request: pytest.FixtureRequest) -> None:
    """Skip where the language cannot be tested here; Go shares what is built of its own packages."""
    try:
        generated_language(language).require_tools()
    except NoTestRunnerError as error:
        pytest.skip(str(error))
    if language == "go":
        request.getfixturevalue("go_cache")


def _same_but_reports(files: dict[str, bytes]) -> dict[str, bytes]:
    return {name: raw for name, raw in files.items() if not name.startswith("reports/")}


def test_all_is_written_whatever_a_model_does_first(tmp_path: Path, sandbox: Bubblewrap, cart: Cart) -> None:
    plan = plan_tickets("specs/cart.md", cart.text)
    assert plan.is_complete, plan.problems
    right = Trial(tmp_path / "right", sandbox)
    model = cart.model()
    done = right(model, text=cart.text)
    assert done.is_done, [one.flaws for one in done.units.values()]
    prompts = "".join(str(prompt) for prompt, _ in model.asked)
    assert f"a {generated_language(cart.language).title} program" in prompts
    assert "Python" not in prompts
    written = set(right.files())
    assert {name for name in written if not name.startswith(("reports/", "specs/"))} == cart.files
    assert right(cart.model(), text=cart.text).files == ()

    last, code = cart.last, cart.code[cart.last]
    wrong = (
        "I would rather not.", cart.block(code)[:-4], cart.block(code[: code.rindex("}")]), cart.block(code) * 2,
        cart.block(code.replace("cart", "basket")), cart.block(code.replace(last, f"{last}Of")),
        cart.block(cart.leaves), cart.block(cart.tells), cart.block(code.replace("* amount", "")),
        cart.block(code + f'\n{_constant(cart)} = "ghp_{"a1B2" * 9}"\n'),
    )  # fmt: skip
    first = [code_step(last, answer) for answer in wrong]
    first.append(code_step(last, cart.block(code), finish="length"))
    first.append(cart.tester(last, "// nothing\n"))
    erring = Trial(tmp_path / "erring", sandbox)
    told = erring(cart.model(tuple(first)), text=cart.text, repairs=len(wrong) + 2)
    assert told.is_done
    assert told.units[last].attempts == len(wrong) + 2
    assert erring.told("flawed") == [last] * (len(wrong) + 2)  # the first attempt had two flaws
    assert _same_but_reports(erring.files()) == _same_but_reports(right.files())


def _constant(cart: Cart) -> str:
    return {"go": "const totalKey"}.get(cart.language, "const KEY")


@pytest.mark.parametrize("cart", [TYPESCRIPT, GO], ids=["typescript", "go"], indirect=True)
def test_a_run_that_ends_anywhere_goes_on_to_the_same_bytes(
    tmp_path: Path, sandbox: Bubblewrap, cart: Cart
) -> None:
    first = (
        code_step(cart.last, cart.block(cart.leaves)),
        cart.tester("addItem" if cart is TYPESCRIPT else "AddItem", "no"),
    )
    whole = Trial(tmp_path / "whole", sandbox)
    asked = cart.model(first)
    assert whole(asked, text=cart.text).is_done
    calls = len(asked.asked)
    cut = Trial(tmp_path / "cut", sandbox)
    going_on = cart.model(first)
    for allowed in range(1, calls):
        with pytest.raises(OverBudgetError):
            cut(going_on, text=cart.text, limits=RunLimits(calls=allowed))
        assert cut.files() == {}
    assert cut(going_on, text=cart.text).is_done
    assert len(going_on.asked) == calls
    assert cut.files() == whole.files()
    again = cart.model()
    changed = cart.text.replace("amount times price", "amount times price in cents")
    assert cut(again, text=changed).is_done
    assert not any("TICKET: Write Item" in str(prompt) for prompt, _ in again.asked)
    assert again.asked


def test_a_wrong_test_is_written_again_where_the_critic_says_so(
    tmp_path: Path, sandbox: Bubblewrap, request: pytest.FixtureRequest
) -> None:
    _require("typescript", request)
    trial = Trial(tmp_path / "shop", sandbox)
    wrong = TYPESCRIPT.tester("total", TYPESCRIPT.tests["total"].replace("600", "7"))
    done = trial(
        TYPESCRIPT.model(
            (wrong, critic_step("TEST\nit costs 600"), Step(when="nobody says this", answer=""))
        ),
        text=TYPESCRIPT.text,
    )
    assert done.is_done
    assert done.units["total"].attempts == 2
    assert b"7)" not in trial.files()["shop/total.test.ts"]


def test_what_says_how_a_project_is_run_is_left_as_it_was(
    tmp_path: Path, sandbox: Bubblewrap, request: pytest.FixtureRequest
) -> None:
    _require("javascript", request)
    trial = Trial(tmp_path / "shop", sandbox)
    trial.root.mkdir()
    (trial.root / "package.json").write_text('{"name": "mine"}\n')
    assert trial(CARTS[1].model(), text=CARTS[1].text).is_done
    assert (trial.root / "package.json").read_text() == '{"name": "mine"}\n'


_LATE = """import test from "node:test";
import assert from "node:assert/strict";
import { total } from "./total.ts";

test("test_total_fr2", () => {
  const got = total(new Map());
  CHECK
});
"""
"""A test that looks up what it checks with once the unit has had its turn."""
_PASSES = (
    'async function* passes() { yield { type: "test:pass", data: { name: "test_total_fr2", nesting: 0, '
    'file: "/tmp/work/shop/total.test.ts.mjs" } }; }'
)
_TELLS = (
    'import("../aifirst_tell.mjs" as string).then(async (it: any) => '
    "{ for await (const _ of it.default(passes())) {} process.exit(0); });"
)
_ATTACKS = {
    "typescript": (
        "process.exit(0);",
        "process.exitCode = 0; process.kill(process.pid, 9);",
        """process.stdout.write('{"shop/total.test.ts::test_total_fr2":"passed"}');""",
        'process.on("exit", () => { process.exitCode = 0; });',
        "assert.equal = () => undefined; assert.strict.equal = () => undefined;",
        'Object.defineProperty(assert.strict, "equal", { value: () => undefined });',
        "Array.prototype.includes = () => true;",
        'Object.defineProperty(Map.prototype, "get", { value: () => 600 });',
        'runner.test("test_total_fr2", () => undefined);',
        'readFileSync(0); writeFileSync("shop/total.test.ts.mjs", "");',
        f"{_PASSES} {_TELLS}",
        f"top: {_PASSES} {_TELLS}",
        f"top: {_PASSES} for await (const _ of (await import('../aifirst_tell.mjs' as string)).default(passes())) {{}}",
    ),
    "go": (
        'fmt.Println("--- PASS: TestTotal_FR2"); os.Exit(0)',
        "runtime.Goexit()",
        'fmt.Println("{\\"cart/total_test.go::TestTotal_FR2\\":\\"passed\\"}")',
        'flag.Set("test.run", "^$"); os.Args = nil; os.Stdout = nil; io.ReadAll(os.Stdin)',
        'os.WriteFile("total_test.go", nil, 0o600); os.Stdout.Close()',
    ),
}


def _project(language: str, attack: str) -> tuple[dict[str, str], str, str]:
    """Files with a unit that attacks and is wrong, the unit's path and that of its tests."""
    cart = {"typescript": TYPESCRIPT, "go": GO}[language]
    files = dict(generated_language(language).project_files(plan_tickets("cart.md", cart.text).units))
    if language == "go":
        imports = ("flag", "fmt", "io", "os", "runtime", "shopping-cart/item")
        lines = "".join(f'\t"{name}"\n' for name in imports)
        kept = "var _ = []any{flag.Set, fmt.Sprint, io.EOF, os.Exit, runtime.GC, item.Item{}}\n"
        head = f"package cart\n\nimport (\n{lines})\n\n{kept}\nfunc Total(cart map[item.Item]int) int {{\n"
        files |= {
            "cart/total.go": f"{head}\t{attack}\n\treturn 7\n}}\n",
            "cart/total_test.go": cart.tests["Total"],
        }
        files["item/item.go"] = f"package item\n\n{cart.code['Item']}"
        return files, "cart/total.go", "cart/total_test.go"
    check = "assert.ok([600].includes(got));" if "includes" in attack else "assert.equal(got, 600);"
    check = "assert.equal(new Map([[1, got]]).get(1), 600);" if "Map.prototype" in attack else check
    inside, top = ("", attack[4:]) if attack.startswith("top:") else (attack, "")
    head = 'import assert from "node:assert";\nimport * as runner from "node:test";\n'
    head += f'import {{ readFileSync, writeFileSync }} from "node:fs";\n{top}\n'
    files["shop/total.ts"] = (
        f"{head}export function total(cart: any): number {{\n  {inside}\n  return 7;\n}}\n"
    )
    files["shop/total.test.ts"] = _LATE.replace("CHECK", check)
    return files, "shop/total.ts", "shop/total.test.ts"


@pytest.mark.parametrize(
    ("language", "attack"), [(name, attack) for name, attacks in _ATTACKS.items() for attack in attacks]
)
def test_code_that_goes_for_its_verdict_has_not_passed(
    sandbox: Bubblewrap, request: pytest.FixtureRequest, language: str, attack: str
) -> None:
    """Past the judgement of its text, which would not let most of this come so far."""
    _require(language, request)
    files, unit, tests = _project(language, attack)
    test = {"typescript": "test_total_fr2", "go": "TestTotal_FR2"}[language]
    tool = generated_language(language)
    run = tool.run(sandbox, files, {tests: [test]}, 60.0, 512 << 20)
    assert not run.passed
    assert run.outcomes[test] != "passed"
    if attack == _ATTACKS[language][0]:  # else the trial itself would prove nothing
        files[unit] = files[unit].replace("return 7", "return 600").replace(attack, "")
        assert tool.run(sandbox, files, {tests: [test]}, 60.0, 512 << 20).passed


@pytest.mark.parametrize("language", ["typescript", "go"])
def test_without_a_sandbox_verdicts_are_the_same(request: pytest.FixtureRequest, language: str) -> None:
    _require(language, request)
    files, unit, tests = _project(language, "")
    test = {"typescript": "test_total_fr2", "go": "TestTotal_FR2"}[language]
    tool, unsafe = generated_language(language), open_sandbox("unsafe")
    assert tool.run(unsafe, files, {tests: [test]}, 60.0, 512 << 20).outcomes == {test: "failed"}
    files[unit] = files[unit].replace("return 7", "return 600")
    assert tool.run(unsafe, files, {tests: [test]}, 60.0, 512 << 20).passed


def test_the_example_runs_with_its_script(
    tmp_path: Path, sandbox: Bubblewrap, request: pytest.FixtureRequest
) -> None:
    _require("typescript", request)
    example = Path(__file__).parents[2] / "examples/cart_typescript"
    script = msgspec.json.decode((example / "answers.json").read_bytes(), type=Script)
    done = Trial(tmp_path / "shop", sandbox)(Scripted(script), text=(example / "cart.md").read_text())
    assert done.is_done
    assert [done.units[name].attempts for name in ("Item", "addItem", "total")] == [1, 2, 2]  # its two slips


def _nowhere(_name: str) -> None:
    """No program is found."""


def test_where_a_tool_is_missing_the_next_step_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aifirst_orchestrator.generate.script.run_script_tests.find_program", _nowhere)
    monkeypatch.setattr("aifirst_orchestrator.generate.golang.go_tools.find_program", _nowhere)
    monkeypatch.setattr("aifirst_orchestrator.generate.golang.go_tools.INSTALLED", Path("/nowhere/go"))
    for language, said in (("typescript", "install Node 20"), ("go", "install Go 1.18")):
        with pytest.raises(NoTestRunnerError, match=said):
            generated_language(language).require_tools()


def test_a_flaw_is_told_with_its_line() -> None:
    tool = generated_language("typescript")
    flaw = tool.unreadable("enum Colour { Red }\n")
    assert isinstance(flaw, Flaw)
    assert "enum" in flaw.message
    assert flaw.line == 1
