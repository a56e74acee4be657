"""Connects Python's requests and az to servers with generated certificates, one line of JSON for each case.

    trust.py AZ FOLDER
"""

import base64
import concurrent.futures
import datetime
import ipaddress
import json
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import threading

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, ed448, padding, rsa
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import ExtendedKeyUsageOID as EKU
from cryptography.x509.oid import NameOID

AZ, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2])
NOW = datetime.datetime.now(datetime.timezone.utc)
DAY = datetime.timedelta(days=1)
UTF8, PRINTABLE, BMP, T61, IA5, UNIVERSAL = (
    _ASN1Type.UTF8String, _ASN1Type.PrintableString, _ASN1Type.BMPString, _ASN1Type.T61String,
    _ASN1Type.IA5String, _ASN1Type.UniversalString,
)
ANY = x509.ObjectIdentifier("2.5.29.37.0")


def name(text, kind=UTF8):
    organization = x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Contoso", _type=UTF8)
    return x509.Name([organization, x509.NameAttribute(NameOID.COMMON_NAME, text, _type=kind)])


def p256():
    return ec.generate_private_key(ec.SECP256R1())


class Certificate:
    """A certificate and its key. `by` is the issuer. Without it, the certificate is self-signed. `issuer` is another spelling of
    the issuer's name."""

    def __init__(self, subject, by=None, key=None, hash=hashes.SHA256, start=-DAY, end=365 * DAY, ca=None, path=None,
                 names=(), usage=None, purposes=None, permitted=None, excluded=None, critical=None, issuer=None,
                 pss=False, reuse=None):
        self.subject = name(subject) if isinstance(subject, str) else subject
        self.key = key or p256()
        signer = by or self
        builder = (
            x509.CertificateBuilder().subject_name(self.subject).issuer_name(issuer or signer.subject)
            .public_key(self.key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(NOW + start).not_valid_after(NOW + end)
        )
        if ca is not None:
            builder = builder.add_extension(x509.BasicConstraints(ca, path), critical=True)
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName([general(each) for each in names]), critical=False)
        if usage is not None:
            flags = dict.fromkeys(["digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
                                   "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"], False)
            flags.update(dict.fromkeys(usage, True))
            builder = builder.add_extension(x509.KeyUsage(**flags), critical=True)
        if purposes is not None:
            builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
        if permitted or excluded:
            constraints = x509.NameConstraints(
                [x509.DNSName(each) for each in permitted] if permitted else None,
                [x509.DNSName(each) for each in excluded] if excluded else None,
            )
            builder = builder.add_extension(constraints, critical=True)
        if critical:
            builder = builder.add_extension(
                x509.UnrecognizedExtension(x509.ObjectIdentifier(critical), b"\x05\x00"), critical=True)
        algorithm = None if isinstance(signer.key, (ed25519.Ed25519PrivateKey, ed448.Ed448PrivateKey)) else hash()
        more = {"rsa_padding": padding.PSS(padding.MGF1(hash()), hash.digest_size)} if pss else {}
        self.certificate = builder.sign(signer.key, algorithm, **more)

    @property
    def der(self):
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self):
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def key_pem(self):
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()


class Weak:
    """A certificate signed with RSA and a hash that cryptography no longer signs with."""

    def __init__(self, made, by, digest, last):
        rsa_with = bytes.fromhex("2a864886f70d0101")
        signed = made.certificate.tbs_certificate_bytes.replace(rsa_with + b"\x0b", rsa_with + bytes([last]))
        key = FOLDER / f"weak-{digest}.pem"
        key.write_text(by.key_pem)
        command = ["openssl", "dgst", f"-{digest}", "-sign", key]
        signature = subprocess.run(command, input=signed, capture_output=True, check=True).stdout
        rest = b"\x30\x0d\x06\x09" + rsa_with + bytes([last]) + b"\x05\x00"
        rest += b"\x03\x82" + (len(signature) + 1).to_bytes(2, "big") + b"\x00" + signature
        self.der = b"\x30\x82" + len(signed + rest).to_bytes(2, "big") + signed + rest
        self.pem, self.key_pem = armoured("CERTIFICATE", self.der), made.key_pem


def general(text):
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def root(subject="A root", **more):
    return Certificate(subject, **{"ca": True, "usage": ["key_cert_sign", "crl_sign"], **more})


