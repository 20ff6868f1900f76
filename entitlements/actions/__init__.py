"""Every change to what accounts hold."""

from entitlements.actions.allowances import cancel_allowance_use, note_allowance_use
from entitlements.actions.contracts import cancel_contract, sign_contract
from entitlements.actions.grants import grant_feature, revoke_grant
from entitlements.actions.imports import import_contracts
from entitlements.actions.installations import (
    add_installation,
    change_installation,
    restore_installation,
    retire_installation,
)
from entitlements.actions.lifetimes import (
    extend_contract,
    first_day_of_change,
    renew_contract,
    set_grace,
    upgrade_contract,
)

__all__ = [
    "add_installation",
    "cancel_allowance_use",
    "cancel_contract",
    "change_installation",
    "extend_contract",
    "first_day_of_change",
    "grant_feature",
    "import_contracts",
    "note_allowance_use",
    "renew_contract",
    "restore_installation",
    "retire_installation",
    "revoke_grant",
    "set_grace",
    "sign_contract",
    "upgrade_contract",
]
