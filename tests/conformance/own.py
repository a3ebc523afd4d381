#!/usr/bin/env python3
"""Our own cases, beside the shared ones: the same harness over `own/`, with some more routes.

  own.py record|check|diff|selftest|list …    as harness.py; goldens are in own/golden/

Routes for answers that the shared server has no need of are under `/odd/`."""
import base64, gzip, json, os, re, subprocess, sys, time, zlib
from urllib.parse import parse_qsl, unquote, urlsplit

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import harness, server  # noqa: E402
from server import Resp  # noqa: E402

harness.CASES = os.path.join(HERE, "own")
harness.GOLDEN = os.path.join(HERE, "own", "golden")
TEXT = b'{"word":"wire"}'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def coded(body, coding):
    return Resp(200, body, [("Content-Encoding", coding)], "application/json")


def raw_deflate(body):
    c = zlib.compressobj(9, zlib.DEFLATED, -15)
    return c.compress(body) + c.flush()


def sized(body):
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


# Bodies with a coding, some of them broken.
CODED = {
    "deflate-raw": lambda: coded(raw_deflate(TEXT), "deflate"),
    "gzip-bad": lambda: coded(b"this is no gzip", "gzip"),
    "gzip-cut": lambda: coded(gzip.compress(TEXT * 50)[:-12], "gzip"),
    "gzip-tail": lambda: coded(gzip.compress(TEXT) + b"tail", "gzip"),
    "gzip-two": lambda: coded(gzip.compress(b'{"a":') + gzip.compress(b"1}"), "gzip"),
    "gzip-empty": lambda: coded(b"", "gzip"),
    "gzip-upper": lambda: coded(gzip.compress(TEXT), "GZIP"),
    "x-gzip": lambda: coded(gzip.compress(TEXT), "x-gzip"),
    "gzip-deflate": lambda: coded(gzip.compress(zlib.compress(TEXT)), "deflate, gzip"),
    "identity": lambda: coded(TEXT, "identity"),
    "unknown": lambda: coded(TEXT, "squash"),
    "br-bad": lambda: coded(b"this is no brotli", "br"),
    "deflate-bad": lambda: coded(b"this is no deflate", "deflate"),
}
# Answers written byte for byte; `True`: the connection is closed after it.
RAW = {
    "no-length": (HEAD + b"Connection: close\r\n\r\n" + TEXT, True),
    "http10": (b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n" + TEXT, True),
    "continue": (b"HTTP/1.1 100 Continue\r\n\r\n" + HEAD + sized(TEXT), False),
    "hints": (b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n" + HEAD + sized(TEXT), False),
    "no-reason": (b"HTTP/1.1 200\r\n" + sized(TEXT), False),
    "empty-reason": (b"HTTP/1.1 200 \r\n" + sized(TEXT), False),
    "code-299": (b"HTTP/1.1 299 Own\r\n" + sized(TEXT), False),
    "code-999": (b"HTTP/1.1 999 Own\r\n" + sized(TEXT), False),
    "code-099": (b"HTTP/1.1 099 Own\r\n" + sized(TEXT), False),
    "code-204-body": (b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", False),
    "code-205": (b"HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n", False),
    "code-304-length": (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 15\r\n\r\n", False),
    "latin1-header": (HEAD + b"X-Name: caf\xe9\r\n" + sized(TEXT), False),
    "utf8-header": (HEAD + b"X-Name: caf\xc3\xa9\r\n" + sized(TEXT), False),
    "empty-header": (HEAD + b"X-Empty:\r\nX-Blank:   \r\n" + sized(TEXT), False),
    "odd-case": (HEAD + b"x-ONE: 1\r\nX-one: 2\r\n" + sized(TEXT), False),
    "many-headers": (HEAD + b"".join(b"X-N%d: %d\r\n" % (n, n) for n in range(150)) + sized(TEXT), False),
    "long-header": (HEAD + b"X-Long: " + b"a" * 10000 + b"\r\n" + sized(TEXT), False),
    "big-header": (HEAD + b"X-Big: " + b"a" * 100000 + b"\r\n" + sized(TEXT), False),
    "chunk-ext": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nalpha\r\n0\r\nX-Trailer: t\r\n\r\n", False),
    "chunk-bad": (HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nalpha\r\n0\r\n\r\n", True),
    "chunk-cut": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nalp", True),
    "chunk-no-end": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nalpha\r\n", True),
    "length-bad": (HEAD + b"Content-Length: abc\r\n\r\n" + TEXT, True),
    "length-twice": (HEAD + b"Content-Length: 15\r\nContent-Length: 15\r\n\r\n" + TEXT, True),
    "length-differs": (HEAD + b"Content-Length: 15\r\nContent-Length: 10\r\n\r\n" + TEXT, True),
    "length-short": (HEAD + b"Content-Length: 5\r\n\r\n" + TEXT, True),
    "length-and-chunked": (HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nalpha\r\n0\r\n\r\n", True),
    "lf-only": (b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok", True),
    "folded": (HEAD + b"X-Fold: a\r\n b\r\n" + sized(TEXT), True),
    "blank-name": (HEAD + b"X Bad: a\r\n" + sized(TEXT), True),
    "head-cut": (b"HTTP/1.1 200 OK\r\nContent-Ty", True),
    "version": (b"HTTP/3.7 200 OK\r\n" + sized(TEXT), True),
    "icy": (b"ICY 200 OK\r\n\r\nmusic", True),
    "blank-line": (b"\r\n\r\n" + HEAD + sized(TEXT), False),
}
# Bodies in odd encodings.
TYPED = {
    "utf16": ('{"w":"é"}'.encode("utf-16"), "application/json; charset=utf-16"),
    "utf16le": ('{"w":"é"}'.encode("utf-16-le"), "application/json; charset=utf-16le"),
    "latin1": ("é".encode("latin-1"), "text/plain; charset=latin1"),
    "windows-1252": ("€".encode("cp1252"), "text/plain; charset=windows-1252"),
    "shift-jis": ("日本".encode("shift-jis"), "text/plain; charset=Shift_JIS"),
    "unknown-charset": ("é".encode(), "text/plain; charset=klingon"),
    "bad-utf8": (b"a\xff\xfeb", "text/plain; charset=utf-8"),
    "no-type": ("é".encode(), None),
    "json-as-html": (TEXT, "text/html"),
    "json-as-text": (b"\xef\xbb\xbf" + TEXT, "text/plain"),
    "html-as-json": (b"<p>no</p>", "application/json"),
    "empty-json": (b"", "application/json"),
    "quoted-charset": ("é".encode("latin-1"), 'text/plain; charset="iso-8859-1"'),
    "nul": (b"a\0b", "text/plain"),
}


def counted(name):
    with server.LOCK:
        n = server.STATE["counters"][name] = server.STATE["counters"].get(name, 0) + 1
    return n


def digest(r, kind):
    """Challenges of many kinds; the answer tells what came. Only the nonce is looked at."""
    got = server.params_of(r.get("authorization") or "") if (r.get("authorization") or "").startswith("Digest ") else None
    now = server.STATE["counters"].get("nonce " + kind, 0)
    nonce = "nonce-%d" % now if kind in ("turn", "stale") else "nonce"
    if got and got.get("nonce") == nonce and not kind.startswith("never"):
        if kind == "turn":      # the next request needs the next nonce
            counted("nonce " + kind)
        if kind == "stale" and got.get("nc") == "00000002":
            counted("nonce " + kind)
        raise Resp(200, {k: got.get(k) for k in ("username", "realm", "nonce", "nc", "qop", "algorithm", "opaque")})
    parts = {"realm": 'realm="zone"', "nonce": 'nonce="%s"' % nonce, "qop": 'qop="auth"', "opaque": 'opaque="o"'}
    if kind.startswith("no-"):
        del parts[kind[3:]]
    if kind == "quotes":
        parts["realm"] = 'realm="a \\"b\\" c"'
    if kind == "int":
        parts["qop"] = 'qop="auth-int"'
    if kind == "stale" and got:
        parts["stale"] = "stale=true"
    line = ("digest " if kind == "lower" else "Digest ") + ", ".join(parts.values())
    lines = {"basic": ['Basic realm="zone"'], "two": ['Basic realm="b"', line]}.get(kind, [line])
    raise Resp(403 if kind == "never403" else 401, {"got": r.get("authorization") and r.get("authorization")[:6]}, [("WWW-Authenticate", x) for x in lines])


def odd(r, name, rest, q, rows):
    if name in CODED:
        raise CODED[name]()
    if name in RAW:
        body, close = RAW[name]
        raise Resp(raw=body, close=close)
    if name in TYPED:
        body, kind = TYPED[name]
        raise Resp(200, body, [], kind)
    if name == "cookie":        # ?c=<line>&c=<line>
        raise Resp(int(q.get("code", 200)), {"set": True}, [("Set-Cookie", v) for k, v in rows if k == "c"]
                   + ([("Location", q["to"])] if "to" in q else []))
    if name == "to":            # /odd/to/<code>?l=<location>
        raise Resp(int(rest[0]), b"moved", [("Location", v) for k, v in rows if k == "l"])
    if name == "loop":
        raise Resp(302, b"", [("Location", r.target)])
    if name == "early":         # an answer before the body of the request is read
        raise Resp(413, {"too": "large"})
    if name == "hang":
        time.sleep(4)
        raise Resp(200, {"late": True})
    if name == "once":          # the second answer on a connection is lost
        raise Resp(raw=HEAD + sized(TEXT), close=True)
    if name == "keep":
        raise Resp(200, {"kept": True})
    if name == "charset":       # words where one charset holds them, else all bytes from 0xA1 on
        words = {"shift": "日本 ｱ", "euc-j": "日本", "big5": "中文", "gb": "中文", "euc-k": "한국", "cp949": "한국"}
        word = next((w for start, w in words.items() if rest[0].lower().startswith(start)), None)
        body = word.encode(rest[0].lower()) if word else bytes(range(0xA1, 0x100)) + b" \x80\x95"
        raise Resp(200, b"A\\~ " + body, [], "text/plain; charset=" + rest[0])
    if name == "digest":
        digest(r, rest[0])


def handle(r, connection):
    target = r.target
    if target.startswith("http"):
        target = "/" + target.split("/", 3)[3] if target.count("/") >= 3 else "/"
    u = urlsplit(target if target.startswith("/") else "/" + target)
    seg = [unquote(x) for x in u.path.split("/") if x]
    if seg[:1] == ["odd"]:
        rows = parse_qsl(u.query, keep_blank_values=True)
        odd(r, seg[1], seg[2:], dict(rows), rows)
        raise Resp(404, {"no": "such route"})
    shared(r, connection)


shared, server.handle = server.handle, handle


def mask_signatures(s):
    """Replaces the signature of each token (and of one that was read into its JSON) by a key that is made on this machine."""
    def token(m):
        head = base64.urlsafe_b64decode(m[1] + "=" * (-len(m[1]) % 4)).decode("utf-8", "replace")
        return m[1] + "." + m[2] + ".OWN_KEYS_SIGNATURE" if re.search(OWN_KEYS, head) else m[0]
    s = re.sub(r"\b(eyJ[\w-]+)\.([\w-]*)\.([\w-]{40,})", token, s)
    return re.sub(r"(\{[^{}]*" + OWN_KEYS + r"[^{}]*\}\{[^{}]*\})[\w-]{40,}?(?=\d{3}\b|$)", r"\1OWN_KEYS_SIGNATURE", s)


OWN_KEYS = r'"alg\\?":\s*\\?"(?:RS|PS|ES)\d'


class Bench(harness.Bench):
    """The shared bench, with a key on the curve P-256 besides."""

    def __init__(self, *given):
        super().__init__(*given)
        path = os.path.join(harness.CERTS, "ec.key")
        if not os.path.exists(path):
            subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", path], check=True)
        self.tokens["@@EC_KEY@@"] = json.dumps(open(path).read())[1:-1]

    def norm(self, s):
        """Signatures by this machine's own keys differ from those of another."""
        return mask_signatures(super().norm(s))


harness.Bench = Bench

if __name__ == "__main__":
    sys.exit(harness.main())
