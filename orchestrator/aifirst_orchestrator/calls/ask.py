"""One question to one agent: its window packed, the answer recorded before anybody acts on it.

A question that was answered in an earlier run, by the same model from the same prompt, is not asked again: so a killed
run goes on where it was, and a changed specification asks only what it changes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Final

import msgspec
from aifirst_model.answer import Answer, Finish
from aifirst_model.errors import BrokenAnswerError, RequestRefusedError, StalledError
from aifirst_model.request import Chat, JsonSchema, Options, ToolSignature

from aifirst_orchestrator.agents.agent import Agent
from aifirst_orchestrator.calls.agent_budget import require_agent_room
from aifirst_orchestrator.calls.budget import Spent, Usage
from aifirst_orchestrator.calls.fit_window import pack_for_model
from aifirst_orchestrator.calls.pause import Pause
from aifirst_orchestrator.calls.tiers import TierModel
from aifirst_orchestrator.prompts.part import Given, Part
from aifirst_orchestrator.trajectory.trajectory import Trajectory, digest_of

_NOT_THERE: Final = (404, 405, 410)
"""How a server answers where the address or the model's name is wrong, whatever is asked."""


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
    agent: str = ""
    seconds: float = 0.0
    """How long the model took."""


class Call(msgspec.Struct, frozen=True):
    """A question, as those who look on are told of it: when it is asked, and with its reply once it is there."""

    key: str
    """`STATE/unit/tier/attempt/…`, as the record has it."""
    agent: str
    tier: str
    """Of the model that is asked; the key has the one that the unit is at."""
    model: str
    prompt_tokens: int
    is_recorded: bool = False
    """No model was asked: the reply came from the record."""
    cost: float = 0.0
    """Of a replied one."""

    @property
    def unit(self) -> str:
        """What it is about."""
        return self.key.split("/")[1]


class NotRecordedError(Exception):
    """A run that may ask no model has come to what the record does not hold; the text says the next step."""


class Asker:
    """Asks for a run. Several tasks may ask at the same time.

    `told` hears of each call when a model is asked, with None, and when its reply is there; of a recorded one only the
    latter. With `only_recorded` no model is ever asked.
    """

    def __init__(
        self,
        trajectory: Trajectory,
        spent: Spent,
        count: Callable[[str], int],
        told: Callable[[Call, Reply | None], None],
        *,
        pause: Pause | None = None,
        only_recorded: bool = False,
        profile: str = "",
    ) -> None:
        self._trajectory = trajectory
        self._spent = spent
        self._count = count
        self._told = told
        self._pause = pause
        self._only_recorded = only_recorded
        self._profile = [_profile_part(profile)] if profile else []
        self._stopped_by: Exception | None = None
        self._fails_at_tools: set[str] = set()

    @property
    def only_recorded(self) -> bool:
        """Whether it answers from the record alone."""
        return self._only_recorded

    def calls_tools(self, tier: TierModel) -> bool:
        """Whether a model calls tools in a form of its own, and has not failed at it in this run."""
        return tier.model.capabilities.tool_calls and tier.name not in self._fails_at_tools

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
        tools: Sequence[ToolSignature] = (),
    ) -> Reply:
        """The answer of an agent, held to `constraint` where its model can be.

        With `tools`, which only a model that `calls_tools` is given, it is a call of one as the JSON object that other
        models write by themselves.

        Raises `PromptTooLargeError`, `OverBudgetError`, `NotRecordedError`, and `ModelError` where no answer can come.
        """
        whole = [
            Part("agent", agent.prompt.strip(), place="system", source=f"the agent {agent.name}"),
            *self._profile,
            *parts,
        ]
        packed = await pack_for_model(whole, tier, agent.max_tokens, self._count)
        held = constraint if tier.model.capabilities.json_schema else None
        options = Options(
            max_tokens=agent.max_tokens, temperature=agent.temperature, constraint=None if tools else held,
            tools=tuple(tools),
        )  # fmt: skip
        inputs = digest_of((tier.name, packed.chat, options))
        recorded = self._trajectory.recorded(key, inputs)
        call = Call(key, agent.name, tier.tier, tier.name, packed.tokens, is_recorded=recorded is not None)
        if recorded is not None:
            reply = recorded.read(Reply)
            self._spent.calls += 1
        else:
            await self._require_leave(call)
            require_agent_room(agent, self._spent.agents.get(agent.name, Usage()), packed.tokens)
            self._spent.calls += 1
            self._told(call, None)
            reply = await self._generate(tier, packed.chat, options, packed.tokens, packed.manifest)
            reply = msgspec.structs.replace(reply, agent=agent.name)
            await asyncio.to_thread(self._trajectory.record, key, reply, inputs)
        if tools and reply.failure:
            self._fails_at_tools.add(tier.name)
        self._settle(call, reply)
        return reply

    async def _require_leave(self, call: Call) -> None:
        """Wait out a pause; raise what keeps a model from being asked."""
        if self._pause is not None:
            await self._pause.over()
        if self._stopped_by is not None:
            raise self._stopped_by
        if self._only_recorded:
            raise NotRecordedError(
                f"the record holds no answer for {call.key} to this prompt of {call.model}, and no model may be asked: "
                "the specification, the files or the models are others than then. Leave --recorded out to go on."
            )
        self._spent.require_room(call.prompt_tokens)

    def _settle(self, call: Call, reply: Reply) -> None:
        """Count what the call used, and tell of it."""
        money = self._spent.price_of(reply.prompt_tokens, reply.answer_tokens)
        used = Usage(1, int(call.is_recorded), reply.prompt_tokens, reply.answer_tokens, reply.seconds, money)
        _, unit, tier, *_ = call.key.split("/")
        self._spent.add(unit, call.agent, tier, used)
        self._told(msgspec.structs.replace(call, cost=money), reply)

    async def _generate(
        self, tier: TierModel, chat: Chat, options: Options, tokens: int, manifest: tuple[Given, ...]
    ) -> Reply:
        """The answer; a model that does not come to one has failed this attempt, one that is not there ends the run."""
        begun = time.monotonic()
        try:
            answer = await tier.model.generate(chat, options)
        except (StalledError, BrokenAnswerError, RequestRefusedError) as error:
            if isinstance(error, RequestRefusedError) and error.status in _NOT_THERE:
                raise  # no other prompt would be answered there either
            took = round(time.monotonic() - begun, 3)
            return Reply("", "", tier.name, tokens, 0, manifest, str(error), seconds=took)
        used = answer.usage
        said = _as_request(answer) if answer.calls else answer.text
        text = said.encode("utf-8", "replace").decode()  # half a character cannot be recorded
        return Reply(
            text, answer.finish, tier.name, used.prompt if used else tokens,
            used.answer if used else self._count(text), manifest, seconds=round(time.monotonic() - begun, 3),
        )  # fmt: skip


def _profile_part(profile: str) -> Part:
    """What a person wants of all code, after what the agent is told; it gives way before the task does."""
    told = f"How the person you work for wants it, where it does not contradict the task:\n{profile}"
    return Part("profile", told, 1, place="system", may_be_cut=True, source="the person's profile")


def _as_request(answer: Answer) -> str:
    """The first call of an answer as the JSON object that asks for a tool; its arguments are read like all others."""
    call = answer.calls[0]
    return msgspec.json.encode(
        {"why": answer.text.strip(), "tool": call.name, "arguments": call.arguments}
    ).decode()