def authority(subject, by, **more):
    return Certificate(subject, by=by, **{"ca": True, "usage": ["key_cert_sign", "crl_sign"], **more})


def server(by, **more):
    return Certificate("A server", by=by, **{"ca": False, "names": ["localhost"], **more})


def armoured(label, der):
    text = base64.encodebytes(der).decode().replace("\n", "")
    lines = "\n".join(text[at:at + 64] for at in range(0, len(text), 64))
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n"


def trusted(certificate, trust=None, reject=None):
    """OpenSSL's TRUSTED CERTIFICATE: the purposes for which it is trusted or rejected follow the certificate."""
    def encode(tag, content):
        return bytes([tag, len(content)]) + content

    def identifiers(purposes):
        return b"".join(encode(6, purpose) for purpose in purposes)

    settings = b""
    if trust is not None:
        settings += encode(0x30, identifiers(trust))
    if reject is not None:
        settings += encode(0xA0, identifiers(reject))
    return armoured("TRUSTED CERTIFICATE", certificate.der + encode(0x30, settings))


SERVER_AUTH, CLIENT_AUTH, ANY_USE = b"\x2b\x06\x01\x05\x05\x07\x03\x01", b"\x2b\x06\x01\x05\x05\x07\x03\x02", b"\x55\x1d\x25\x00"

CASES = []
FIRST = "of authorities of one name without key identifiers, OpenSSL tries the first one only"


def case(title, bundle, chain, host="localhost", differs=None):
    """`differs` is the reason if az deliberately decides in another way than requests."""
    CASES.append({"title": title, "bundle": bundle, "chain": chain, "host": host, "differs": differs})


def anchors():
    def anchor(title, differs=None, between=0, constrained=None, **more):
        top = root(f"Root of {title}", **more)
        chain = []
        below = top
        for number in range(between):
            below = authority(f"Between {number}", below)
            chain.insert(0, below)
        case(f"anchor: {title}, {between} between", top.pem, [server(below)] + chain, differs=differs)

    for between in (0, 1):
        anchor("good", between=between)
        anchor("expired", between=between, start=-9 * DAY, end=-DAY)
        anchor("not yet valid", between=between, start=DAY)
        anchor("not an authority", between=between, ca=False)
        anchor("not an authority, no usage", between=between, ca=False, usage=None)
        anchor("no basic constraints", between=between, ca=None)
        anchor("no basic constraints, no usage", between=between, ca=None, usage=None)
        anchor("no usage", between=between, usage=None)
        anchor("another usage", between=between, usage=["digital_signature"])
        anchor("only lists of revocations", between=between, usage=["crl_sign"])
        for title, purposes in (("servers", [EKU.SERVER_AUTH]), ("clients", [EKU.CLIENT_AUTH]),
                                ("both", [EKU.CLIENT_AUTH, EKU.SERVER_AUTH]), ("mail", [EKU.EMAIL_PROTECTION])):
            anchor(f"purpose {title}", between=between, purposes=purposes)
        anchor("purpose any", between=between, purposes=[ANY],
               differs="any purpose includes servers, as Go reads it; OpenSSL 3.0 does not")
        anchor("unknown critical extension", between=between, critical="1.2.3.4")
        anchor("permitted name", between=between, permitted=["localhost"])
        anchor("permitted other name", between=between, permitted=["example.com"])
        anchor("excluded name", between=between, excluded=["localhost"])
        anchor("excluded other name", between=between, excluded=["example.com"])
    for length in (0, 1, 2):
        for between in (0, 1, 2, 3):
            anchor(f"path length {length}", between=between, path=length)
    # Self-issued authorities do not count.
    top = root("Renewed", path=0)
    again = authority("Renewed", top)
    case("anchor: path length 0 over a self-issued one", top.pem, [server(again), again],
         differs=FIRST)
    # A pinned server vouches only for itself. If it is an authority, it vouches for others, too.
    for ca in (True, False, None):
        pin = Certificate("Pinned", ca=ca, names=["localhost"], usage=None)
        case(f"pinned itself, ca={ca}", pin.pem, [pin])
        case(f"signed by the pinned one, ca={ca}", pin.pem, [server(pin)])
    for title, more in (("expired", {"start": -9 * DAY, "end": -DAY}), ("not yet", {"start": DAY}),
                        ("other name", {"names": ["example.com"]}), ("clients", {"purposes": [EKU.CLIENT_AUTH]}),
                        ("servers", {"purposes": [EKU.SERVER_AUTH]})):
        pin = Certificate("Pinned", **{"ca": True, "names": ["localhost"], **more})
        case(f"pinned, {title}", pin.pem, [pin])
    top = root()
    partial = "a certificate of the bundle is trusted without its root, as newer Pythons do (X509_V_FLAG_PARTIAL_CHAIN)"
    pin = server(top)
    case("pinned, issued by an authority", pin.pem, [pin], differs=partial)
    other = server(pin)
    case("signed by a pinned one that an authority issued", pin.pem, [other, pin])
    case("signed by a pinned one, with the root", pin.pem + top.pem, [other, pin])
    between = authority("Between", top)
    case("anchor is in between", between.pem, [server(between)], differs=partial)
    case("anchor is in between and sent", between.pem, [server(between), between], differs=partial)
    case("both are anchors", between.pem + top.pem, [server(between), between])
    case("root is sent, too", top.pem, [server(between), between, top])
    case("in between is not sent", top.pem, [server(between)])
    case("in between comes from the bundle", top.pem + between.pem, [server(between)])
    case("wrong order", top.pem, [server(between), top, between])
    # Of two authorities with one name, the authority that has signed decides.
    old, new = root("Twice", start=-9 * DAY, end=-DAY), root("Twice")
    case("the key of another of that name", old.pem, [server(new)])
    case("an expired and a good one of one key",
         Certificate("Twice", key=new.key, ca=True, start=-9 * DAY, end=-DAY).pem + new.pem, [server(new)])
    case("two of one name, the other one first", old.pem + new.pem, [server(new)])


