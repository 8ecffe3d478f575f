"""Which licence a text is, by the phrases that only it has; the ids are SPDX's.

Only the licences that projects are full of are known. A text that is none of them gives the empty string: what is
unknown is left out by who asks, and said.
"""

from __future__ import annotations

import re
from typing import Final

_SPACE = re.compile(r"[\s*#/;\"'“”‘’`>|-]+")
_PHRASES: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("AGPL-3.0-only", ("gnu affero general public license version 3",)),
    ("LGPL-3.0-only", ("gnu lesser general public license version 3, 29 june 2007",)),
    ("LGPL-2.1-only", ("gnu lesser general public license version 2.1, february 1999",)),
    ("GPL-3.0-only", ("gnu general public license version 3, 29 june 2007",)),
    ("GPL-2.0-only", ("gnu general public license version 2, june 1991",)),
    ("AGPL-3.0-or-later", ("gnu affero general public license as published",)),
    ("LGPL-2.1-or-later", ("gnu lesser general public license as published",)),
    ("LGPL-2.0-or-later", ("gnu library general public license as published",)),
    ("GPL-2.0-or-later", ("gnu general public license as published",)),
    ("GPL-2.0-only", ("under the terms of the gnu general public license",)),
    ("GPL-2.0-only", ("terms of the gpl",)),
    ("MPL-2.0", ("mozilla public license version 2.0",)),
    ("MPL-2.0", ("mozilla public license, v. 2.0",)),
    ("EPL-2.0", ("eclipse public license v 2.0",)),
    ("CC-BY-NC-SA-4.0", ("attribution noncommercial sharealike 4.0",)),
    ("CC-BY-SA-4.0", ("attribution sharealike 4.0 international",)),
    ("CC-BY-4.0", ("creative commons attribution 4.0 international",)),
    ("CC0-1.0", ("cc0 1.0 universal",)),
    ("BUSL-1.1", ("business source license 1.1",)),
    ("SSPL-1.0", ("server side public license",)),
    ("Elastic-2.0", ("elastic license 2.0",)),
    ("Apache-2.0", ("apache license version 2.0, january 2004",)),
    ("Apache-2.0", ("licensed under the apache license, version 2.0",)),
    ("PSF-2.0", ("python software foundation license version 2",)),
    ("BSL-1.0", ("boost software license version 1.0",)),
    ("Unlicense", ("this is free and unencumbered software released into the public domain",)),
    ("Zlib", ("altered source versions must be plainly marked as such", "without any express or implied warranty")),
    ("ISC", ("permission to use, copy, modify, and/or distribute this software for any purpose with or without fee",
             "the above copyright notice and this permission notice appear in all copies")),
    ("ISC", ("permission to use, copy, modify, and distribute this software for any purpose with or without fee",
             "the above copyright notice and this permission notice appear in all copies")),
    ("0BSD", ("permission to use, copy, modify, and/or distribute this software for any purpose with or without fee",)),
    ("BSD-4-Clause", ("redistribution and use in source and binary forms", "all advertising materials mentioning")),
    ("BSD-3-Clause", ("redistribution and use in source and binary forms", "used to endorse or promote products")),
    ("BSD-2-Clause", ("redistribution and use in source and binary forms", "redistributions in binary form must")),
    ("BSD-3-Clause", ("license that can be found in the license file", "bsd style")),
    ("MIT", ("permission is hereby granted, free of charge", "the above copyright notice and this permission notice")),
    ("MIT-0", ("permission is hereby granted, free of charge", "without restriction")),
    ("curl", ("copyright and permission notice", "permission to use, copy, modify, and distribute this software")),
    ("BlueOak-1.0.0", ("blue oak model license",)),
)  # fmt: skip
"""In order: the first whose phrases are all there is it. What forbids comes before what allows."""

_IDENTIFIER = re.compile(
    r"SPDX-License-Identifier:[ \t]*\(?([A-Za-z0-9.+][A-Za-z0-9.+ ()-]{0,118}[A-Za-z0-9.+)])"
)
_HEADER: Final = 5_000


def licence_of_text(text: str) -> str:
    """The SPDX id of a licence's text, empty where it is not known."""
    plain = _SPACE.sub(" ", text[:60_000]).lower()
    return next((name for name, phrases in _PHRASES if all(phrase in plain for phrase in phrases)), "")


def licence_of_header(text: str) -> str:
    """The licence that the beginning of a source file states; empty where it states none that is known."""
    head = text[:_HEADER]
    found = _IDENTIFIER.search(head)
    if found is not None:
        return found[1].strip(" )(") if found[1].count("(") != found[1].count(")") else found[1].strip()
    low = head.lower()
    return licence_of_text(head) if "licen" in low or "redistribution" in low or "gnu" in low else ""
