#!/usr/bin/env python3
"""Makes what alerts are about, at a running example: `alert_causes.py CAUSE PORT`. Used by scripts/prometheus.sh."""

import http.client
import json
import socket
import sys
import threading
import time

POWERAUTH = "/api/auth"


def post(port, path, payload, headers=None):
    """The status of an answer; 0 if there is none."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        head = {"Content-Type": "application/json", **(headers or {})}
        connection.request("POST", path, json.dumps(payload), head)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def about(operation):
    return {"organizationId": "RETAIL", "operationContext": {"id": operation, "name": "login", "data": "A2"}}


def ask(port, path, **payload):
    return post(port, f"{POWERAUTH}/{path}", {"requestObject": payload})


def create(port, user, operation):
    return ask(port, "sms/create", userId=user, lang="en", **about(operation))


def guess(port, user, operation):
    return ask(port, "sms/verify", messageId=f"{operation}-none", authorizationCode="00000000", userId=user, **about(operation))


def side_by_side(times, threads, call):
    """Calls so often, by so many threads."""

    def some(first):
        for number in range(first, times, threads):
            call(number)

    running = [threading.Thread(target=some, args=(first,)) for first in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()


def hanging_look_ups(port):
    """The core system does not answer."""
    side_by_side(60, 30, lambda _: ask(port, "user/lookup", username="hangs", **about("look-up")))


def blocking_look_ups(port):
    """The core system's client blocks its thread."""
    side_by_side(2, 2, lambda _: ask(port, "user/lookup", username="blocks", **about("look-up")))


def failing_look_ups(port):
    """The core system fails at once."""
    side_by_side(30, 3, lambda _: ask(port, "user/lookup", username="fails", **about("look-up")))


def refused_messages(port):
    """The gateway refuses a number."""
    side_by_side(20, 2, lambda number: create(port, "30000001", f"refused-{number}"))


def unused_codes(port):
    """Codes are sent, and nobody uses them within their life of ten seconds."""
    users = ["20000001", "20000002", "20000003", "20000004"]
    side_by_side(240, 4, lambda number: create(port, users[number % 4], f"unused-{number}"))
    time.sleep(11)
    side_by_side(130, 4, lambda number: create(port, users[number % 4], f"later-{number}"))


def many_codes(port):
    """One user is sent more than there may be."""
    side_by_side(1500, 8, lambda number: create(port, "20000001", f"many-{number}"))


def guessed_codes(port):
    """Codes that there are none of are tried, for a hundred users, of whom none was there before."""
    first = int(time.time()) % 10_000 * 100
    side_by_side(900, 8, lambda number: guess(port, f"5{first + number % 100:07}", f"guess-{first}-{number}"))


def many_sign_ins(port):
    """More passwords at once than can be hashed."""
    context = {"passwordProtection": "NO_PROTECTION", "cipherTransformation": ""}

    def sign_in(number):
        user = f"6000{number:04}"
        ask(port, "user/authenticate", userId=user, password="wrong", authenticationContext=context, **about(f"in-{number}"))

    side_by_side(1200, 300, sign_in)


def blocked_users(port):
    """Four users' passwords are tried again and again."""
    context = {"passwordProtection": "NO_PROTECTION", "cipherTransformation": ""}

    def sign_in(number):
        user = f"7000000{number % 4}"
        ask(port, "user/authenticate", userId=user, password="wrong", authenticationContext=context, **about(f"again-{number}"))

    side_by_side(120, 2, sign_in)


def half_bodies(port):
    """Large bodies that do not end."""
    open_ones = []
    for _ in range(40):
        stream = socket.create_connection(("127.0.0.1", port))
        stream.settimeout(5)
        head = f"POST {POWERAUTH}/user/lookup HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n"
        try:
            stream.sendall(head.encode() + b'{"requestObject":{"username":"' + b"a" * 900_000)
        except OSError:
            pass
        open_ones.append(stream)
    time.sleep(3)


def many_connections(port):
    """A thousand connections that are kept open."""
    kept = []
    for _ in range(1000):
        stream = socket.create_connection(("127.0.0.1", port))
        stream.sendall(b"GET /nowhere HTTP/1.1\r\nhost: a\r\n\r\n")
        kept.append(stream)
    time.sleep(25)


def wrong_tokens(port):
    """A caller's token is wrong."""
    headers = {"Authorization": "Bearer wrong"}
    side_by_side(150, 3, lambda _: post(port, "/b2b/SE/identify", {"type": 1, "value": "+46731234567"}, headers))


def look_ups(port):
    """Nothing is wrong with them."""
    side_by_side(60, 2, lambda _: ask(port, "user/lookup", username="user1234", **about("look-up")))


def writes(port):
    """The store is asked to write."""
    side_by_side(8, 4, lambda number: create(port, "20000001", f"write-{number}-{time.time()}"))


if __name__ == "__main__":
    globals()[sys.argv[1]](int(sys.argv[2]))
