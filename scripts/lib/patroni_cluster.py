"""PostgreSQL servers under Patroni, with an etcd, all of this machine; and what can happen to one of them."""

import glob
import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request

from nodes import ROOT, free_port, wait_until

VERSION = "4.1.5"
# Longer than a lease (20 s), a promotion and a rewind take.
PATIENCE = 120


def installed():
    """Patroni from PyPI, in an environment of its own below `target/`."""
    folder = f"{ROOT}/target/patroni-{VERSION}"
    if not os.path.exists(f"{folder}/bin/patroni"):
        subprocess.run(["/usr/bin/python3", "-m", "venv", folder], check=True)
        subprocess.run([f"{folder}/bin/pip", "-q", "install", f"patroni[etcd3,psycopg3]=={VERSION}"], check=True)
    return f"{folder}/bin/patroni"


def below(roots):
    """Processes, and all that descend from them."""
    parents = {}
    for stat in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(stat, encoding="utf-8", errors="replace") as text:
                fields = text.read().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if fields[0] != "Z":
            parents[int(stat.split("/")[2])] = int(fields[1])
    found = [process for process in roots if process in parents]
    for process in found:
        found += [child for child, parent in parents.items() if parent == process and child not in found]
    return found


def send(processes, what):
    for process in processes:
        try:
            os.kill(process, what)
        except ProcessLookupError:
            pass


class Member:
    """A server, and the Patroni that runs it."""

    def __init__(self, name, folder, program, etcd, dynamic):
        self.name, self.folder, self.program = name, f"{folder}/{name}", program
        self.port, self.api = free_port(), free_port()
        os.makedirs(self.folder)
        with open(f"{self.folder}/patroni.json", "w", encoding="utf-8") as settings:
            json.dump(self.settings(etcd, dynamic), settings, indent=1)
        # Neither of them runs as root.
        self.user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.getuid() == 0 else {}
        if self.user:
            shutil.chown(self.folder, "postgres", "postgres")
        self.log = open(f"{folder}/{name}.log", "ab")
        self.patroni = None

    def settings(self, etcd, dynamic):
        account = {"username": "owner", "password": "owner"}
        return {
            "scope": "adapter",
            "name": self.name,
            "restapi": {"listen": f"127.0.0.1:{self.api}", "connect_address": f"127.0.0.1:{self.api}"},
            "etcd3": {"hosts": etcd},
            "bootstrap": {"dcs": dynamic, "initdb": [{"encoding": "UTF8"}, {"locale": "C"}, "data-checksums"]},
            "postgresql": {
                "listen": f"127.0.0.1:{self.port}",
                "connect_address": f"127.0.0.1:{self.port}",
                "data_dir": f"{self.folder}/data",
                "bin_dir": os.path.dirname(sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))[-1]),
                "pgpass": f"{self.folder}/pgpass",
                "authentication": {"superuser": account, "replication": {"username": "follower", "password": "follower"}},
                "pg_hba": ["local all all trust", "host all all 127.0.0.1/32 trust", "host replication all 127.0.0.1/32 trust"],
                "parameters": {"unix_socket_directories": self.folder},
                "remove_data_directory_on_rewind_failure": True,
            },
        }

    def start(self):
        self.patroni = subprocess.Popen(
            [self.program, f"{self.folder}/patroni.json"], stdout=self.log, stderr=self.log, cwd=self.folder, **self.user
        )

    def processes(self):
        roots = [self.patroni.pid]
        try:
            with open(f"{self.folder}/data/postmaster.pid", encoding="utf-8") as lines:
                roots.append(int(lines.readline()))
        except OSError:
            pass
        return below(roots)

    def pause(self):
        """Stops every process of it where it is."""
        send(self.processes(), signal.SIGSTOP)
        # Whoever was begun meanwhile.
        send(self.processes(), signal.SIGSTOP)

    def go_on(self):
        send(self.processes(), signal.SIGCONT)

    def kill(self):
        """Kills every process of it at once, as a machine does that loses its power."""
        self.pause()
        send(self.processes(), signal.SIGKILL)
        self.patroni.wait()

    def ask(self, path, method="GET", body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.api}/{path}", data=data, method=method)
        with urllib.request.urlopen(request, timeout=30 if body else 3) as answer:
            return answer.read().decode()


