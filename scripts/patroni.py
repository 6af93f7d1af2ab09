#!/usr/bin/env python3
"""Lets PostgreSQL under Patroni fail while two adapters work with it, and looks for everything that they acknowledged.

    scripts/patroni.py [--rounds 10] [--only WHAT] [--servers 2] [--program FILE] [--table]

WHAT is `failover` (every process of the primary killed), `switchover`, `pause` (the primary stopped until another one leads,
then let go on), `standby` (a standby killed and away for ten seconds) or `unreplicated` (the same without
`synchronous_mode_strict`: commits are answered then which no standby has, and the adapters must say so). Needs Debian's
packages `etcd-server` and `postgresql`; Patroni comes from PyPI. Each round is a line in target/figures/patroni.jsonl: stopped, it
goes on where it was. Ends with 1 if something acknowledged was lost. What came of it stands in docs/postgresql.md.
"""

import argparse
import http.client
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
import patroni_cluster  # noqa: E402
from nodes import EXAMPLE, ROOT, Node, Outbox, build, wait_until  # noqa: E402

NOTED = f"{ROOT}/target/figures/patroni.jsonl"
EVENTS = {
    "failover": patroni_cluster.fail_over,
    "switchover": patroni_cluster.switch_over,
    "pause": patroni_cluster.pause_primary,
    "standby": patroni_cluster.lose_standby,
    "unreplicated": patroni_cluster.lose_standby,
}
DYNAMIC = {
    "ttl": 20,  # the least that Patroni takes
    "loop_wait": 3,
    "retry_timeout": 3,
    "synchronous_mode": True,
    "synchronous_mode_strict": True,
    "postgresql": {"use_pg_rewind": True, "parameters": {"max_connections": 150}},
}
USERS = ["20000001", "20000002", "20000003", "20000004"]
# A round in which the machine was paused for so many seconds is begun again.
STOOD_STILL = 2.0
LIMITED = "smsAuthorization.maxAttemptsExceeded"


class Api:
    """An adapter by HTTP. No answer but 200 says anything of what was done."""

    def __init__(self, node):
        self.connection = http.client.HTTPConnection("127.0.0.1", node.port, timeout=15)

    def ask(self, path, payload):
        try:
            self.connection.request("POST", path, json.dumps({"requestObject": payload}), {"Content-Type": "application/json"})
            answer = self.connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            return None
        return json.loads(text)["responseObject"] if answer.status == 200 else None

    def create(self, user, operation):
        made = self.ask("/api/auth/sms/create", {"userId": user, "lang": "en", **about(operation)})
        return made and made["messageId"]

    def verify(self, code, digits):
        shown = {"messageId": code["id"], "authorizationCode": digits, "userId": code["user"], **about(code["operation"])}
        return self.ask("/api/auth/sms/verify", shown)


def about(operation):
    return {"organizationId": "RETAIL", "operationContext": {"id": operation, "name": "login", "data": "A2"}}


def wrong(digits):
    return "00000001" if digits == "00000000" else "00000000"


class Caller(threading.Thread):
    """Has codes sent to a user of its own; leaves a third of them, mistypes a third once and uses a third."""

    def __init__(self, user, node, outbox, turn):
        super().__init__(daemon=True)
        self.user, self.api, self.outbox, self.turn = user, Api(node), outbox, turn
        self.codes, self.acknowledged, self.unknown, self.is_over = [], [], 0, False

    def run(self):
        number = 0
        while not self.is_over:
            number += 1
            operation = f"{self.turn}-{self.user}-{number}"
            made = self.api.create(self.user, operation)
            if made is None:
                self.unknown += 1
                time.sleep(0.1)
                continue
            self.acknowledged.append(time.monotonic())
            code = {"user": self.user, "operation": operation, "id": made, "digits": self.outbox.code(made), "known": "issued"}
            self.codes.append(code)
            self.show(code, number % 3)
            time.sleep(0.01)

    def show(self, code, third):
        if third == 0:
            return
        code["known"] = "unsure"
        answer = self.api.verify(code, code["digits"] if third == 1 else wrong(code["digits"]))
        if answer is None:
            self.unknown += 1
        elif answer.get("errorMessage") != LIMITED:
            self.acknowledged.append(time.monotonic())
            passed = answer["smsAuthorizationResult"] == "VERIFIED_SUCCEEDED"
            if passed != (third == 1):
                code["odd"] = answer
            code["known"] = "used" if third == 1 else "tried"


