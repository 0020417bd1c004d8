"""A certificate made on the spot, and a time-stamping authority that is spoken to over HTTP."""

import datetime
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.utils import timezone
from pyhanko.sign.timestamps import DummyTimeStamper

PASSPHRASE = "open sesame"
DAY = datetime.timedelta(days=1)


def _issued(key, name, *, begins=-DAY, ends=365 * DAY, may_sign=True, stamps=False):
    now = timezone.now()
    named = [x509.NameAttribute(NameOID.COMMON_NAME, name)]
    named.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Programme of Cities"))
    subject = x509.Name(named)
    use = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign",
         "encipher_only", "decipher_only"), False,
    )  # fmt: skip
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + begins)
        .not_valid_after(now + ends)
        .add_extension(
            x509.KeyUsage(digital_signature=may_sign, content_commitment=may_sign, **use), True
        )
    )
    if stamps:
        built = built.add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True
        )
    return built.sign(key, hashes.SHA256())


def pkcs12_of(name="Publishing office", **options):
    """Return a PKCS#12 file with a new key and certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    secret = serialization.BestAvailableEncryption(PASSPHRASE.encode())
    return pkcs12.serialize_key_and_certificates(
        b"seal", key, _issued(key, name, **options), None, secret
    )


def certificate_of(key):
    """Return the certificate of a PKCS#12 file (PEM), with a remark before it, as OpenSSL does."""
    _key, found, _others = pkcs12.load_key_and_certificates(key, PASSPHRASE.encode())
    return b"Bag Attributes\n" + found.public_bytes(serialization.Encoding.PEM)


class Authority:
    """A time-stamping authority.

    ``does`` says how it behaves when it is asked: ``answers``, ``refuses``, ``points`` elsewhere,
    ``babbles`` or ``is_silent``.
    """

    def __init__(self):
        key = rsa.generate_private_key(65537, 2048)
        issued = _issued(key, "Time", stamps=True)
        der = serialization.Encoding.DER
        plain = (der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        certificate = asn1_x509.Certificate.load(issued.public_bytes(der))
        self._stamper = DummyTimeStamper(
            certificate, keys.PrivateKeyInfo.load(key.private_bytes(*plain))
        )
        self.does = "answers"
        self.asked = 0
        self.authorization = None
        self.hung_up = threading.Event()

    def stamp(self, question):
        return self._stamper.request_tsa_response(tsp.TimeStampReq.load(question)).dump()


@contextmanager
def authority() -> Iterator[tuple[str, Authority]]:
    """Serve an authority on this machine; yields its address, and what it does."""
    found = Authority()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            question = self.rfile.read(int(self.headers["Content-Length"]))
            found.asked += 1
            found.authorization = self.headers["Authorization"]
            if found.does == "is_silent":
                self.rfile.read()
                found.hung_up.set()
                return
            kind, content, status = "application/timestamp-reply", b"", 200
            if found.does == "answers":
                content = found.stamp(question)
            elif found.does == "points":
                status = 307
            elif found.does == "refuses":
                kind, status = "text/html", 503
            else:
                content = b"0" * 100_000
            self.send_response(status)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/tsa", found
    finally:
        server.shutdown()
        server.server_close()