class Cluster:
    """An etcd, and members, of whom one is the leader."""

    def __init__(self, folder, names, dynamic):
        client, peer = free_port(), free_port()
        address = f"http://127.0.0.1:{client}"
        self.etcd = subprocess.Popen(
            ["etcd", "--name=one", f"--data-dir={folder}/etcd", f"--listen-client-urls={address}"]
            + [f"--advertise-client-urls={address}", f"--listen-peer-urls=http://127.0.0.1:{peer}"]
            + [f"--initial-advertise-peer-urls=http://127.0.0.1:{peer}", f"--initial-cluster=one=http://127.0.0.1:{peer}"],
            stdout=subprocess.DEVNULL,
            stderr=open(f"{folder}/etcd.log", "ab"),
        )
        program = installed()
        self.members = [Member(name, folder, program, f"127.0.0.1:{client}", dynamic) for name in names]
        for member in self.members:
            member.start()
        self.until_settled()

    def state(self):
        """What a member that answers says of all."""
        for member in self.members:
            try:
                return json.loads(member.ask("cluster"))["members"]
            except (OSError, ValueError):
                continue
        return []

    def leader(self):
        """The member that leads, if one does."""
        names = [member["name"] for member in self.state() if member["role"] == "leader" and member["state"] == "running"]
        return next((member for member in self.members if [member.name] == names), None)

    def synchronous(self):
        """The member that has what is acknowledged."""
        names = [member["name"] for member in self.state() if member["role"] == "sync_standby"]
        return next(member for member in self.members if member.name in names)

    def is_settled(self):
        """One leads, all others follow, and one of them synchronously."""
        states = sorted((member["role"], member["state"]) for member in self.state())
        follow = [state for role, state in states if role in ("replica", "sync_standby")]
        return (
            ("leader", "running") in states
            and ("sync_standby", "streaming") in states
            and follow == ["streaming"] * (len(self.members) - 1)
        )

    def until_settled(self):
        wait_until("one leads and all others follow", self.is_settled, PATIENCE)

    def until_led_by_another(self, than):
        wait_until("another one leads", lambda: self.leader() not in (None, than), PATIENCE)

    def set(self, **dynamic):
        self.leader().ask("config", "PATCH", dynamic)

    def sql(self, database, statement):
        command = ["psql", "-h", "127.0.0.1", "-p", str(self.leader().port), "-U", "owner", "-Atqc", statement, database]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def stop(self):
        for member in self.members:
            if member.patroni is not None and member.patroni.poll() is None:
                member.kill()
        self.etcd.terminate()
        self.etcd.wait()


def fail_over(cluster, away):
    """The primary is gone at once; a standby takes over, and later the former primary follows."""
    former = cluster.leader()
    former.kill()
    cluster.until_led_by_another(former)
    away(3)
    former.start()


def switch_over(cluster, away):
    """Somebody lets the standby take over."""
    former, next_one = cluster.leader(), cluster.synchronous()
    try:
        former.ask("switchover", "POST", {"leader": former.name, "candidate": next_one.name})
    except urllib.error.HTTPError as error:
        sys.exit(f"no switchover: {error.read().decode()}")
    cluster.until_led_by_another(former)
    away(1)


def pause_primary(cluster, away):
    """The primary stands still, a standby takes over, and the former primary goes on as if nothing had happened."""
    former = cluster.leader()
    former.pause()
    cluster.until_led_by_another(former)
    away(3)
    former.go_on()


def lose_standby(cluster, away):
    """The synchronous standby is gone for ten seconds."""
    lost = cluster.synchronous()
    lost.kill()
    away(10)
    lost.start()