def look_for(codes, apis):
    """Asks for everything that was acknowledged; gives what is lost."""
    lost = []
    for number, code in enumerate(codes):
        api = apis[number % len(apis)]
        if "odd" in code:
            lost.append(f"{code}")
        if code["known"] == "tried":
            again = patiently(api, code, wrong(code["digits"]))
            if again.get("remainingAttempts") != 3:
                lost.append(f"a wrong attempt: {code} {again}")
        first = patiently(api, code, code["digits"])
        passed = first["smsAuthorizationResult"] == "VERIFIED_SUCCEEDED"
        if code["known"] in ("issued", "tried") and not passed:
            lost.append(f"a code: {code} {first}")
        if code["known"] == "used" and first.get("errorMessage") != "smsAuthorization.alreadyVerified":
            lost.append(f"a use: {code} {first}")
        if passed and patiently(api, code, code["digits"])["smsAuthorizationResult"] == "VERIFIED_SUCCEEDED":
            lost.append(f"good twice: {code}")
    return lost


def patiently(api, code, digits):
    """Attempts that were cut off count as under way for half a minute; so long their user may have to wait."""
    end = time.monotonic() + 90
    while True:
        answer = api.verify(code, digits)
        is_answer = answer is not None and answer.get("errorMessage") != LIMITED
        if is_answer or time.monotonic() > end:
            return answer or {"smsAuthorizationResult": "no answer"}
        time.sleep(0.5)


class Clock(threading.Thread):
    """Notes how long this process was not run, as when its machine is paused: then a round says nothing."""

    def __init__(self):
        super().__init__(daemon=True)
        self.is_over, self.longest = False, 0.0

    def run(self):
        before = time.monotonic()
        while not self.is_over:
            time.sleep(0.05)
            now = time.monotonic()
            before, self.longest = now, max(self.longest, now - before)


class Watch(threading.Thread):
    """Looks at what adapters say of the standby while it is away."""

    def __init__(self, nodes):
        super().__init__(daemon=True)
        self.nodes, self.is_over, self.began = nodes, False, time.monotonic()
        self.told = {}

    def run(self):
        while not self.is_over:
            for node in self.nodes:
                try:
                    if node.metric("countersign_store_synchronous") == 0 and not node.is_ready():
                        self.told.setdefault(node.name, time.monotonic() - self.began)
                except OSError:
                    pass
            time.sleep(0.1)


def one_round(what, cluster, nodes, outbox, turn):
    """Lets it happen under load, and gives what was seen."""
    cluster.set(synchronous_mode_strict=what != "unreplicated")
    cluster.until_settled()
    wait_until("both adapters are ready", lambda: all(node.is_ready() for node in nodes), 60)
    callers = [Caller(user, nodes[number % 2], outbox, turn) for number, user in enumerate(USERS)]
    for caller in callers:
        caller.start()
    time.sleep(2)
    absences = []

    def away(seconds):
        began = time.monotonic()
        time.sleep(seconds)
        absences.append((began + 0.5, time.monotonic()))

    watch, clock = Watch(nodes), Clock()
    watch.start()
    clock.start()
    began = time.monotonic()
    EVENTS[what](cluster, away)
    wait_until("both adapters go on", lambda: goes_on(callers, time.monotonic() - 2), 120)
    time.sleep(2)
    cluster.until_settled()
    watch.is_over = clock.is_over = True
    for caller in callers:
        caller.is_over = True
    for caller in callers:
        caller.join()
    codes = [code for caller in callers for code in caller.codes]
    times = sorted(at for caller in callers for at in caller.acknowledged)
    lost = look_for(codes, [Api(node) for node in nodes])
    for why in lost:
        print(why, file=sys.stderr)
    return {
        **{known: sum(code["known"] == known for code in codes) for known in ("issued", "tried", "used", "unsure")},
        "unknown": sum(caller.unknown for caller in callers),
        "longest_pause": round(max(after - before for before, after in zip(times, times[1:])), 2),
        "acknowledged_meanwhile": sum(begin <= at <= end for at in times for begin, end in absences),
        "told_after": sorted(round(after, 2) for after in watch.told.values()),
        "took": round(time.monotonic() - began, 1),
        "lost": len(lost),
        "stood_still": round(clock.longest, 1),
    }


def goes_on(callers, since):
    """Each caller got something acknowledged lately."""
    return all(caller.acknowledged and caller.acknowledged[-1] > since for caller in callers)


def noted():
    try:
        with open(NOTED, encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]
    except OSError:
        return []


