"""Tells the failures of runs that are driven by models in one line, with the next step."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from aifirst_cli.failure import Failure

if TYPE_CHECKING:
    from collections.abc import Generator


@contextmanager
def model_run_errors(root: Path, next_step: str = "") -> Generator[None]:
    """Raise `Failure` for what a person can mend; `next_step` is for a folder that cannot be used."""
    from aifirst_codebase.config import ConfigError
    from aifirst_codebase.tokens import TokenizerError
    from aifirst_model.errors import ModelError, SettingsError
    from aifirst_orchestrator.agent.workspace import ChangedMeanwhileError
    from aifirst_orchestrator.calls.ask import NotRecordedError
    from aifirst_orchestrator.calls.budget import OverBudgetError
    from aifirst_orchestrator.generate.integrate import ChangedByHandError
    from aifirst_orchestrator.generate.run_tests import NoTestRunnerError
    from aifirst_orchestrator.prompts.pack import PromptTooLargeError
    from aifirst_orchestrator.sandbox.refusal import SandboxRefusedError
    from aifirst_orchestrator.trajectory.recorded_step import OtherStepError
    from aifirst_orchestrator.trajectory.trajectory import TrajectoryError
    from aifirst_validator.rule_set import RuleSetError

    mendable = (
        SandboxRefusedError, NoTestRunnerError, TrajectoryError, ChangedByHandError, ChangedMeanwhileError,
        NotRecordedError, OtherStepError, ConfigError, TokenizerError, RuleSetError,
    )  # fmt: skip
    try:
        yield
    except (SettingsError, OverBudgetError) as error:  # nothing was begun; or it says itself how it goes on
        raise Failure(f"{error}.") from error
    except (ModelError, PromptTooLargeError) as error:
        raise Failure(f"{error}. What was done is kept: the same command goes on.") from error
    except mendable as error:
        raise Failure(str(error)) from error
    except OSError as error:
        raise Failure(
            f"{error.filename or root} cannot be used: {error.strerror or error}.{next_step}"
        ) from error
