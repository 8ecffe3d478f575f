"""Recipes are API, file and options at once, and what cannot be is told before anything starts."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from aifirst_cli.main import cli
from aifirst_model.training.recipe import Recipe
from aifirst_model.training.recipe_file import change_recipe, read_recipe, settings, show_recipe
from aifirst_model.training.recipes import NAMES, find_recipe, recipe_function
from aifirst_model.training.training_error import RecipeError
from click.testing import CliRunner


@pytest.mark.parametrize("name", NAMES)
def test_a_recipe_written_as_a_file_is_read_back_the_same(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.yaml"
    path.write_text(show_recipe(find_recipe(name)))
    assert read_recipe(str(path)) == find_recipe(name)
    assert find_recipe(name).name == name
    assert recipe_function(name).__doc__


def test_the_figures_that_were_asked_for_are_in_the_recipes() -> None:
    coder = find_recipe("coder-lora")
    assert (coder.rank, coder.alpha, coder.dropout, coder.epochs) == (16, 32, 0.05, 3)
    assert (coder.batch, coder.learning_rate) == (4, 2e-4)
    assert coder.targets == ("q_proj", "v_proj")
    base = find_recipe("qlora_base")
    assert (base.quantize_base, base.rank, base.learning_rate, base.epochs) == (True, 64, 2e-4, 3)
    both = find_recipe("combined")
    assert (both.rank, both.learning_rate, both.epochs, both.evaluate_every) == (64, 3e-6, 3, 500)
    assert (both.patience, both.min_delta, both.stop_when_converged) == (3, 0.001, True)
    small = find_recipe("aiccl")
    assert (small.rank, small.alpha, small.dropout, small.batch, small.learning_rate) == (
        16,
        32,
        0.1,
        8,
        2e-5,
    )
    assert (small.targets, small.warmup, small.save_every) == (("q_proj", "v_proj", "o_proj"), 500, 1000)
    assert len(small.special_tokens) == 4


def test_a_file_may_say_only_what_differs(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("recipe: coder_lora\nlearning_rate: 1e-4\nepochs: 2\n")
    recipe = read_recipe(str(path))
    assert (recipe.learning_rate, recipe.epochs, recipe.rank) == (1e-4, 2, 16)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("learnig_rate: 1", "has no 'learnig_rate': did you mean 'learning_rate'?"),
        ("rank: 0", "rank: Expected `int` >= 1"), ("rank: wide", "rank: Expected `int`, got `str`"),
        ("batch: 8\nat_once: 3", "at_once (3) does not divide batch (8)"),
        ("adapter: none\nquantize_base: true", "weights in 4 bits cannot be trained"),
        ("patience: 2\nevaluate_every: 0", "to stop early is to evaluate"), ("- a", "holds no keys"),
        ("a: [", "is no YAML"), ("[" * 100_000, "is nested too deeply"),
        ("recipe: coder_lorra", "there is no recipe 'coder_lorra': did you mean coder_lora?"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_told_with_the_next_step(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(RecipeError) as error:
        read_recipe(str(path))
    assert told in str(error.value)


@pytest.mark.parametrize(
    "name",
    [
        one.name
        for one in msgspec.structs.fields(Recipe)
        if isinstance(getattr(find_recipe(NAMES[0]), one.name), float)
    ],
)
@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_what_is_no_finite_number_is_refused(name: str, value: float) -> None:
    with pytest.raises(RecipeError, match=f"{name}: Expected"):
        change_recipe(find_recipe(NAMES[0]), {name: value})


def test_a_recipe_that_is_nowhere_is_told(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="cannot be read"):
        read_recipe(str(tmp_path / "none.yaml"))
    with pytest.raises(RecipeError, match="there are coder_lora"):
        find_recipe("zzzzzz")


def test_every_setting_has_a_meaning_an_option_and_a_key() -> None:
    runner = CliRunner()
    shown = " ".join(runner.invoke(cli, ["model", "train", "--help"]).output.split())
    for setting in settings():
        assert setting.text.endswith(".")
        assert setting.name == "name" or f"--{setting.name.replace('_', '-')}" in shown
    assert {setting.name for setting in settings()} == set(Recipe.__struct_fields__)


def test_options_change_the_recipe_that_is_shown() -> None:
    given = [
        "model",
        "train",
        "dpo",
        "--show",
        "--beta",
        "0.2",
        "--targets",
        "q_proj,o_proj",
        "--quantize-base",
    ]
    shown = CliRunner().invoke(cli, given).output
    for line in ("beta: 0.2", 'targets: ["q_proj", "o_proj"]', "quantize_base: true", 'method: "dpo"'):
        assert f"\n{line}\n" in shown


def test_a_changed_recipe_is_a_new_value() -> None:
    before = find_recipe("dpo")
    after = change_recipe(before, {"rank": 4})
    assert (before.rank, after.rank) == (16, 4)
    assert msgspec.structs.replace(after, rank=16) == before