def table():
    print("| what | rounds | codes, wrong attempts, uses acknowledged and found again | unknown | longest pause: middle, most | lost |")
    print("|---|---|---|---|---|---|")
    for servers, what in sorted({(one["servers"], one["what"]) for one in noted()}):
        rounds = [one for one in noted() if (one["servers"], one["what"]) == (servers, what)]
        total = {name: sum(one[name] for one in rounds) for name in ("issued", "tried", "used", "unsure", "unknown", "lost")}
        pauses = [one["longest_pause"] for one in rounds]
        meanwhile = sum(one["acknowledged_meanwhile"] for one in rounds)
        told = [after for one in rounds for after in one["told_after"]]
        print(
            f"| {what}, {servers} servers | {len(rounds)} | {sum(total[n] for n in ('issued', 'tried', 'used', 'unsure'))}, {total['tried']}, {total['used']} "
            f"| {total['unknown']} | {statistics.median(pauses):.1f}, {max(pauses):.1f} s | {total['lost']} |"
            f" <!-- meanwhile {meanwhile}; told {len(told)} of {2 * len(rounds)}, at most {max(told, default=0)} s; "
            f"at {' '.join(sorted({one['commit'] for one in rounds}))} -->"
        )


def run(options, program, folder):
    names = [f"server{number}" for number in range(1, options.servers + 1)]
    cluster = patroni_cluster.Cluster(folder, names, DYNAMIC)
    nodes = []
    try:
        cluster.sql("postgres", "CREATE ROLE countersign_runtime LOGIN CONNECTION LIMIT 64")
        cluster.sql("postgres", "CREATE DATABASE adapter")
        hosts = ",".join(f"127.0.0.1:{member.port}" for member in cluster.members)
        settings = {
            "COUNTERSIGN_STORE": f"postgres://countersign_runtime@{hosts}/adapter",
            "COUNTERSIGN_STORE_NEEDS_STANDBY": "true",
            "COUNTERSIGN_DEV_LIMITS": "off",
            "COUNTERSIGN_DEV_OUTBOX": f"{folder}/outbox.jsonl",
        }
        migrator = {**os.environ, **settings, "COUNTERSIGN_STORE": f"postgres://owner@{hosts}/adapter"}
        subprocess.run([program, "--dev", "--migrate"], check=True, env=migrator, stdout=subprocess.DEVNULL)
        nodes = [Node(name, folder, program, settings) for name in ("adapter-1", "adapter-2")]
        for node in nodes:
            node.start()
        outbox = Outbox(f"{folder}/outbox.jsonl")
        for what in [options.only] if options.only else EVENTS:
            for number in itertools.count():
                if sum((one["servers"], one["what"]) == (options.servers, what) for one in noted()) >= options.rounds:
                    break
                seen = one_round(what, cluster, nodes, outbox, f"{what}-{number}")
                if seen["lost"] == 0 and seen["stood_still"] > STOOD_STILL:
                    print(f"not counted: {seen}", flush=True)
                    continue
                note(what, options.servers, seen)
                if seen["lost"]:
                    return 1
        ended = [node.stop() for node in nodes]
        checked = subprocess.run([program, "--dev", "audit", "verify"], env={**os.environ, **settings}, capture_output=True)
        print(f"adapters ended with {ended}; audit verify: {checked.returncode}, {checked.stdout.decode().strip()[-300:]}")
        return 0 if ended == [0, 0] and checked.returncode == 0 else 1
    finally:
        for node in nodes:
            if node.process.poll() is None:
                node.process.kill()
        cluster.stop()


def note(what, servers, seen):
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    os.makedirs(os.path.dirname(NOTED), exist_ok=True)
    line = json.dumps({"what": what, "servers": servers, "commit": commit, "date": time.strftime("%F"), **seen})
    with open(NOTED, "a", encoding="utf-8") as lines:
        lines.write(line + "\n")
    print(line, flush=True)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    arguments.add_argument("--rounds", type=int, default=10)
    arguments.add_argument("--only", choices=EVENTS)
    arguments.add_argument("--servers", type=int, default=2)
    arguments.add_argument("--program", help=f"a build of {EXAMPLE} with PostgreSQL, in place of one made now without optimisation")
    arguments.add_argument("--keep", help="a folder for logs, in place of one that is removed")
    arguments.add_argument("--table", action="store_true", help="only tells what there is")
    options = arguments.parse_args()
    if options.table:
        return table()
    program = options.program or build(is_debug=True)
    if options.keep:
        os.makedirs(options.keep, mode=0o755)
        sys.exit(run(options, program, options.keep))
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        sys.exit(run(options, program, folder))


if __name__ == "__main__":
    main()