def between():
    top = root()
    for title, more in (
        ("good", {}), ("expired", {"start": -9 * DAY, "end": -DAY}), ("not yet valid", {"start": DAY}),
        ("not an authority", {"ca": False}), ("path length 0", {"path": 0}), ("purpose clients", {"purposes": [EKU.CLIENT_AUTH]}),
        ("permitted other name", {"permitted": ["example.com"]}), ("critical", {"critical": "1.2.3.4"}),
    ):
        below = authority("Between", top, **more)
        case(f"between: {title}", top.pem, [server(below), below])
        lower = authority("Lower", below)
        case(f"between, two: {title}", top.pem, [server(lower), lower, below])
    for count in (4, 6, 7, 8):
        below, chain = top, []
        for number in range(count):
            below = authority(f"Between {number}", below)
            chain.insert(0, below)
        case(f"{count} between", top.pem, [server(below)] + chain,
             differs="at most six authorities in between" if count > 6 else None)


def servers():
    top = root()
    for title, host, more in (
        ("good", "localhost", {}), ("expired", "localhost", {"start": -9 * DAY, "end": -DAY}),
        ("not yet valid", "localhost", {"start": DAY}), ("other name", "localhost", {"names": ["example.com"]}),
        ("no name", "localhost", {"names": ()}), ("address", "127.0.0.1", {"names": ["127.0.0.1"]}),
        ("other address", "127.0.0.1", {"names": ["127.0.0.2"]}), ("name for an address", "127.0.0.1", {}),
        ("address as a name", "127.0.0.1", {"names": ["localhost"]}),
        ("purpose clients", "localhost", {"purposes": [EKU.CLIENT_AUTH]}),
        ("purpose servers", "localhost", {"purposes": [EKU.SERVER_AUTH]}),
        ("no basic constraints", "localhost", {"ca": None}), ("critical", "localhost", {"critical": "1.2.3.4"}),
    ):
        case(f"server: {title}", top.pem, [server(top, **more)], host=host)
    case("server: an authority", top.pem, [server(top, ca=True)], differs="a server's certificate that is an authority's is refused")
    case("self-signed", top.pem, [Certificate("Alone", names=["localhost"])])
    case("self-signed authority", top.pem, [Certificate("Alone", ca=True, names=["localhost"])])
    case("self-signed with the issuer's name", top.pem, [Certificate("A root", names=["localhost"])])
    case("another root", top.pem, [server(root("Another root"))])


