#!/usr/bin/env python3
"""Looks for secrets that went through an example: `countersign conform` calls it by every case, with every line of the log on
and the embedded store, through a proxy that notes what is sent. Codes and phones of messages, passwords, answers, passcodes and
credentials of requests must then be neither in the log nor in the store's files, and codes, passwords and answers in no answer.

    scripts/canaries.py [FOLDER OF PROGRAMS, target/debug if none]

Values of fewer than six characters, or of one character again and again, are left out, since they are part of other words; ids of
questions are no secrets; and a recovery code of the B2B API is an answer by its contract, so it may be in one. Ends with 1 if one
is found.
"""

import glob
import http.client
import http.server
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from nodes import ROOT, free_port, wait_until  # noqa: E402

EXAMPLES = {
    "powerauth-data-adapter": None,
    "wallet-engine-activation": None,
    "walley-identify-buyer": "demo-access-token",
    "b2b-customer-verification": "demo:demo-access-token",
}
SECRET_FIELDS = re.compile(r"(?i)(password|passcode|answer|authorizationCode|recoveryCode|^otp|^code$|^pin$)")
LEAST = 6


class Noting(http.server.BaseHTTPRequestHandler):
    """Passes a request on, and notes what is in it and what comes back."""

    protocol_version = "HTTP/1.1"

    def do_any(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        connection = http.client.HTTPConnection("127.0.0.1", self.server.to, timeout=30)
        try:
            connection.request(self.command, self.path, body, dict(self.headers))
        except BrokenPipeError:
            # It was answered before all of it was sent.
            pass
        answer = connection.getresponse()
        text = answer.read()
        self.server.bodies.append(body)
        self.server.answers.append(text)
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                self.send_header(name, value)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_any

    def log_message(self, *_):
        pass


def secrets_of(value, is_secret=False):
    """The texts below names that say that they are secret."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if not name.endswith("Id"):
                yield from secrets_of(inner, is_secret or bool(SECRET_FIELDS.search(name)))
    elif isinstance(value, list):
        for inner in value:
            yield from secrets_of(inner, is_secret)
    elif isinstance(value, str) and is_secret:
        yield value


def read(text):
    try:
        return json.loads(text)
    except ValueError:
        return None


def look(example, credential, programs, folder):
    api, operations = free_port(), free_port()
    outbox, log = f"{folder}/outbox", f"{folder}/log"
    open(outbox, "w", encoding="utf-8").close()
    settings = {
        "LISTEN": f"127.0.0.1:{api}",
        "OPS_LISTEN": f"127.0.0.1:{operations}",
        "STORE": f"embedded:{folder}/state.db",
        "DEV_LIMITS": "off",
        "DEV_OUTBOX": outbox,
        "LOG": "trace",
    }
    environment = {**os.environ, **{f"COUNTERSIGN_{name}": text for name, text in settings.items()}}
    command = [f"{programs}/example-{example}", "--dev"]
    demo = f"{ROOT}/definitions/{example}/demo.yaml"
    command += ["--settings", demo] if os.path.exists(demo) else []
    adapter = subprocess.Popen(command, env=environment, stdout=open(log, "ab"), stderr=subprocess.STDOUT)
    proxy = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Noting)
    proxy.to, proxy.bodies, proxy.answers = api, [], []
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    try:
        wait_until(f"{example} listens", lambda: "listening on" in open(log, encoding="utf-8").read())
        conform = [f"{programs}/countersign", "conform", f"examples/{example}", "--url", f"http://127.0.0.1:{proxy.server_port}"]
        conform += ["--outbox", outbox] + (["--credential", credential] if credential else [])
        done = subprocess.run(conform, cwd=ROOT, capture_output=True, text=True, check=False)
        time.sleep(0.5)
    finally:
        adapter.terminate()
        adapter.wait()
    messages = [read(line) for line in open(outbox, encoding="utf-8")]
    private = {message["code"] for message in messages if message.get("code")}
    for body in proxy.bodies:
        private |= set(secrets_of(read(body)))
    private = {secret for secret in private if len(secret) >= LEAST and len(set(secret)) > 1}
    answered = {secret for text in proxy.answers for secret in [(read(text) or {}).get("recoveryCode")] if secret}
    kept_out = private | {message["phone"].lstrip("+") for message in messages if message.get("phone")}
    kept_out |= set((credential or "").split(":")[-1:]) - {""}
    places = {"the log": open(log, "rb").read(), "the answers": b"\n".join(proxy.answers)}
    places.update({f"the store ({os.path.basename(path)})": open(path, "rb").read() for path in glob.glob(f"{folder}/state.db*")})
    found = []
    for place, text in places.items():
        looked_for = private - answered if place == "the answers" else kept_out
        found += [f"{secret!r} in {place}" for secret in looked_for if secret.encode() in text]
    print(
        f"{example}: {len(proxy.bodies)} requests, {len(messages)} messages, {len(places['the log'].splitlines())} lines of the log; "
        f"{len(kept_out)} secrets, {len(found)} found again ({done.stdout.strip().splitlines()[-1:]})"
    )
    for one in found[:20]:
        print("  ", one)
    return found


def main():
    programs = sys.argv[1] if len(sys.argv) > 1 else f"{ROOT}/target/debug"
    found = []
    for example, credential in EXAMPLES.items():
        with tempfile.TemporaryDirectory() as folder:
            found += look(example, credential, programs, folder)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
