"""Every change to what accounts hold."""

from entitlements.actions.allowances import cancel_allowance_use, note_allowance_use
from entitlements.actions.contracts import cancel_contract, sign_contract
from entitlements.actions.installations import (
    add_installation,
    change_installation,
    restore_installation,
    retire_installation,
)

__all__ = [
    "add_installation",
    "cancel_allowance_use",
    "cancel_contract",
    "change_installation",
    "note_allowance_use",
    "restore_installation",
    "retire_installation",
    "sign_contract",
]