def keys():
    curves = {"P-256": ec.SECP256R1, "P-384": ec.SECP384R1, "P-521": ec.SECP521R1}
    for curve, made in curves.items():
        for hash in (hashes.SHA256, hashes.SHA384, hashes.SHA512):
            top = root(key=ec.generate_private_key(made()), hash=hash)
            below = authority("Between", top, key=ec.generate_private_key(made()), hash=hash)
            leaf = server(below, key=ec.generate_private_key(made()), hash=hash)
            case(f"{curve} with {hash.name}", top.pem, [leaf, below])
    for curve, made in (("P-224", ec.SECP224R1), ("secp256k1", ec.SECP256K1), ("brainpoolP256r1", ec.BrainpoolP256R1)):
        top = root(key=ec.generate_private_key(made()))
        case(f"anchor on {curve}", top.pem, [server(top)], differs="curves other than P-256, P-384, P-521")
    big = rsa.generate_private_key(65537, 2048)
    for bits in (1024, 2048, 3072):
        top = root(key=big if bits == 2048 else rsa.generate_private_key(65537, bits))
        case(f"anchor with RSA-{bits}", top.pem, [server(top)])
        case(f"server with RSA-{bits}", (good := root()).pem, [server(good, key=top.key)])
        between = authority("Between", good, key=top.key)
        case(f"between with RSA-{bits}", good.pem, [server(between), between])
    top = root(key=big)
    for digest, last in (("sha1", 5), ("md5", 4)):
        case(f"RSA with {digest}", top.pem, [Weak(server(top), top, digest, last)])
    for hash in (hashes.SHA224, hashes.SHA256, hashes.SHA384, hashes.SHA512):
        for title, key in (("RSA", big), ("P-256", p256())):
            top = root(key=key)
            leaf = server(top, hash=hash)
            case(f"{title} with {hash.name}", top.pem, [leaf], differs="SHA-224" if hash is hashes.SHA224 else None)
    top = root(key=big)
    case("RSA-PSS", top.pem, [server(top, pss=True)])
    top = root(key=ed25519.Ed25519PrivateKey.generate())
    case("Ed25519", top.pem, [server(top)])
    top = root(key=ed448.Ed448PrivateKey.generate())
    case("Ed448", top.pem, [server(top)], differs="Ed448")


def spellings():
    for title, one, other in (
        ("another type", name("Corp Root", UTF8), name("Corp Root", PRINTABLE)),
        ("another type, reversed", name("Corp Root", PRINTABLE), name("Corp Root", UTF8)),
        ("BMP", name("Corp Root", UTF8), name("Corp Root", BMP)), ("T61", name("Corp Root", T61), name("Corp Root", UTF8)),
        ("IA5", name("Corp Root", IA5), name("Corp Root", PRINTABLE)),
        ("Universal", name("Corp Root", UTF8), name("Corp Root", UNIVERSAL)),
        ("another case", name("Corp Root"), name("CORP root")), ("blanks", name("Corp Root"), name(" Corp   Root ")),
        ("both", name("Corp Root", PRINTABLE), name("corp  ROOT", BMP)),
        ("another text", name("Corp Root"), name("CorpRoot")), ("umlauts", name("Käse"), name("KÄSE")),
    ):
        top = root(one)
        case(f"name of the anchor: {title}", top.pem, [server(top, issuer=other)])
        between = authority("Between", top, issuer=other)
        case(f"name of the anchor above another: {title}", top.pem, [server(between), between])
        top = root()
        between = authority(one, top)
        case(f"name between: {title}", top.pem, [server(between, issuer=other), between])
        lower = authority("Lower", between, issuer=other)
        case(f"name of the upper one between: {title}", top.pem, [server(lower), lower, between])
    # Constraints and path lengths apply to every spelling.
    for title, more in (("path length", {"path": 0}), ("constraints", {"permitted": ["example.com"]}), ("expired", {"start": -9 * DAY, "end": -DAY})):
        top = root("Corp Root", **more)
        between = authority("Between", top, issuer=name("CORP ROOT"))
        lower = authority("Lower", between, issuer=name("BETWEEN"))
        case(f"another spelling: {title} of the root", top.pem, [server(lower, issuer=name("LOWER")), lower, between])
        top = root("Corp Root")
        between = authority("Between", top, issuer=name("CORP ROOT"), **more)
        lower = authority("Lower", between, issuer=name("BETWEEN"))
        case(f"another spelling: {title} between", top.pem, [server(lower, issuer=name("LOWER")), lower, between])


