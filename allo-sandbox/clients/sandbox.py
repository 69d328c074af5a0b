"""Drives a running sandbox from Python, as a test of your own program would, and checks what it does.

Needs Python 3.8 or newer and nothing else:

    python3 sandbox.py http://127.0.0.1:4010 [admin token]

Exits with 0 if everything is as expected, else with 1 and the reason.
"""

import datetime
import json
import sys
import traceback
import urllib.error
import urllib.parse
import urllib.request

MARIE = "marie@example.com"


def send(url, method, headers, body):
    """Sends JSON; returns status, headers and JSON. Raises OSError if there is no response."""
    if body is not None:
        headers = {**headers, "Content-Type": "application/json"}
        body = json.dumps(body).encode()
    request = urllib.request.Request(url, data=body, headers=headers, method=method)
    # No proxy: the sandbox is on this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        response = opener.open(request, timeout=30)
    except urllib.error.HTTPError as error:
        response = error
    with response:
        text = response.read()
        return response.status, response.headers, json.loads(text) if text else None


class Sandbox:
    """The admin API."""

    def __init__(self, base, token=None):
        self.base = base
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def __call__(self, method, path, body=None):
        """Returns `data` of the response."""
        status, _, answer = send(f"{self.base}/__sandbox{path}", method, self.headers, body)
        if status != 200:
            raise RuntimeError(f"{method} {path}: {status} {answer['error']['message']}")
        return answer["data"]


def call(base, api_key, method, path, body=None):
    """The program under test: a call of the API that retries a 503 and a lost connection, with one key."""
    headers = {"Authorization": f"Api-Key {api_key}"}
    if method != "GET":
        headers["Idempotency-Key"] = f"key-{path}"
    for attempt in range(1, 6):
        try:
            status, received, answer = send(f"{base}{path}", method, headers, body)
        except OSError:
            if attempt == 5:
                raise
            continue
        if status != 503 or attempt == 5:
            return attempt, received, answer


def equal(actual, expected):
    if actual != expected:
        raise AssertionError(f"{actual!r} instead of {expected!r}")


def main(base, token=None):
    admin = Sandbox(base, token)

    # A fresh sandbox, and data that no request of the program has made.
    key = admin("POST", "/reset", {"data": "demo"})["api_key"]
    oven = {"operation": "createDeal", "body": {"name": "Oven lease"}}
    (made,) = admin("POST", "/seed", {"operations": [oven]})
    deal = f"/v2/api/crm/deals/{made['data']['id']}"

    # Two refusals by a gateway, then the real answer.
    busy = {"operation": "getDeal", "status": 503, "times": 2, "delay_ms": 5}
    admin("POST", "/responses", busy)
    attempts, _, answer = call(base, key, "GET", deal)
    equal(attempts, 3)
    equal(answer["data"]["name"], "Oven lease")
    log = admin("GET", "/requests?operation=getDeal")
    equal([request["status"] for request in log], [503, 503, 200])
    equal([request["executed"] for request in log], [False, False, True])

    # An error by its code.
    gone = {"operation": "getDeal", "status": 404, "error": "DEAL_NOT_FOUND"}
    admin("POST", "/responses", gone)
    _, _, answer = call(base, key, "GET", deal)
    equal(answer["error"]["code"], "DEAL_NOT_FOUND")

    # The answer to a write is lost: the retry must not append the numbers twice.
    append = "appendDialingQueueNumbers"
    rule = {"operation": append, "times": 1, "fault": "reset_after_execution"}
    admin("PUT", "/faults", {"rules": [rule]})
    numbers = [{"number": "+12125550150"}, {"number": "+12125550151"}]
    body = {"email": MARIE, "numbers": numbers}
    _, received, _ = call(base, key, "POST", "/v2/api/dialing-queues/current/numbers", body)
    equal(received["Idempotency-Replayed"], "true")
    equal(len(admin("GET", "/faults")["injected"]), 1)
    equal(len(admin("GET", "/executions")), 1)

    # The dialing app calls the first number.
    outcome = {"routing_result": "ANSWERED"}
    admin("POST", "/queue/dial", {"user": MARIE, "position": 0, "outcome": outcome})
    queue = admin("GET", f"/queue?user={urllib.parse.quote(MARIE)}")
    equal([entry["call"] is not None for entry in queue["entries"]], [True, False])
    equal(queue["entries"][0]["call"]["outcome"]["routing_result"], "ANSWERED")

    # Time passes.
    def second(clock):
        return datetime.datetime.strptime(clock["now"][:19], "%Y-%m-%dT%H:%M:%S")

    before = second(admin("GET", "/clock"))
    after = second(admin("POST", "/clock/advance", {"seconds": 3600}))
    if after - before < datetime.timedelta(hours=1):
        raise AssertionError(f"{before} to {after}")

    # What is misspelt is refused.
    try:
        admin("POST", "/reset", {"date": "demo"})
    except RuntimeError as error:
        if "unknown field `date`" not in str(error):
            raise
    else:
        raise AssertionError("a misspelt field was accepted")
    admin("POST", "/reset")
    equal(admin("GET", "/requests"), [])


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: python3 sandbox.py BASE_URL [ADMIN_TOKEN]")
    try:
        main(*sys.argv[1:])
    except Exception:
        traceback.print_exc()
        sys.exit(1)
    print("the sandbox does what sandbox.py expects")
