"""Asks a model hub, over the standard library's HTTP: what a model consists of, and the bytes of its files.

The hub is Hugging Face's or the one that `HF_ENDPOINT` names. Its token (`HF_TOKEN`) goes to that server alone and not
along where it redirects to; files lie at a content network, which checksums make up for. Proxies of the environment are
used: nothing of the user's is sent. API: https://huggingface.co/docs/hub/api.
"""

from __future__ import annotations

import http.client
import os
import re
import ssl
import urllib.error
import urllib.request
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import quote, urlsplit

import msgspec

from aifirst_model.checkpoint.hub_cache import home_path, hub_cache, is_hub_name
from aifirst_model.errors import LocalError

_DEFAULT: Final = "https://huggingface.co"
_TIMEOUT: Final = 30.0
_MOST_TOKEN: Final = 4096
"""Seconds without a byte."""
_MOST_ANSWER: Final = 1 << 26
_COMMIT: Final = re.compile(r"[0-9a-f]{40}")
_SUM: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


class PullError(LocalError):
    """A model was not fetched; what was is kept where it can be gone on with, and nowhere else."""


class RemoteFile(msgspec.Struct, frozen=True):
    """A file at the hub. `checksum` is SHA-256 of the bytes where it has 64 digits, else git's SHA-1 of a blob."""

    name: str
    size: int
    checksum: str


class RemoteModel(msgspec.Struct, frozen=True):
    """A model as the hub tells it at one commit."""

    name: str
    commit: str
    revision: str
    licence: str | None
    files: tuple[RemoteFile, ...]


class _Lfs(msgspec.Struct):
    sha256: str
    size: int


class _Sibling(msgspec.Struct, rename="camel"):
    rfilename: str
    size: int | None = None
    blob_id: str | None = None
    lfs: _Lfs | None = None


class _Card(msgspec.Struct):
    license: str | list[str] | None = None
    license_name: str | None = None


class _Told(msgspec.Struct, rename="camel"):
    sha: str
    siblings: list[_Sibling] = []
    card_data: _Card | None = None


class Hub:
    """The hub that the environment names. Raises `PullError` for an address that is none, or when told to be offline."""

    def __init__(self) -> None:
        self.address = (os.environ.get("HF_ENDPOINT") or _DEFAULT).rstrip("/")
        split = urlsplit(self.address)
        if split.scheme not in ("http", "https") or not split.hostname:
            raise PullError(f"the hub's address is none: {self.address}", "correct HF_ENDPOINT")
        if os.environ.get("HF_HUB_OFFLINE", "").lower() in ("1", "true", "yes", "on"):
            raise PullError("HF_HUB_OFFLINE is set, so nothing is fetched", "unset it to fetch a model")
        self._opener = urllib.request.build_opener(_Redirect())

    def find(self, name: str) -> RemoteModel:
        """What a model consists of; `name@revision` for another than `main`. Raises `PullError`."""
        if not is_hub_name(name):
            raise PullError(f"{name!r} is no name of a model", "give it as owner/model")
        model, _, revision = name.partition("@")
        revision = revision or "main"
        address = f"{self.address}/api/models/{quote(model)}/revision/{quote(revision, safe='')}?blobs=true"
        try:
            with self.open(address, model) as answer:
                data = answer.read(_MOST_ANSWER)
        except (OSError, http.client.HTTPException) as error:
            raise self.unreachable(error) from None
        try:
            told = msgspec.json.decode(data, type=_Told)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise PullError(
                f"{self.address} answers in another form than a hub", "check HF_ENDPOINT"
            ) from None
        if not _COMMIT.fullmatch(told.sha):
            raise PullError(f"{self.address} names no commit of {model}", "check HF_ENDPOINT")
        licence = told.card_data.license if told.card_data else None
        shown = ", ".join(licence) if isinstance(licence, list) else licence
        if told.card_data and shown == "other":
            shown = told.card_data.license_name or shown
        return RemoteModel(model, told.sha, revision, shown, tuple(_files(told.siblings)))

    def open_file(self, model: RemoteModel, file: RemoteFile, start: int) -> http.client.HTTPResponse:
        """The bytes of a file from `start` on; the answer's status is 200 where it begins at 0. Raises `PullError`."""
        address = f"{self.address}/{quote(model.name)}/resolve/{model.commit}/{quote(file.name)}"
        return self.open(address, model.name, start)

    def open(self, address: str, model: str, start: int = 0) -> http.client.HTTPResponse:
        """An answer of status 200 or 206. Raises `PullError`."""
        headers = {"User-Agent": "aifirst", "Accept-Encoding": "identity"}
        request = urllib.request.Request(address, headers=headers)  # noqa: S310  # http or https only: `__init__`
        if start:
            request.add_header("Range", f"bytes={start}-")
        if token := _token():
            request.add_unredirected_header("Authorization", f"Bearer {token}")
        try:
            return self._opener.open(request, timeout=_TIMEOUT)
        except urllib.error.HTTPError as error:
            raise self._refused(error, model) from None
        except (OSError, http.client.HTTPException) as error:
            raise self.unreachable(error) from None
        except ValueError:  # of where it redirects to
            raise PullError(f"{self.address} sends to an address that is none", "see HF_ENDPOINT") from None

    def unreachable(self, error: Exception) -> PullError:
        """The error for a connection that there is none of, or that broke."""
        why = error.reason if isinstance(error, urllib.error.URLError) else error
        return PullError(
            f"{self.address} cannot be reached ({why or type(error).__name__})",
            "check the network; the same command goes on where this one stopped",
        )

    def _refused(self, error: urllib.error.HTTPError, model: str) -> PullError:
        status, gated = error.code, error.headers.get("X-Error-Code", "") == "GatedRepo"
        error.close()
        if gated or status == 403:
            return PullError(
                f"{model} is given only to who accepted its terms ({status})",
                f"accept them at {self.address}/{model}, then set HF_TOKEN to a token of yours",
            )
        if status in (401, 404):
            return PullError(
                f"{self.address} has no model {model} that anybody may see ({status})",
                "check its name; for a private one set HF_TOKEN",
            )
        return PullError(f"{self.address} answered {status}", "try again later")


