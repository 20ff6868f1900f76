from entitlements.holdings import load_holdings
from entitlements.values import Holdings
from portal.identity.models import Membership

_MEMO = "holdings_of_this_request"


def holdings_for(person: Membership) -> Holdings:
    """What the contact's account holds; loaded once per request, as the person object lives that long.

    Raises ValueError for staff, who hold nothing themselves.
    """
    if person.account is None:
        raise ValueError("Only a contact has an account that holds something")
    if _MEMO not in person.__dict__:
        person.__dict__[_MEMO] = load_holdings(person.account)
    holdings: Holdings = person.__dict__[_MEMO]
    return holdings
