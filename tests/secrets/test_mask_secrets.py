"""Masking: nothing that looks like a secret is written down, and ordinary text stays as it is."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from aifirst_codebase.secrets.find import find_secrets
from aifirst_codebase.secrets.mask import mask_secrets
from hypothesis import given, settings

_VALUE = "q7Rz2LmX9vTb" + "4KpW8sYc1NdF"
_GITHUB = "ghp_" + "q7Rz2LmX9vTb4KpW8sYc1NdFq7Rz2LmX9vTb"
_FINE_GRAINED = "github_" + "pat_" + "11QKMWZTV8" + "q7Rz2LmX9vTb4KpW8sYc1NdF" * 2
_AWS = "AKIA" + "Q3XJ7ZL2MNB5TRWE"
_WEB = "eyJ" + "hbGciOiJIUzI1NiJ9." + "eyJ" + "zdWIiOiIxMjM0In0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f'API_KEY = "{_VALUE}"', _VALUE),
        (f"I pushed with {_GITHUB} by mistake", _GITHUB),
        (f"key {_AWS}.", _AWS),
        (f"I pushed with {_FINE_GRAINED} by mistake", _FINE_GRAINED),
        (f"{_AWS} stands alone", _AWS),
        ("set password=hunter2x in .env", "hunter2x"),
        ("the password is Tr0ub4dor&3.", "Tr0ub4dor&3"),
        ("postgres://app:s3cret@db.local/main", "s3cret"),
        (f"curl -H 'Authorization: Bearer {_VALUE}'", _VALUE),
        (f"cookie {_WEB}", _WEB),
        ("-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----", "MIIEow"),
        ("-----BEGIN OPENSSH " + "PRIVATE KEY-----\nb3BlbnNz", "b3BlbnNz"),
        ("api-key: hunter2x", "hunter2x"),
        ("the Api key is hunter2x", "hunter2x"),
        ("ACCESS_KEY=hunter2x", "hunter2x"),
        ("accesskey := hunter2x", "hunter2x"),
        ("passphrase = hunter2x", "hunter2x"),
        (f"Basic {_VALUE}", _VALUE),
        (f"пароль: token => {_VALUE} 🎉", _VALUE),
    ],
)
def test_a_secret_is_masked_and_stays_so(text: str, secret: str) -> None:
    masked = mask_secrets(text)
    assert secret not in masked
    assert "[masked: " in masked
    assert mask_secrets(masked) == masked


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Decided to read the token from os.environ, as tokens expire.",
        'TOKEN = os.environ["SERVICE_TOKEN"]',
        "token = settings.auth.token",
        "password = get_password2(user)",
        "the secret is kept in /run/secrets/db1",
        "the secret is patience",
        "token count: 1234 tokens, api key: see https://host/page1",
        "see https://host:8080/path@v2",
    ],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert mask_secrets(text) == text


def test_secrets_are_found_in_order_and_do_not_overlap() -> None:
    data = f"a = '{_AWS}'\napi_key = '{_GITHUB}'\npassword = '{_VALUE}'\n".encode()
    found = find_secrets(data)
    assert [data[one.start : one.end].decode() for one in found] == [_AWS, _GITHUB, _VALUE]
    assert found == sorted(found)


_PIECES = st.sampled_from(
    [
        "password=",
        "token: ",
        "a1b2c3d4",
        _VALUE,
        _GITHUB,
        "://u:p1@",
        " ",
        "\n",
        '"',
        "ключ",
        "\ud800",
        "Bearer ",
        _WEB,
    ]
)


@settings(derandomize=True, max_examples=150, deadline=None)
@given(st.lists(_PIECES, max_size=12).map("".join))
def test_masking_twice_is_masking_once(text: str) -> None:
    masked = mask_secrets(text)
    assert mask_secrets(masked) == masked
    assert _GITHUB not in masked.split()