class _Redirect(urllib.request.HTTPRedirectHandler):
    """Follows, but not from https to http, and says to no other server who the user is."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        """The next request. Raises `PullError`."""
        schemes = (urlsplit(req.full_url).scheme, urlsplit(newurl).scheme)
        if schemes[1] not in ("http", "https") or schemes == ("https", "http"):
            raise PullError("the hub sends to an address that is not safe", "see HF_ENDPOINT")
        following = super().redirect_request(req, fp, code, msg, headers, newurl)
        token = req.unredirected_hdrs.get("Authorization")
        if following is not None and token and _origin(newurl) == _origin(req.full_url):
            following.add_unredirected_header("Authorization", token)
        return following


def _origin(address: str) -> tuple[str, str | None, int | None]:
    split = urlsplit(address)
    return split.scheme, split.hostname, split.port


def _files(siblings: list[_Sibling]) -> list[RemoteFile]:
    """The files that have a plain name, a size and a checksum; others cannot be fetched safely."""
    files: list[RemoteFile] = []
    for one in siblings:
        size = one.lfs.size if one.lfs else one.size
        checksum = (one.lfs.sha256 if one.lfs else one.blob_id) or ""
        if size is not None and size >= 0 and _SUM.fullmatch(checksum) and _is_plain(one.rfilename):
            files.append(RemoteFile(one.rfilename, size, checksum))
    return sorted(files, key=lambda file: file.name)


def _is_plain(name: str) -> bool:
    """Whether a name is one of a file beside the others, on every disk and in every terminal."""
    return Path(name).name == name and name.isprintable() and len(name.encode()) < 256


def _token() -> str:
    if token := os.environ.get("HF_TOKEN"):
        token = token.strip()
        if not (token.isascii() and token.isprintable()):
            raise PullError("the hub's token holds what no header can", "correct HF_TOKEN")
        return token
    place = os.environ.get("HF_TOKEN_PATH")
    try:
        with (home_path(place) if place else hub_cache().parent / "token").open("rb") as file:
            token = file.read(_MOST_TOKEN).decode("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
    return token if token.isprintable() else ""


def is_broken_off(error: Exception) -> bool:
    """Whether an error means that the connection broke, and another one may go on."""
    kinds = (TimeoutError, ConnectionError, ssl.SSLError, http.client.HTTPException, urllib.error.URLError)
    return isinstance(error, kinds)