def bundles():
    top = root()
    leaf = [server(top)]
    crlf = top.pem.replace("\n", "\r\n")
    wide = armoured("CERTIFICATE", top.der).replace("\n", "")
    one_line = "-----BEGIN CERTIFICATE-----\n" + base64.b64encode(top.der).decode() + "\n-----END CERTIFICATE-----\n"
    others = "".join(root(f"Another {number}").pem for number in range(30))
    broken = top.pem.replace("M", "!")
    key = top.key_pem
    for title, text in (
        ("CRLF", crlf), ("one line of base64", one_line), ("all in one line", wide), ("blanks before lines", top.pem.replace("\n", "\n ")),
        ("blanks behind lines", top.pem.replace("\n", "  \n")), ("thirty others before", others + top.pem),
        ("thirty others behind", top.pem + others), ("a text before", "Some text\n\n" + top.pem), ("no line break at the end", top.pem.rstrip()),
        ("a comment with the marker", "# -----BEGIN CERTIFICATE-----\n" + top.pem),
        ("a comment with the marker in its middle", "see -----BEGIN CERTIFICATE----- below\n" + top.pem),
        ("commented out, first line only", "# " + top.pem), ("commented out", "# " + top.pem.strip().replace("\n", "\n# ") + "\n"),
        ("commented out beside another", others + "# " + top.pem), ("X509 CERTIFICATE", armoured("X509 CERTIFICATE", top.der)),
        ("X509 CERTIFICATE behind others", others + armoured("X509 CERTIFICATE", top.der)),
        ("TRUSTED without settings", armoured("TRUSTED CERTIFICATE", top.der)), ("TRUSTED with empty ones", trusted(top)),
        ("TRUSTED for servers", trusted(top, trust=[SERVER_AUTH])), ("TRUSTED for clients", trusted(top, trust=[CLIENT_AUTH])),
        ("TRUSTED for any", trusted(top, trust=[ANY_USE])), ("TRUSTED, not for servers", trusted(top, reject=[SERVER_AUTH])),
        ("TRUSTED, not for clients", trusted(top, reject=[CLIENT_AUTH])), ("TRUSTED, not for any", trusted(top, reject=[ANY_USE])),
        ("TRUSTED behind others", others + trusted(top, trust=[SERVER_AUTH])),
        ("with its key", key + top.pem), ("key only", key), ("empty", ""), ("blank", " \n\n"), ("text", "no certificate\n"),
        ("broken", broken), ("cut off", top.pem[:200]), ("byte order mark", "\ufeff" + top.pem), ("UTF-16", top.pem.encode("utf-16")),
        ("other labels", armoured("CERTIFICATE REQUEST", top.der)), ("labels differ", top.pem.replace("END CERT", "END X509 CERT")),
        ("DER", top.der), ("binary", bytes(range(256))), ("long comment", "#" + "x" * 100_000 + "\n" + top.pem),
    ):
        case(f"bundle: {title}", text, leaf,
             differs="blanks before a line do not count" if title == "blanks before lines" else None)
    case("bundle: a damaged one behind", top.pem + broken, leaf, differs="a bundle is not read to its end")
    case("bundle: missing", None, leaf)
    case("bundle: directory", {"hashed": top}, leaf)
    case("bundle: directory, second of a hash", {"hashed": top, "first": root()}, leaf, differs=FIRST)
    case("bundle: directory of names", {"root.pem": top}, leaf)
    case("bundle: empty directory", {}, leaf)
    case("bundle: directory, other spelling", {"hashed": top}, [server(top, issuer=name("a ROOT", PRINTABLE))])
    between = authority("Between", top)
    case("bundle: directory, with one between", {"hashed": top}, [server(between), between])
    case("bundle: directory, pinned", {"hashed": (pin := Certificate("Pinned", ca=True, names=["localhost"]))}, [pin])


