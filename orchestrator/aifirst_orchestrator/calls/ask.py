"""One question to one agent: its window packed, the answer recorded before anybody acts on it.

A question that was answered in an earlier run, by the same model from the same prompt, is not asked again: so a killed
run goes on where it was, and a changed specification asks only what it changes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import msgspec
from aifirst_model.answer import Finish
from aifirst_model.errors import BrokenAnswerError, RequestRefusedError, StalledError
from aifirst_model.request import Chat, JsonSchema, Options

from aifirst_orchestrator.agents.agent import Agent
from aifirst_orchestrator.calls.budget import Spent
from aifirst_orchestrator.calls.fit_window import pack_for_model
from aifirst_orchestrator.calls.tiers import TierModel
from aifirst_orchestrator.prompts.part import Given, Part
from aifirst_orchestrator.trajectory.trajectory import Trajectory, digest_of


class Reply(msgspec.Struct, frozen=True):
    """What an agent answered, and what it was given: `manifest` names every part."""

    text: str
    finish: Finish
    model: str
    prompt_tokens: int
    answer_tokens: int
    manifest: tuple[Given, ...]
    failure: str = ""
    """Why there is no answer, where the model failed for good."""


class Asker:
    """Asks for a run. Several tasks may ask at the same time."""

    def __init__(
        self,
        trajectory: Trajectory,
        spent: Spent,
        count: Callable[[str], int],
        told: Callable[[str, Reply], None],
    ) -> None:
        self._trajectory = trajectory
        self._spent = spent
        self._count = count
        self._told = told
        self._stopped_by: Exception | None = None

    def stop(self, error: Exception) -> None:
        """Let every further question fail with that error; those under way come to their end."""
        self._stopped_by = self._stopped_by or error

    async def ask(
        self,
        key: str,
        agent: Agent,
        parts: Sequence[Part],
        tier: TierModel,
        constraint: JsonSchema | None = None,
    ) -> Reply:
        """The answer of an agent, held to `constraint` where its model can be.

        Raises `PromptTooLargeError`, `OverBudgetError`, and `ModelError` where no answer can come.
        """
        whole = [Part("agent", agent.prompt.strip(), place="system"), *parts]
        packed = await pack_for_model(whole, tier, agent.max_tokens, self._count)
        held = constraint if tier.model.capabilities.json_schema else None
        options = Options(max_tokens=agent.max_tokens, temperature=agent.temperature, constraint=held)
        inputs = digest_of((tier.name, packed.chat, options))
        recorded = self._trajectory.recorded(key, inputs)
        if recorded is not None:
            reply = recorded.read(Reply)
            self._spent.calls += 1
        else:
            if self._stopped_by is not None:
                raise self._stopped_by
            self._spent.require_room()
            self._spent.calls += 1
            reply = await self._generate(tier, packed.chat, options, packed.tokens, packed.manifest)
            await asyncio.to_thread(self._trajectory.record, key, reply, inputs)
        self._spent.prompt_tokens += reply.prompt_tokens
        self._spent.answer_tokens += reply.answer_tokens
        self._told(key, reply)
        return reply

    async def _generate(
        self, tier: TierModel, chat: Chat, options: Options, tokens: int, manifest: tuple[Given, ...]
    ) -> Reply:
        """The answer; a model that does not come to one has failed this attempt, one that is not there ends the run."""
        try:
            answer = await tier.model.generate(chat, options)
        except (StalledError, BrokenAnswerError, RequestRefusedError) as error:
            return Reply("", "", tier.name, tokens, 0, manifest, str(error))
        used = answer.usage
        text = answer.text.encode("utf-8", "replace").decode()  # half a character cannot be recorded
        return Reply(
            text, answer.finish, tier.name, used.prompt if used else tokens,
            used.answer if used else self._count(text), manifest,
        )  # fmt: skip
