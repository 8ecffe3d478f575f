"""The filter of system calls, run here instruction by instruction for both architectures."""

from __future__ import annotations

import errno
import re
import struct
from pathlib import Path

import pytest
from aifirst_orchestrator.sandbox.filter.call_numbers import (
    AUDIT_ARCHITECTURE,
    FIRST_UNKNOWN,
    Architecture,
    call_numbers,
)
from aifirst_orchestrator.sandbox.filter.call_rules import REFUSED, argument_rules
from aifirst_orchestrator.sandbox.filter.filter_program import (
    ALLOW,
    ERROR,
    JUMP_ANY_BIT,
    JUMP_AT_LEAST,
    JUMP_EQUAL,
    KILL,
    LOAD,
    RETURN,
    assemble,
    filter_program,
)
from hypothesis import given, settings
from hypothesis import strategies as st

ARCHITECTURES: tuple[Architecture, ...] = ("x86_64", "aarch64")
_LINUX_UNISTD = Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")


def verdict(code: bytes, architecture: int, number: int, arguments: tuple[int, ...] = ()) -> int:
    """What the kernel would answer: classic BPF on a `struct seccomp_data`, as seccomp(2) describes both."""
    padded = (*arguments, *(0,) * (6 - len(arguments)))
    data = struct.pack("<IIQ6Q", number, architecture, 0, *padded)
    program = list(struct.iter_unpack("=HBBI", code))
    position = accumulator = 0
    while True:
        operation, if_true, if_false, operand = program[position]
        position += 1
        if operation == RETURN:
            return operand
        if operation == LOAD:
            accumulator = struct.unpack_from("<I", data, operand)[0]
            continue
        holds = {
            JUMP_EQUAL: accumulator == operand,
            JUMP_AT_LEAST: accumulator >= operand,
            JUMP_ANY_BIT: bool(accumulator & operand),
        }[operation]
        position += if_true if holds else if_false


def expected(architecture: Architecture, loopback: bool, number: int, arguments: tuple[int, ...]) -> int:
    """The same from the rules, read as sentences."""
    if architecture == "x86_64" and number >= 0x4000_0000:
        return KILL
    if number >= FIRST_UNKNOWN:
        return ERROR | errno.ENOSYS
    names = {value: name for name, value in call_numbers(architecture).items()}
    name = names.get(number)
    if name in REFUSED:
        return ERROR | REFUSED[name]
    for rule in argument_rules(loopback):
        if rule.call == name:
            return ERROR | rule.error if rule.refuses(arguments[rule.argument]) else ALLOW
    return ALLOW


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@settings(derandomize=True, max_examples=400, deadline=None)
@given(
    number=st.one_of(st.integers(0, 480), st.integers(0, 2**32 - 1)),
    arguments=st.tuples(*(st.one_of(st.integers(0, 64), st.integers(0, 2**64 - 1)) for _ in range(6))),
    loopback=st.booleans(),
)
def test_the_program_says_what_the_rules_say(
    architecture: Architecture, number: int, arguments: tuple[int, ...], loopback: bool
) -> None:
    code = assemble(filter_program(architecture, loopback))
    told = verdict(code, AUDIT_ARCHITECTURE[architecture], number, arguments)
    assert told == expected(architecture, loopback, number, arguments)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_every_number_and_every_value_of_a_rule_is_judged_as_it_says(architecture: Architecture) -> None:
    for loopback in (False, True):
        code = assemble(filter_program(architecture, loopback))
        values = {0, 1, 2, 10, 16, 17, 40, *(v for r in argument_rules(loopback) for v in r.values)}
        ruled = {call_numbers(architecture)[rule.call] for rule in argument_rules(loopback)}
        for number in range(FIRST_UNKNOWN + 3):
            for value in sorted(values) if number in ruled else (0,):
                arguments = (value, value + (1 << 32), value, value, value, value)
                told = verdict(code, AUDIT_ARCHITECTURE[architecture], number, arguments)
                assert told == expected(architecture, loopback, number, arguments), (number, value)


def test_what_a_person_expects_of_it() -> None:
    code = assemble(filter_program("x86_64"))
    arch = AUDIT_ARCHITECTURE["x86_64"]
    assert verdict(code, arch, 1) == ALLOW  # write
    assert verdict(code, arch, 101) == ERROR | errno.EPERM  # ptrace
    assert verdict(code, arch, 41, (1,)) == ALLOW  # socket(AF_UNIX)
    assert verdict(code, arch, 41, (2,)) == ERROR | errno.EAFNOSUPPORT  # socket(AF_INET)
    assert verdict(code, arch, 16, (0, 0x5412)) == ERROR | errno.EPERM  # ioctl(TIOCSTI)
    assert (
        verdict(code, arch, 16, (0, 0x5412 | 1 << 32)) == ERROR | errno.EPERM
    )  # the kernel drops the high half
    assert verdict(code, arch, 56, (0x11,)) == ALLOW  # fork
    assert verdict(code, arch, 56, (0x1000_0011,)) == ERROR | errno.EPERM  # with a user namespace
    assert verdict(code, 0x4000_0003, 1) == KILL  # i386
    assert verdict(code, arch, 0x4000_0001) == KILL  # x32


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_it_fits_a_pipe_at_once_and_no_jump_is_too_long(architecture: Architecture) -> None:
    program = filter_program(architecture, loopback=True)
    assert len(assemble(program)) <= 4096, "a write to a pipe is only whole up to PIPE_BUF"
    for position, (operation, if_true, if_false, _) in enumerate(program):
        assert 0 <= if_true <= 255
        assert 0 <= if_false <= 255
        assert position + 1 + max(if_true, if_false) < len(program) + (operation == RETURN)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_every_call_that_a_rule_names_has_its_number(architecture: Architecture) -> None:
    numbers = call_numbers(architecture)
    x86_only = {
        "modify_ldt", "ioperm", "iopl", "uselib", "ustat", "sysfs", "_sysctl", "create_module", "get_kernel_syms",
        "query_module",
    }  # fmt: skip
    missing = ({*REFUSED, *(rule.call for rule in argument_rules(True))}) - numbers.keys()
    assert missing == (set[str]() if architecture == "x86_64" else x86_only)
    assert len(set(numbers.values())) == len(numbers)
    assert max(numbers.values()) < FIRST_UNKNOWN


def test_the_numbers_are_those_of_the_kernels_headers() -> None:
    if not _LINUX_UNISTD.exists():
        return  # the headers are only one more witness; the numbers are tried against the kernel in other tests
    rows = re.findall(r"#define __NR_(\w+) (\d+)", _LINUX_UNISTD.read_text())
    told = {name: int(number) for name, number in rows}
    own = call_numbers("x86_64")
    assert {name: told[name] for name in own if name in told} == {n: v for n, v in own.items() if n in told}
    assert len(told.keys() & own.keys()) > 60