def handshakes():
    big = rsa.generate_private_key(65537, 2048)
    top = root()
    chain = [server(top, key=big)]

    def handshake(title, prepare, differs=None):
        case(f"handshake: {title}", top.pem, chain, differs=differs)
        CASES[-1]["prepare"] = prepare

    def only(version, ciphers=None):
        def prepare(context):
            context.minimum_version = context.maximum_version = version
            if ciphers:
                context.set_ciphers(ciphers)
        return prepare

    def client_certificate(version):
        def prepare(context):
            only(version)(context)
            context.verify_mode = ssl.CERT_REQUIRED
        return prepare

    twelve, thirteen = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
    handshake("TLS 1.3", only(thirteen))
    for suite in ("ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305"):
        handshake(suite, only(twelve, suite))
    for suite in ("ECDHE-RSA-AES128-SHA256", "ECDHE-RSA-AES256-SHA384"):
        handshake(suite, only(twelve, suite), differs="TLS 1.2 with ECDHE and AES-GCM or ChaCha20-Poly1305 only")
    handshake("DHE-RSA-AES128-GCM-SHA256", only(twelve, "DHE-RSA-AES128-GCM-SHA256"))
    handshake("AES128-SHA", only(twelve, "AES128-SHA:@SECLEVEL=0"))
    handshake("TLS 1.1", only(ssl.TLSVersion.TLSv1_1, "ALL:@SECLEVEL=0"))
    handshake("TLS 1.2 and a client's certificate", client_certificate(twelve))
    handshake("TLS 1.3 and a client's certificate", client_certificate(thirteen))


def subject_hash(certificate):
    found = subprocess.run(["openssl", "x509", "-noout", "-hash"], input=certificate.pem, capture_output=True, text=True, check=True)
    return found.stdout.strip()


def write(number, bundle):
    path = FOLDER / f"bundle-{number}"
    if isinstance(bundle, dict):
        path.mkdir()
        for file, certificate in bundle.items():
            place = {"first": 0, "hashed": 1 if "first" in bundle else 0}.get(file)
            file = file if place is None else f"{subject_hash(certificate)}.{place}"
            (path / file).write_text(certificate.pem)
    elif bundle is not None:
        path.write_bytes(bundle if isinstance(bundle, bytes) else bundle.encode())
    return path


BODY = b'{"identity":{"id":"8:acs:made"}}'
ANSWER = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(BODY) + BODY


def serve(listener, context):
    def answer(plain):
        try:
            with context.wrap_socket(plain, server_side=True) as stream:
                stream.settimeout(20)
                if stream.recv(4096):
                    stream.sendall(ANSWER)
        except (OSError, ssl.SSLError):
            plain.close()

    while True:
        try:
            plain, _ = listener.accept()
        except OSError:
            return
        plain.settimeout(20)
        threading.Thread(target=answer, args=(plain,), daemon=True).start()


def run(number, one):
    chain = one["chain"]
    shown, key = FOLDER / f"chain-{number}.pem", FOLDER / f"key-{number}.pem"
    shown.write_text("".join(each.pem for each in chain))
    key.write_text(chain[0].key_pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.load_cert_chain(shown, key)
    one.get("prepare", lambda context: None)(context)
    bundle = write(number, one["bundle"])
    listener = socket.create_server(("127.0.0.1", 0), backlog=16)
    port = listener.getsockname()[1]
    threading.Thread(target=serve, args=(listener, context), daemon=True).start()
    session = requests.Session()
    session.trust_env = False
    try:
        reference = "ok" if session.post(f"https://{one['host']}:{port}/", verify=str(bundle), timeout=60).ok else "status"
    except (requests.RequestException, OSError) as error:
        reference = str(error)
    environment = {
        "HOME": str(FOLDER), "AZURE_CONFIG_DIR": str(FOLDER / ".azure"), "PATH": "/usr/bin:/bin", "REQUESTS_CA_BUNDLE": str(bundle),
        "AZURE_COMMUNICATION_CONNECTION_STRING": f"endpoint=https://{one['host']}:{port}/;accesskey=c2VjcmV0",
        "AZURE_COMMUNICATION_EMULATOR_DATA_DIR": str(FOLDER / "none"),
    }
    command = [AZ, "communication", "user-identity", "user", "create", "--only-show-errors"]
    ours = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    listener.close()
    return {"title": one["title"], "requests": reference, "az": "ok" if ours.returncode == 0 else ours.stderr,
            "exit": ours.returncode, "differs": one["differs"]}


def main():
    for group in (anchors, between, servers, keys, spellings, bundles, handshakes):
        group()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for result in pool.map(lambda pair: run(*pair), enumerate(CASES)):
            print(json.dumps(result), flush=True)


main()
