"""Adapters as processes, for the scripts that restart them, and the codes that they sent."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
EXAMPLE = "example-powerauth-data-adapter"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until(what, holds, patience=30):
    waited = 0.0
    while not holds():
        # Time in which the machine was paused is not waited.
        if waited > patience:
            sys.exit(f"never: {what}")
        began = time.monotonic()
        time.sleep(0.05)
        waited += min(time.monotonic() - began, 1.0)


def build(is_debug):
    """Builds the example with PostgreSQL, and gives the program."""
    profile = [] if is_debug else ["--release"]
    command = ["cargo", "build", "--locked", *profile, "-p", EXAMPLE, "--features", "countersign-runtime/postgres"]
    subprocess.run(command, check=True, cwd=ROOT)
    folder = os.environ.get("CARGO_TARGET_DIR", f"{ROOT}/target")
    return f"{folder}/{'debug' if is_debug else 'release'}/{EXAMPLE}"


class Node:
    """An adapter, which comes back on the same ports."""

    def __init__(self, name, folder, program, settings):
        self.name, self.program = name, program
        self.port, self.operations = free_port(), free_port()
        self.log = open(f"{folder}/{name}.log", "ab")
        self.environment = {
            **{name: text for name, text in os.environ.items() if not name.startswith("COUNTERSIGN_")},
            **settings,
            "COUNTERSIGN_LISTEN": f"127.0.0.1:{self.port}",
            "COUNTERSIGN_OPS_LISTEN": f"127.0.0.1:{self.operations}",
            "COUNTERSIGN_AUDIT__NODE": name,
        }
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [self.program, "--dev"], env=self.environment, stdout=subprocess.DEVNULL, stderr=self.log
        )
        wait_until(f"{self.name} is ready", self.is_ready)

    def is_ready(self):
        try:
            return self.operational("health/ready").status == 200
        except OSError:
            return False

    def metric(self, name):
        """The value of a metric without labels; none while there is none."""
        lines = self.operational("metrics").read().decode().splitlines()
        return next((float(line.split()[1]) for line in lines if line.startswith(f"{name} ")), None)

    def operational(self, path):
        return urllib.request.urlopen(f"http://127.0.0.1:{self.operations}/{path}", timeout=3)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)


class Outbox:
    """The codes that were sent, by their ids."""

    def __init__(self, path):
        self.path, self.at, self.codes, self.lock = path, 0, {}, threading.Lock()

    def code(self, of):
        with self.lock:
            with open(self.path, encoding="utf-8") as lines:
                lines.seek(self.at)
                for line in lines:
                    if not line.endswith("\n"):
                        break
                    self.at += len(line.encode())
                    message = json.loads(line)
                    self.codes[message["id"]] = message["code"]
            return self.codes.pop(of)
