#!/usr/bin/env python3
"""Restarts two nodes of an adapter in turn, under load, behind HAProxy, on one PostgreSQL, and counts failed requests.

    scripts/rolling_restart.py [--restarts 20] [--callers 8] [--delay 3] [--debug] [--program NEW] [--before OLD]

Needs Debian's packages `haproxy` and `postgresql`. HAProxy asks /health/ready of each node every 200 ms, two refusals take it
out, and nothing is sent a second time (`retries 0`). Each caller keeps its connection to HAProxy and asks one request after the
other: it looks a user up, has a code sent, and shows the code, whichever node answers. Ends with 1 if a request fails, or if a
node does not end with 0. What is printed stands in docs/figures.md.

With `--before OLD`, an adapter of an older commit, it is an upgrade: both nodes begin with that program, the new one
migrates, and takes its place on one node after the other; then the older one comes back the same way, and so on, which it can
where both have one schema.
"""

import argparse
import glob
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
from nodes import Node, Outbox, build, free_port, wait_until  # noqa: E402


class Database:
    """A PostgreSQL server of our own, which listens on a socket alone."""

    def __init__(self, folder):
        self.folder = folder
        self.programs = os.path.dirname(sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))[-1])
        os.makedirs(folder)
        # The server does not run as root.
        self.user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        if self.user:
            shutil.chown(folder, "postgres", "postgres")
        self.run("initdb", "-D", f"{folder}/data", "-U", "owner", "--auth=trust", "--encoding=UTF8", "--locale=C")
        options = f"-k {folder} -c listen_addresses= -c max_connections=200"
        self.run("pg_ctl", "-D", f"{folder}/data", "-w", "-l", f"{folder}/log", "-o", options, "start")
        self.run("createdb", "-h", folder, "-U", "owner", "adapter")

    def run(self, program, *arguments):
        command = [*self.user, f"{self.programs}/{program}", *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder)

    def address(self):
        return f"postgres://owner@%2F{self.folder[1:].replace('/', '%2F')}/adapter"

    def stop(self):
        self.run("pg_ctl", "-D", f"{self.folder}/data", "-m", "fast", "stop")


class Caller(threading.Thread):
    """Asks one request after the other on a connection that it keeps."""

    def __init__(self, number, port, outbox):
        super().__init__(daemon=True)
        self.number, self.outbox = number, outbox
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.answered, self.failed, self.slowest, self.is_over = 0, [], 0.0, False

    def run(self):
        turn, user = 0, f"2000000{1 + self.number % 4}"
        while not self.is_over:
            turn += 1
            operation = {"id": f"{self.number}-{turn}", "name": "login", "data": "A2"}
            who = {"organizationId": "RETAIL", "operationContext": operation}
            if self.ask("/api/auth/user/lookup", {"username": "user1234", **who}) is None:
                continue
            made = self.ask("/api/auth/sms/create", {"userId": user, "lang": "en", **who})
            if made is None:
                continue
            shown = {"messageId": made["messageId"], "authorizationCode": self.outbox.code(made["messageId"])}
            verified = self.ask("/api/auth/sms/verify", {**shown, "userId": user, **who})
            if verified is not None and verified["smsAuthorizationResult"] != "VERIFIED_SUCCEEDED":
                self.failed.append(f"a right code: {verified}")

    def ask(self, path, payload):
        began = time.monotonic()
        try:
            body = json.dumps({"requestObject": payload})
            self.connection.request("POST", path, body, {"Content-Type": "application/json"})
            answer = self.connection.getresponse()
            text = answer.read()
        except OSError as error:
            self.connection.close()
            self.failed.append(f"{path}: {error!r}")
            return None
        except http.client.HTTPException as error:
            self.connection.close()
            self.failed.append(f"{path}: {error!r}")
            return None
        self.slowest = max(self.slowest, time.monotonic() - began)
        if answer.status != 200:
            self.failed.append(f"{path}: {answer.status} {text[:200]!r}")
            return None
        self.answered += 1
        return json.loads(text)["responseObject"]


