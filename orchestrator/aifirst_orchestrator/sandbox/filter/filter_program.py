"""Assembles the rules into the program that the kernel asks about every system call (classic BPF, seccomp(2)).

Each refusal is a comparison and the return right after it, so that no jump is long; the kernel remembers which calls are
always let through and does not run the program for them.
"""

from __future__ import annotations

import errno
import platform
import struct
from typing import Final

from aifirst_orchestrator.sandbox.filter.call_numbers import (
    AUDIT_ARCHITECTURE,
    FIRST_UNKNOWN,
    X32_BIT,
    Architecture,
    call_numbers,
)
from aifirst_orchestrator.sandbox.filter.call_rules import REFUSED, ArgumentRule, argument_rules

LOAD: Final = 0x20  # BPF_LD | BPF_W | BPF_ABS
JUMP_EQUAL: Final = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
JUMP_AT_LEAST: Final = 0x35  # BPF_JMP | BPF_JGE | BPF_K
JUMP_ANY_BIT: Final = 0x45  # BPF_JMP | BPF_JSET | BPF_K
RETURN: Final = 0x06  # BPF_RET | BPF_K
ALLOW: Final = 0x7FFF_0000
KILL: Final = 0x8000_0000
ERROR: Final = 0x0005_0000
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data

Instruction = tuple[int, int, int, int]
"""Operation, how far to jump if true, how far if false, operand."""


def this_architecture() -> Architecture | None:
    """The architecture of this machine, None where no filter is known for it."""
    names: dict[str, Architecture] = {"x86_64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}
    return names.get(platform.machine())


def filter_program(architecture: Architecture, loopback: bool = False) -> list[Instruction]:
    """The whole program for one architecture, in order."""
    numbers = call_numbers(architecture)
    program: list[Instruction] = [
        (LOAD, 0, 0, _ARCHITECTURE),
        (JUMP_EQUAL, 1, 0, AUDIT_ARCHITECTURE[architecture]),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, _NUMBER),
    ]
    if architecture == "x86_64":
        program += [(JUMP_AT_LEAST, 0, 1, X32_BIT), (RETURN, 0, 0, KILL)]
    program += [(JUMP_AT_LEAST, 0, 1, FIRST_UNKNOWN), (RETURN, 0, 0, ERROR | errno.ENOSYS)]
    for name, error in sorted(REFUSED.items()):
        if name in numbers:
            program += [(JUMP_EQUAL, 0, 1, numbers[name]), (RETURN, 0, 0, ERROR | error)]
    for rule in argument_rules(loopback):
        body = _judge_argument(rule)
        program += [(JUMP_EQUAL, 0, len(body), numbers[rule.call]), *body]
    return [*program, (RETURN, 0, 0, ALLOW)]


def _judge_argument(rule: ArgumentRule) -> list[Instruction]:
    """Load the low half of the argument and return a verdict; little-endian, as both architectures are."""
    refused, allowed = ERROR | rule.error, ALLOW
    jump = JUMP_ANY_BIT if rule.mode == "any bit" else JUMP_EQUAL
    if rule.mode == "none of":
        refused, allowed = allowed, refused
    body: list[Instruction] = [(LOAD, 0, 0, _ARGUMENTS + 8 * rule.argument)]
    for value in rule.values:
        body += [(jump, 0, 1, value), (RETURN, 0, 0, refused)]
    return [*body, (RETURN, 0, 0, allowed)]


def assemble(program: list[Instruction]) -> bytes:
    """The program as `struct sock_filter` records, the form that the kernel and bubblewrap read."""
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in program)
