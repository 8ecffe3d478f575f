"""Which system calls are refused in the sandbox, and with which error, each group with its reason.

A list of refusals, not of permissions: what runs is any program in any language. What needs privileges is refused by the
kernel anyway, because the sandbox has none; the list keeps such code of the kernel out of reach as well. It was written
after comparing the lists of Flatpak, Docker and systemd.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass
from typing import Final, Literal

Mode = Literal["any bit", "one of", "none of"]

_FOREIGN_MEMORY = (
    "ptrace process_vm_readv process_vm_writev process_madvise process_mrelease kcmp pidfd_getfd"
)
_KERNEL_CODE = (
    "bpf perf_event_open userfaultfd kexec_load kexec_file_load init_module finit_module delete_module create_module "
    "query_module get_kernel_syms io_uring_setup io_uring_enter io_uring_register"
)
_KEYRINGS = "keyctl add_key request_key"
_MOUNTS = (
    "mount umount2 pivot_root chroot move_mount open_tree fsopen fsmount fsconfig fspick mount_setattr statmount "
    "listmount name_to_handle_at open_by_handle_at quotactl quotactl_fd sysfs ustat"
)
_NAMESPACES = "unshare setns"
_MACHINE = (
    "reboot swapon swapoff syslog acct modify_ldt ioperm iopl uselib _sysctl nfsservctl vhangup settimeofday "
    "clock_settime clock_adjtime adjtimex sethostname setdomainname lookup_dcookie fanotify_init fanotify_mark"
)
_PLACEMENT = "move_pages mbind set_mempolicy migrate_pages set_mempolicy_home_node"
# Memory that belongs to no process and no sized file system: nobody would count it.
_UNCOUNTED_MEMORY = (
    "memfd_create memfd_secret shmget shmat shmctl shmdt msgget msgctl msgsnd msgrcv semget semop semctl semtimedop "
    "mq_open"
)

REFUSED: Final[dict[str, int]] = {
    **dict.fromkeys(
        " ".join(
            (_FOREIGN_MEMORY, _KERNEL_CODE, _KEYRINGS, _MOUNTS, _NAMESPACES, _MACHINE, _PLACEMENT)
        ).split(),
        errno.EPERM,
    ),
    **dict.fromkeys(_UNCOUNTED_MEMORY.split(), errno.ENOSYS),
    # Its flags lie in memory, which a filter cannot read; programs then use clone, whose flags it can.
    "clone3": errno.ENOSYS,
}
"""Calls refused whatever their arguments."""


@dataclass(frozen=True, slots=True)
class ArgumentRule:
    """Refuses a call by the low 32 bits of one argument."""

    call: str
    argument: int
    mode: Mode
    """`any bit`: refused if it shares a bit with the value; `one of`, `none of`: if it is, is not one of them."""
    values: tuple[int, ...]
    error: int

    def refuses(self, value: int) -> bool:
        """Whether a call with this argument is refused."""
        low = value & 0xFFFF_FFFF
        if self.mode == "any bit":
            return bool(low & self.values[0])
        return (low in self.values) == (self.mode == "one of")


_NEW_NAMESPACES = 0x7E02_0000  # CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
_TIOCSTI, _TIOCLINUX, _TIOCSETD = 0x5412, 0x541C, 0x5423  # type into, paste into, reprogram a terminal
_QUERY_PERSONALITY = 0xFFFF_FFFF
AF_UNIX, AF_INET, AF_INET6 = 1, 2, 10


def argument_rules(loopback: bool) -> tuple[ArgumentRule, ...]:
    """The rules by argument; with `loopback` Internet sockets are let through to the sandbox's own interface."""
    families = (AF_UNIX, AF_INET, AF_INET6) if loopback else (AF_UNIX,)
    return (
        ArgumentRule("clone", 0, "any bit", (_NEW_NAMESPACES,), errno.EPERM),
        ArgumentRule("ioctl", 1, "one of", (_TIOCSTI, _TIOCLINUX, _TIOCSETD), errno.EPERM),
        ArgumentRule("personality", 0, "none of", (0, _QUERY_PERSONALITY), errno.EPERM),
        ArgumentRule("socket", 0, "none of", families, errno.EAFNOSUPPORT),
        ArgumentRule("socketpair", 0, "none of", (AF_UNIX,), errno.EAFNOSUPPORT),
    )
