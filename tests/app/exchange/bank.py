"""A server that answers as the European Central Bank's does, on this machine; and what it says."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

# Reference rates of the European Central Bank, 29 and 30 October 2026 of the data set in use.
XML = b"""<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"
 xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
<gesmes:subject>Reference rates</gesmes:subject>
<gesmes:Sender><gesmes:name>European Central Bank</gesmes:name></gesmes:Sender>
<Cube><Cube time="2026-10-30">
<Cube currency="USD" rate="1.1172"/><Cube currency="CNY" rate="7.4326"/>
<Cube currency="JPY" rate="175.68"/><Cube currency="ISK" rate="142.1"/></Cube>
<Cube time="2026-10-29"><Cube currency="USD" rate="1.113"/></Cube></Cube></gesmes:Envelope>
"""
CSV = b"Date,USD,CNY,JPY,XXX,\n2026-10-30,1.1172,7.4326,175.68,9,\n2026-10-29,1.113,N/A,,,\n"
OF_THE_DAY = b"Date, USD, CNY, \n30 October 2026, 1.1172, 7.4326, \n"
"""The CSV of one day writes the day in words."""


@contextmanager
def answering(body: bytes, status: int = 200) -> Iterator[str]:
    """The address of a real server that gives this answer."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "text/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_said: object) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/stats/eurofxref/eurofxref-hist-90d.xml"
    finally:
        server.shutdown()
        server.server_close()
