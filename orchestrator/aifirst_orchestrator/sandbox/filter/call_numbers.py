"""Numbers of the system calls that the filter speaks of, for x86-64 and 64-bit Arm.

Source: the kernel's `arch/x86/entry/syscalls/syscall_64.tbl` and `include/uapi/asm-generic/unistd.h`. A call that one of
the two never had is None there. From 424 on both count alike.
"""

from __future__ import annotations

from typing import Final, Literal

Architecture = Literal["x86_64", "aarch64"]

AUDIT_ARCHITECTURE: Final[dict[Architecture, int]] = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""How `struct seccomp_data` names the calling convention (`linux/audit.h`)."""

FIRST_UNKNOWN: Final = 467
"""The first number that nobody has judged yet; what came to Linux later than 6.15 has to be looked at first."""

X32_BIT: Final = 0x4000_0000
"""Set in the numbers of the x32 convention, which x86-64 kernels may also accept."""

_NUMBERS: Final = """
ptrace 101 117
process_vm_readv 310 270
process_vm_writev 311 271
process_madvise 440 440
process_mrelease 448 448
kcmp 312 272
pidfd_getfd 438 438
keyctl 250 219
add_key 248 217
request_key 249 218
bpf 321 280
perf_event_open 298 241
userfaultfd 323 282
mount 165 40
umount2 166 39
pivot_root 155 41
chroot 161 51
move_mount 429 429
open_tree 428 428
fsopen 430 430
fsmount 432 432
fsconfig 431 431
fspick 433 433
mount_setattr 442 442
statmount 457 457
listmount 458 458
unshare 272 97
setns 308 268
clone 56 220
clone3 435 435
kexec_load 246 104
kexec_file_load 320 294
init_module 175 105
finit_module 313 273
delete_module 176 106
reboot 169 142
swapon 167 224
swapoff 168 225
name_to_handle_at 303 264
open_by_handle_at 304 265
io_uring_setup 425 425
io_uring_enter 426 426
io_uring_register 427 427
syslog 103 116
acct 163 89
quotactl 179 60
quotactl_fd 443 443
modify_ldt 154 -
ioperm 173 -
iopl 172 -
uselib 134 -
ustat 136 -
sysfs 139 -
_sysctl 156 -
create_module 174 -
get_kernel_syms 177 -
query_module 178 -
nfsservctl 180 42
vhangup 153 58
settimeofday 164 170
clock_settime 227 112
clock_adjtime 305 266
adjtimex 159 171
sethostname 170 161
setdomainname 171 162
move_pages 279 239
mbind 237 235
set_mempolicy 238 237
migrate_pages 256 238
set_mempolicy_home_node 450 450
lookup_dcookie 212 18
fanotify_init 300 262
fanotify_mark 301 263
memfd_create 319 279
memfd_secret 447 447
shmget 29 194
shmat 30 196
shmctl 31 195
shmdt 67 197
msgget 68 186
msgctl 71 187
msgsnd 69 189
msgrcv 70 188
semget 64 190
semop 65 193
semctl 66 191
semtimedop 220 192
mq_open 240 180
personality 135 92
socket 41 198
socketpair 53 199
ioctl 16 29
"""


def call_numbers(architecture: Architecture) -> dict[str, int]:
    """The calls that the architecture has, by name."""
    column = 1 if architecture == "x86_64" else 2
    rows = [line.split() for line in _NUMBERS.split("\n") if line]
    return {row[0]: int(row[column]) for row in rows if row[column] != "-"}
