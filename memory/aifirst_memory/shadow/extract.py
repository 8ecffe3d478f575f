"""What a reading tells the shadow, and whether it may be kept.

Nothing is kept of a file in which a secret is found, not even beside it: such a file is read whenever it is asked for.
"""

from __future__ import annotations

from aifirst_codebase.reading import Reading
from aifirst_codebase.secrets.mask import mask_secrets
from aifirst_compiler.aiccl.low.flow import flows
from aifirst_compiler.aiccl.medium.write import tell_key_lines
from aifirst_compiler.aiccl.outline.write import tell_signatures

from aifirst_memory.shadow.maker import maker
from aifirst_memory.shadow.part import ShadowPart


def extract_shadow(reading: Reading) -> ShadowPart | None:
    """The part of a file that may be kept; None where it may not, and for what is no code."""
    if reading.language.kind != "code":
        return None
    part = make_part(reading)
    return part if may_be_kept(reading, part) else None


def make_part(reading: Reading) -> ShadowPart:
    """The parts of every unit's texts."""
    return ShadowPart(
        maker(), tuple(tell_signatures(reading)), tuple(flows(reading)), tuple(tell_key_lines(reading))
    )


def may_be_kept(reading: Reading, part: ShadowPart) -> bool:
    """Whether there is no secret in the file, nor in what is told of it, where white space is another."""
    told = "\n".join((*part.signatures, *part.flows, *part.key_lines))
    return mask_secrets(reading.text) == reading.text and mask_secrets(told) == told
