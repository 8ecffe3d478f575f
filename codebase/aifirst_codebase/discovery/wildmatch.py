"""Git's pattern language (``wildmatch``) as Python regular expressions.

Why it is here: what ``.gitignore`` means is what git does with it. The translation follows git's
``wildmatch.c`` with ``WM_PATHNAME``, corner cases included (POSIX classes, ``[!]…]``, a pattern that
can never match), and is tested against git itself. ``pathspec`` differs in those corners, cannot be
joined into one expression (named groups), and costs 20 ms to import.

The expressions take time linear in the path for each star: what stands between two stars is matched
leftmost and never given back, so that no hostile pattern makes the walk hang.

Left out: case-insensitive matching (``core.ignoreCase``). ``?`` is one character; git counts bytes.
"""

import re

_SPECIAL = re.compile(r"[*?\[\\]")

# Tokens that are not expressions of their own.
_STAR = "*"
_GLOBSTAR = "**"
_GLOBSTAR_SLASH = "**/"

_NOT_SLASH = "[^/]"
_POSIX_CLASSES = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "blank": r" \t",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": r"\x21-\x7e",
    "lower": "a-z",
    "print": r"\x20-\x7e",
    "punct": r"!-/:-@\[-`{-~",
    "space": r" \t\n\r",
    "upper": "A-Z",
    "xdigit": "a-fA-F0-9",
}


def has_wildcard(pattern: str) -> bool:
    """Say whether the pattern is more than literal text."""
    return _SPECIAL.search(pattern) is not None


def literal_prefix(pattern: str) -> str:
    """Return the text before the first special character."""
    found = _SPECIAL.search(pattern)
    return pattern if found is None else pattern[: found.start()]


def translate(pattern: str) -> str | None:
    """Return the source of an expression to ``fullmatch`` a path with: flag ``re.DOTALL``, no groups.

    None for a pattern that matches nothing, such as an open bracket or a backslash at the end.
    """
    tokens = _tokenize(pattern)
    return None if tokens is None else _join_components(tokens)


def _tokenize(pattern: str) -> list[str] | None:
    """Split into stars and expressions for one character each; None when the pattern matches nothing."""
    tokens: list[str] = []
    # git compares the literal front as a string and starts wildmatch behind it.
    wild_from = len(literal_prefix(pattern))
    at = 0
    while at < len(pattern):
        character = pattern[at]
        if character == "*":
            token, at = _read_stars(pattern, at, wild_from)
        elif character == "[":
            token, at = _read_bracket(pattern, at + 1)
        elif character == "?":
            token, at = _NOT_SLASH, at + 1
        elif character == "\\":
            token, at = re.escape(pattern[at + 1 : at + 2]), at + 2
        else:
            token, at = re.escape(character), at + 1
        if not token:
            return None
        tokens.append(token)
    return tokens


def _read_stars(pattern: str, at: int, wild_from: int) -> tuple[str, int]:
    """Return (token, next position) of a run of stars: two or more between slashes make a globstar."""
    end = at
    while pattern[end : end + 1] == "*":
        end += 1
    opens = at == wild_from or pattern[at - 1] == "/"
    if end - at == 1 or not opens:
        return _STAR, end
    if pattern[end : end + 1] == "/":
        return _GLOBSTAR_SLASH, end + 1
    if end == len(pattern) or pattern[end : end + 2] == "\\/":
        return _GLOBSTAR, end
    return _STAR, end


def _read_bracket(pattern: str, at: int) -> tuple[str, int]:
    """Return (expression, next position) of a bracket with its content at ``at``; "" if malformed."""
    negated = pattern[at : at + 1] in ("!", "^")
    first = at = at + negated
    members: list[str] = []
    before = ""  # what a following "-" would make a range of
    while at == first or pattern[at : at + 1] != "]":
        character = pattern[at : at + 1]
        if character == "-" and before and pattern[at + 1 : at + 2] not in ("", "]"):
            at += 1 + (pattern[at + 1] == "\\")
            last = pattern[at : at + 1]
            if before <= last:
                members.append(f"{re.escape(before)}-{re.escape(last)}")
            before = ""
        elif character == "[" and (name := _class_name(pattern, at)) is not None:
            if name not in _POSIX_CLASSES:
                return "", at
            members.append(_POSIX_CLASSES[name])
            before, last, at = "", "]", at + len(name) + 3
        else:
            at += character == "\\"
            before = last = pattern[at : at + 1]
            members.append(re.escape(before))
        if not last:
            return "", at
        at += 1
    inside = "".join(members)
    if negated:
        return f"[^/{inside}]", at + 1
    return (f"(?!/)[{inside}]" if inside else "(?!)"), at + 1


def _class_name(pattern: str, at: int) -> str | None:
    """Return the name in ``[:name:]`` at the position, whether or not there is such a class."""
    if pattern[at + 1 : at + 2] != ":":
        return None
    end = pattern.find("]", at + 2)
    if end < at + 3 or pattern[end - 1] != ":":
        return None
    return pattern[at + 2 : end - 1]


def _join_components(tokens: list[str]) -> str:
    """Join the runs between globstars."""
    marks = [at for at, token in enumerate(tokens) if token in (_GLOBSTAR, _GLOBSTAR_SLASH)]
    ends = [*marks, len(tokens)]
    out = [_join_stars(tokens[: ends[0]])]
    for mark, end in zip(marks, ends[1:], strict=True):
        component = _join_stars(tokens[mark + 1 : end])
        if tokens[mark] == _GLOBSTAR:
            out.append(".*" + component)
        elif end < len(tokens):
            out.append(f"(?>(?:[^/]*/)*?{component})")
        else:
            out.append(f"(?:[^/]*/)*{component}")
    return "".join(out)


def _join_stars(tokens: list[str]) -> str:
    """Join tokens without globstars; a star with another star after it in its folder is settled leftmost."""
    out: list[str] = []
    at = 0
    while at < len(tokens):
        if tokens[at] != _STAR:
            out.append(tokens[at])
            at += 1
            continue
        end = at + 1
        while end < len(tokens) and tokens[end] not in (_STAR, "/"):
            end += 1
        piece = "".join(tokens[at + 1 : end])
        star_follows = end < len(tokens) and tokens[end] == _STAR
        out.append(f"(?>[^/]*?{piece})" if star_follows else f"[^/]*{piece}")
        at = end
    return "".join(out)
