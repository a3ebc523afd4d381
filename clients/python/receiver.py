"""Receives webhooks signed as Standard Webhooks 1.0.0 say. Standard library only."""

import base64
import hashlib
import hmac
import json
import os
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = base64.b64decode(os.environ["SECRET"].removeprefix("whsec_"))
TOLERANCE_S = 300
seen = set()  # A real receiver keeps these in its database.


def is_signed(headers, body):
    """Whether the request comes from whoever knows the secret, and is not old."""
    webhook_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not timestamp.isdigit() or abs(time.time() - int(timestamp)) > TOLERANCE_S:
        return False
    content = f"{webhook_id}.{timestamp}.".encode() + body
    expected = base64.b64encode(hmac.new(KEY, content, hashlib.sha256).digest()).decode()
    given = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(one.encode(), f"v1,{expected}".encode()) for one in given)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if not is_signed(self.headers, body):
            return self.answer(401, "refused")
        webhook_id = self.headers["webhook-id"]
        if webhook_id in seen:
            return self.answer(204, f"repeat {webhook_id}")
        seen.add(webhook_id)
        event = json.loads(body)
        self.answer(204, f"verified {webhook_id} {event['type']}")

    def answer(self, status, line):
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()
        print(line, flush=True)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "9000"))), Receiver)
    print(f"listening on {server.server_port}", flush=True)
    server.serve_forever()
