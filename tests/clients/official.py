"""Checks requests, one JSON object a line ({"headers", "body"}), with the official standardwebhooks package."""

import json
import os
import sys

from standardwebhooks import Webhook

webhook = Webhook(os.environ["SECRET"])
for line in sys.stdin:
    request = json.loads(line)
    try:
        event = webhook.verify(request["body"], request["headers"])
        print("verified", request["headers"]["webhook-id"], event["type"], flush=True)
    except Exception:  # What it raises differs with its version; that it raises is the answer.
        print("refused", flush=True)
