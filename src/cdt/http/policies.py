"""What a page may load and run: the content security policy of each answer."""

NONCE_PLACE = "CSP-NONCE"
"""What stands in a built page where the nonce of each answer goes."""


def policy(*, styles: str = "", workers: str = "", fonts: str = "") -> str:
    """The policy of an answer: everything from here alone, no script and no style written into a page.

    >>> "style-src 'self';" in policy()
    True
    """
    return (
        f"default-src 'self'; script-src 'self'; style-src 'self'{styles}; img-src 'self' data:;"
        f" font-src 'self'{fonts}; worker-src 'self'{workers}; connect-src 'self'; object-src 'none'; base-uri 'none';"
        " frame-ancestors 'none'; form-action 'self'"
    )


def policy_of_dashboard(nonce: str) -> str:
    """The dashboard writes styles that name the nonce of their answer."""
    return policy(styles=f" 'nonce-{nonce}'")


POLICY_OF_EXPLORER = policy(styles=" 'unsafe-inline'", workers=" blob:", fonts=" data:")
"""GraphiQL's editor writes styles without a nonce, and works in workers and with a font of its own making."""
