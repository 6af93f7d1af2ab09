#!/usr/bin/env python3
"""Starts every example with 24 unsafe settings, which must be refused, and with 8 safe ones, with which it must serve.

    scripts/configurations.py [FOLDER OF PROGRAMS, target/debug if none]

Each begins with the example's own `settings.yaml` and good secrets, and changes one thing. Refused means: it ends with 78, within a
second of its own time, says which setting, and no secret. What is printed stands in docs/figures.md.
"""

import os
import resource
import signal
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
EXAMPLES = ["powerauth-data-adapter", "wallet-engine-activation", "walley-identify-buyer", "b2b-customer-verification"]
SECRET = "q7Vx2mZr9KpTn4Ws8Yb3Lc6Hd1Gf5Jt0Rk2Wq9Xv"
SECRETS = {
    **{f"ADAPTER_KEY_{name}": f"{SECRET}-{name}" for name in ("CODES", "COUNTERS", "PEPPER", "AUDIT")},
    "ADAPTER_PASSWORD_KEY": "Qee4CK44d8GduTxoHU7JPM2lCs+KF63akIpKyaLk9+c=",
    **{name: f"{SECRET}-{name}" for name in ("SHOP_TOKEN", "SHOP_NEXT_TOKEN", "CARE_KEY", "CARE_NEXT_KEY")},
}
PUBLIC = {"LISTEN": "0.0.0.0:18743"}


def unsafe(folder, _example):
    """What is unsafe, in words; the environment that makes it so; and the examples that it is about, all if none."""
    readable = f"{folder}/readable"
    with open(readable, "w", encoding="utf-8") as file:
        file.write(SECRET)
    os.chmod(readable, 0o644)
    missing = "/nowhere/file.pem"
    return [
        ("a public port without TLS", PUBLIC),
        ("metrics on a public port without TLS", {"OPS_LISTEN": "0.0.0.0:18744"}),
        ("state in memory", {"STORE": "memory"}),
        ("a database elsewhere without TLS", {"STORE": "postgres://a@db.bank.example/a"}),
        ("a database whose certificate is not checked", {"STORE": "postgres://a@db.bank.example/a?sslmode=require"}),
        ("a database's password in the settings", {"STORE": f"postgres://a:{SECRET}@localhost/a"}),
        ("a key in the settings", {"KEYS__CODES": SECRET}),
        ("a key that is too short", {"KEYS__CODES": "env:SHORT"}),
        ("a key that is a placeholder", {"KEYS__PEPPER": "env:PLACEHOLDER"}),
        ("a key of one letter", {"KEYS__AUDIT": "env:PATTERN"}),
        ("a key that is not there", {"KEYS__COUNTERS": "env:NOT_SET_ANYWHERE"}),
        ("a key file that others may read", {"KEYS__CODES": f"file:{readable}"}),
        ("one key for two purposes", {"KEYS__CODES": "env:ADAPTER_KEY_AUDIT"}),
        ("a certificate that is not there", {"TLS__CERTIFICATE": missing, "TLS__KEY": f"file:{missing}"}),
        ("a certificate without its key", {"TLS__CERTIFICATE": missing}),
        ("authorities of callers without TLS", {"TLS__CLIENT_CA": missing}),
        ("everybody as a proxy", {"PROXIES": "0.0.0.0/0"}),
        ("a setting that there is none of", {"LIMITS__PER_USR": "5 in 10m"}),
        ("more failures than there may be", {"LIMITS__FAILURES": "50"}),
        ("an audit log that is soon forgotten", {"AUDIT__KEEP": "1d"}),
        ("a lane of hooks without slots", {"HOOKS__LOOKUP__SLOTS": "0"}),
        ("more connections than files", {"CONNECTIONS__LIMIT": "65536"}),
        ("telemetry to elsewhere without TLS", {"OTLP__ENDPOINT": "http://collector.bank.example:4318"}),
        ("one port for the API and for operators", {"OPS_LISTEN": "127.0.0.1:18743"}),
    ]


