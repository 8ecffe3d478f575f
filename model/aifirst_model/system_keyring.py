"""Keys out of the system's keyring (macOS Keychain, Windows Credential Locker, Secret Service, KWallet), by `keyring`.

Only read, and only the one place that the settings name. Needs the extra `keyring`.
"""

from __future__ import annotations

from typing import Final

from aifirst_model.errors import SettingsError
from aifirst_model.heavy import heavy
from aifirst_model.http.address import is_plain

_PREFIX: Final = "keyring:"


def read_keyring(place: str, variable: str) -> str:
    """The key at `keyring:SERVICE/NAME`; it blocks while the system asks its user to unlock.

    Raises `SettingsError` (there is none, locked, no keyring on this machine), which names `variable` as the other way,
    and `NeedsExtraError`.
    """
    service, slash, name = place.removeprefix(_PREFIX).rpartition("/")
    if not place.startswith(_PREFIX) or not slash or not service or not name:
        raise SettingsError(
            "has a place of its key that cannot be read",
            "write it as keyring:SERVICE/NAME, like keyring:aifirst/openai",
        )
    keyring, errors = heavy("keyring", "keyring"), heavy("keyring.errors", "keyring")
    otherwise = f"or set the environment variable {variable}" if variable else "or give the key otherwise"
    try:
        key = keyring.get_password(service, name)
    except errors.KeyringLocked:
        raise SettingsError(
            "was not asked: the system's keyring is locked", f"unlock it, {otherwise}"
        ) from None
    except errors.NoKeyringError:
        raise SettingsError(
            "was not asked: this machine has no keyring that can be used", f"install one, {otherwise}"
        ) from None
    except errors.KeyringError as error:
        raise SettingsError(
            f"was not asked: the system's keyring does not answer ({type(error).__name__})",
            f"see to it, {otherwise}",
        ) from None
    if not key:
        raise SettingsError(
            f"was not asked: the system's keyring has no key {name} of {service}",
            f"store it: keyring set {service} {name}; {otherwise}",
        )
    if not is_plain(key):
        raise SettingsError(
            "was not asked: the key in the system's keyring holds what has no place in a header",
            f"store it anew: keyring set {service} {name}",
        )
    return key
