#!/usr/bin/env python3
"""Whole-process figures of `watchbell run`, beside newman's in the same run.

    npm install --prefix .test/newman newman@6.2.2
    python3 benches/runner.py --watchbell target/release/watchbell --newman .test/newman/node_modules/.bin/newman

Both run the same collections against one local echo server, in turn. Printed are the median wall time, the peak resident
memory of the largest single process, and the ratio of the wall times.
"""

import argparse
import http.server
import json
import os
import statistics
import subprocess
import tempfile
import threading
import time

TESTS = [
    "pm.test('status', () => pm.response.to.have.status(200));",
    "pm.test('json', () => pm.expect(pm.response.json().path).to.be.a('string'));",
    "pm.test('time', () => pm.expect(pm.response.responseTime).to.be.below(60000));",
]


class Echo(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body in one packet, as any real server sends them.
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self):
        body = json.dumps({"path": self.path}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def collection(port, requests, tests):
    item = {
        "request": {"method": "GET", "url": f"http://127.0.0.1:{port}/echo"},
        "event": [{"listen": "test", "script": {"exec": TESTS[:tests]}}],
    }
    schema = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
    return {"info": {"name": "bench", "schema": schema}, "item": [dict(item, name=f"r{n}") for n in range(requests)]}


def once(command):
    started = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0, command
    return time.monotonic() - started, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--watchbell", default="target/release/watchbell")
    parser.add_argument("--newman")
    parser.add_argument("--runs", type=int, default=5)
    args = parser.parse_args()
    server = Server(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    programs = {"watchbell": args.watchbell, **({"newman": args.newman} if args.newman else {})}
    print(f"{'work':<28}{'program':<12}{'wall s':>9}{'MiB':>8}{'ratio':>9}")
    with tempfile.TemporaryDirectory() as folder:
        for name, requests, tests, iterations in [("1 request, 1 test", 1, 1, 1), ("50 requests × 3 tests", 50, 3, 1), ("1,000 iterations × 3 tests", 1, 3, 1000)]:
            path = os.path.join(folder, "c.json")
            with open(path, "w") as file:
                json.dump(collection(server.server_address[1], requests, tests), file)
            seen = {program: [] for program in programs}
            for _ in range(args.runs if iterations == 1 else max(1, args.runs // 2)):
                for program, binary in programs.items():
                    seen[program].append(once([binary, "run", path, "-n", str(iterations)]))
            ours = statistics.median(wall for wall, _ in seen["watchbell"])
            for program, figures in seen.items():
                wall = statistics.median(w for w, _ in figures)
                print(f"{name:<28}{program:<12}{wall:>9.3f}{max(m for _, m in figures):>8.0f}{wall / ours:>8.1f}×")


main()