def haproxy(folder, nodes):
    port, statistics = free_port(), f"{folder}/haproxy.sock"
    servers = "\n".join(
        f"  server {node.name} 127.0.0.1:{node.port} check port {node.operations} inter 200ms fall 2 rise 2" for node in nodes
    )
    with open(f"{folder}/haproxy.cfg", "w", encoding="utf-8") as configuration:
        configuration.write(
            f"""global
  stats socket {statistics} mode 600
defaults
  mode http
  timeout connect 2s
  timeout client 60s
  timeout server 30s
  retries 0
frontend callers
  bind 127.0.0.1:{port}
  default_backend nodes
backend nodes
  balance roundrobin
  option httpchk GET /health/ready
{servers}
"""
        )
    process = subprocess.Popen(
        ["haproxy", "-db", "-f", f"{folder}/haproxy.cfg"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )

    def is_up(node):
        with socket.socket(socket.AF_UNIX) as asked:
            try:
                asked.connect(statistics)
            except OSError:
                return False
            asked.sendall(b"show stat\n")
            text = b"".join(iter(lambda: asked.recv(65536), b"")).decode()
        rows = [line.split(",") for line in text.splitlines()]
        return any(row[:2] == ["nodes", node.name] and row[17] == "UP" for row in rows)

    return process, port, is_up


def restart(nodes, restarts, programs, is_up):
    for turn in range(restarts):
        node = nodes[turn % len(nodes)]
        node.program = programs[turn // len(nodes) % len(programs)]
        ended = node.stop()
        if ended != 0:
            sys.exit(f"{node.name} ended with {ended}")
        wait_until(f"{node.name} is seen to be gone", lambda: not is_up(node))
        node.start()
        wait_until(f"{node.name} is seen to be back", lambda: is_up(node))


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    arguments.add_argument("--restarts", type=int, default=20)
    arguments.add_argument("--callers", type=int, default=8)
    arguments.add_argument("--delay", type=int, default=3, help="shutdown_delay, in seconds")
    arguments.add_argument("--debug", action="store_true", help="a build without optimisation")
    arguments.add_argument("--before", metavar="PROGRAM", help="an older adapter, which is upgraded, and comes back")
    arguments.add_argument("--program", help="the adapter; built if none is named")
    options = arguments.parse_args()
    program = options.program or build(options.debug)
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        database = Database(f"{folder}/database")
        try:
            failed = run(options, program, folder, database)
        finally:
            database.stop()
    sys.exit(1 if failed else 0)


def migrate(program, settings):
    subprocess.run(
        [program, "--dev", "--migrate"], check=True, env={**os.environ, **settings}, stdout=subprocess.DEVNULL
    )


def run(options, program, folder, database):
    outbox = f"{folder}/outbox.jsonl"
    settings = {
        "COUNTERSIGN_STORE": database.address(),
        "COUNTERSIGN_SHUTDOWN_DELAY": f"{options.delay}s",
        "COUNTERSIGN_DEV_LIMITS": "off",
        "COUNTERSIGN_DEV_OUTBOX": outbox,
    }
    programs = [program, options.before] if options.before else [program]
    nodes = [Node(name, folder, programs[-1], settings) for name in ("node-1", "node-2")]
    migrate(programs[-1], settings)
    proxy, port, is_up = haproxy(folder, nodes)
    try:
        for node in nodes:
            node.start()
        # Nodes that run go on.
        migrate(program, settings)
        wait_until("HAProxy sees both", lambda: all(is_up(node) for node in nodes))
        codes = Outbox(outbox)
        callers = [Caller(number, port, codes) for number in range(options.callers)]
        began = time.monotonic()
        for caller in callers:
            caller.start()
        time.sleep(1)
        restart(nodes, options.restarts, programs, is_up)
        took = time.monotonic() - began
        for caller in callers:
            caller.is_over = True
        for caller in callers:
            caller.join()
        stopped = [node.stop() for node in nodes]
    finally:
        proxy.terminate()
        proxy.wait()
        for node in nodes:
            if node.process is not None and node.process.poll() is None:
                node.process.kill()
    failed = [why for caller in callers for why in caller.failed] + [f"ended with {code}" for code in stopped if code]
    answered = sum(caller.answered for caller in callers)
    slowest = max(caller.slowest for caller in callers)
    print(
        f"{options.restarts} {'exchanges of the program' if options.before else 'restarts'} in {took:.0f} s: {answered} requests answered ({answered / took:.0f} a second), "
        f"{len(failed)} failed; the slowest took {slowest:.2f} s"
    )
    for why in failed[:20]:
        print(why)
    return failed


if __name__ == "__main__":
    main()
