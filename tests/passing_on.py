"""A port in front of a server, for tests: whatever comes is passed on, both ways."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread


@contextmanager
def passing_on(
    port: int,
    host: str = "127.0.0.1",
    context: ssl.SSLContext | None = None,
    on_data: Callable[[bytes], None] = lambda _: None,
) -> Iterator[int]:
    """Pass on to a port of this machine what comes to one of `host`; give that. With `context` it comes by TLS.

    `on_data` hears what comes, piece by piece.
    """

    class PassOn(BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port)) as inner:
                outer = context.wrap_socket(self.request, server_side=True) if context else self.request
                with outer:
                    back = Thread(target=pump, args=(inner, outer, lambda _: None))
                    back.start()
                    pump(outer, inner, on_data)
                    back.join()

    def pump(source: socket.socket, sink: socket.socket, hear: Callable[[bytes], None]) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                hear(data)
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)

    class Proxy(ThreadingTCPServer):
        daemon_threads = True
        request_queue_size = 128

    with Proxy((host, 0), PassOn) as proxy:
        Thread(target=proxy.serve_forever, args=(0.01,)).start()
        try:
            yield proxy.server_address[1]
        finally:
            proxy.shutdown()