def safe(folder, example):
    certificate, key = f"{folder}/server.pem", f"{folder}/server.key"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate]
    subprocess.run(command, check=True, capture_output=True)
    os.chmod(key, 0o600)
    secret = f"{folder}/secret"
    with open(secret, "w", encoding="utf-8") as file:
        file.write(f"{SECRET}-of-a-file")
    os.chmod(secret, 0o600)
    tls = {"TLS__CERTIFICATE": certificate, "TLS__KEY": f"file:{key}"}
    # Two of the examples have callers who show a token or a key; the other two let anybody call.
    has_callers = example in ("walley-identify-buyer", "b2b-customer-verification")
    who = {} if has_callers else {"CALLERS__FRONT__CERTIFICATE": "dns:front.bank.example"}
    anybody = {} if has_callers else {"PUBLIC_API": "true"}
    return [
        ("as the example has it", {}),
        ("TLS on loopback", tls),
        ("TLS on a public port, with certificates of callers", {**tls, **PUBLIC, "TLS__CLIENT_CA": certificate, **who}),
        ("metrics by TLS on a public port", {**tls, "OPS_LISTEN": "0.0.0.0:18744", "OPS__TLS": "true"}),
        ("a public port behind a declared proxy", {**PUBLIC, **anybody, "PROXIES": "10.0.0.5"}),
        ("a network of its own, by name", {**PUBLIC, "PRIVATE_NETWORK": "true"}),
        ("a key in a file of its own", {"KEYS__CODES": f"file:{secret}"}),
        ("two keys, the newer in front", {"KEYS__CODES": f"file:{secret}, env:ADAPTER_KEY_CODES"}),
    ]


def environment(change, folder):
    own = {name: text for name, text in os.environ.items() if not name.startswith("COUNTERSIGN_")}
    usual = {"STORE": f"embedded:{folder}/state.db", "LISTEN": "127.0.0.1:18743", "OPS_LISTEN": "127.0.0.1:18744"}
    words = {"SHORT": "abc", "PLACEHOLDER": "changeme" * 5, "PATTERN": "a" * 48}
    return {**own, **SECRETS, **words, **{f"COUNTERSIGN_{name}": text for name, text in {**usual, **change}.items()}}


def few_files():
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))


def command(programs, example):
    return [f"{programs}/example-{example}", "--settings", f"{ROOT}/examples/{example}/settings.yaml"]


def is_refused(programs, example, change, folder):
    """None, or what is wrong with the refusal."""
    before = os.times()
    try:
        done = subprocess.run(
            command(programs, example),
            env=environment(change, folder),
            capture_output=True,
            text=True,
            timeout=10,
            preexec_fn=few_files,
        )
    except subprocess.TimeoutExpired:
        return "it serves"
    after = os.times()
    took = after.children_user + after.children_system - before.children_user - before.children_system
    text = done.stdout + done.stderr
    if done.returncode != 78:
        return f"it ended with {done.returncode}: {text.strip()[:200]}"
    if SECRET in text:
        return "it says a secret"
    return None if took < 1 else f"it took {took:.1f} s of processor time"


def serves(programs, example, change, folder):
    """None, or what it says instead of serving."""
    with open(f"{folder}/out", "w+", encoding="utf-8") as out:
        process = subprocess.Popen(command(programs, example), env=environment(change, folder), stdout=out, stderr=out)
        end = time.monotonic() + 60
        said = ""
        while "health and metrics on" not in said and process.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
            with open(f"{folder}/out", encoding="utf-8") as lines:
                said = lines.read()
        process.send_signal(signal.SIGINT)
        try:
            process.wait(1)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    return None if "health and metrics on" in said else f"it ended with {process.returncode}: {said.strip()[:200]}"


def main():
    programs = sys.argv[1] if len(sys.argv) > 1 else f"{ROOT}/target/debug"
    wrong = 0
    for example in EXAMPLES:
        good = []
        for cases, judge in ((unsafe, is_refused), (safe, serves)):
            with tempfile.TemporaryDirectory() as folder:
                some = cases(folder, example)
                good.append(0)
                for what, change in some:
                    with tempfile.TemporaryDirectory() as own:
                        why = judge(programs, example, change, own)
                    good[-1] += why is None
                    if why is not None:
                        print(f"{example}: {what}: {why}")
        print(f"{example}: {good[0]} of 24 unsafe ones refused, {good[1]} of 8 safe ones serve")
        wrong += (24 - good[0]) + (8 - good[1])
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
