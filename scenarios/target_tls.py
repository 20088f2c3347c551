"""How https is spoken with a target, by whichever library speaks it."""

import ssl
from typing import TypeVar

from scenarios.target import TargetError, Tls

Context = TypeVar("Context", bound=ssl.SSLContext)


def tls_context(tls: Tls, kind: type[Context]) -> Context:
    """Give the context of a target file's [tls], of the class that the caller's sockets need. Raises TargetError."""
    context = kind(ssl.PROTOCOL_TLS_CLIENT)
    context.set_alpn_protocols(["http/1.1"])
    try:
        if not tls.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        elif tls.ca_file is not None:
            context.load_verify_locations(tls.ca_file)
        else:
            context.load_default_certs()
        if tls.client_certificate is not None:
            context.load_cert_chain(tls.client_certificate, tls.client_key)
    except OSError as error:
        raise TargetError(f"[tls]: a file of certificates cannot be used: {error}") from None
    return context
