"""The bank's core system and its SMS gateway, small: systems.py CORE_PORT GATEWAY_PORT MESSAGES. Each message is a JSON line."""
import http.server, json, sys, threading

USER = {"number": "4711", "firstName": "Jane", "lastName": "Doe", "mobile": "+420 601 000 001"}
# The user of the definition's examples, whom the crate's own test asks for.
EXAMPLE = {"number": "12345678", "firstName": "John", "lastName": "Doe", "mobile": "+420601234567"}
KNOWN = {
    "/health": {}, "/customers/4711": USER, "/logins/jane": USER, "/customers/4711/cards/5500000000000004": {},
    "/customers/12345678": EXAMPLE, "/logins/user1234": EXAMPLE,
}
PASSWORDS = {"/customers/4711/password": "right", "/customers/12345678/password": "s3cret"}


class System(http.server.BaseHTTPRequestHandler):
    def answer(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def body(self):
        return self.rfile.read(int(self.headers.get("content-length", 0))).decode()

    def log_message(self, *_):
        pass


class Core(System):
    def is_allowed(self):
        if self.headers.get("authorization") == "Bearer core-password-of-the-afternoon":
            return True
        self.answer(401, {})
        return False

    def do_GET(self):
        if self.is_allowed():
            self.answer(200 if self.path in KNOWN else 404, KNOWN.get(self.path, {}))

    def do_POST(self):
        asked = self.body()
        if self.is_allowed():
            self.answer(200 if json.loads(asked).get("password") == PASSWORDS.get(self.path) else 403, {})


class Gateway(System):
    def do_POST(self):
        with open(sys.argv[3], "a") as messages:
            messages.write(self.body() + "\n")
        self.answer(202, {})


core = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Core)
gateway = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Gateway)
threading.Thread(target=core.serve_forever, daemon=True).start()
gateway.serve_forever()
