// Drives a running sandbox from JavaScript, as a test of your own program would, and checks what it does.
// Needs Node 18 or newer and nothing else:
//
//     node sandbox.mjs http://127.0.0.1:4010 [admin token]
//
// Exits with 0 if everything is as expected, else with 1 and the reason.

import assert from "node:assert/strict";
import process from "node:process";

const [base, token] = process.argv.slice(2);
const MARIE = "marie@example.com";

/** A request to the admin API; returns `data`. */
async function admin(method, path, body) {
  const headers = {};
  if (token) headers.authorization = `Bearer ${token}`;
  if (body !== undefined) headers["content-type"] = "application/json";
  const response = await fetch(`${base}/__sandbox${path}`, { method, headers, body: JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer.error.message}`);
  return answer.data;
}

/** The program under test: a call of the API that retries a 503 and a lost connection, with one key. */
async function call(apiKey, method, path, body) {
  const headers = { authorization: `Api-Key ${apiKey}`, "content-type": "application/json" };
  if (method !== "GET") headers["idempotency-key"] = `key-${path}`;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const response = await fetch(`${base}${path}`, { method, headers, body: JSON.stringify(body) });
      if (response.status !== 503 || attempt === 5) return { attempt, response };
    } catch (error) {
      if (attempt === 5) throw error;
    }
  }
}

async function main() {
  assert.ok(base, "usage: node sandbox.mjs BASE_URL [ADMIN_TOKEN]");

  // A fresh sandbox, and data that no request of the program has made.
  const { api_key: key } = await admin("POST", "/reset", { data: "demo" });
  const [made] = await admin("POST", "/seed", {
    operations: [{ operation: "createDeal", body: { name: "Oven lease" } }],
  });
  const id = made.data.id;

  // Two refusals by a gateway, then the real answer.
  await admin("POST", "/responses", { operation: "getDeal", status: 503, times: 2, delay_ms: 5 });
  const deal = await call(key, "GET", `/v2/api/crm/deals/${id}`);
  assert.equal(deal.attempt, 3);
  assert.equal((await deal.response.json()).data.name, "Oven lease");
  const log = await admin("GET", "/requests?operation=getDeal");
  assert.deepEqual(log.map((request) => request.status), [503, 503, 200]);
  assert.deepEqual(log.map((request) => request.executed), [false, false, true]);

  // An error by its code.
  await admin("POST", "/responses", { operation: "getDeal", status: 404, error: "DEAL_NOT_FOUND" });
  const gone = await call(key, "GET", `/v2/api/crm/deals/${id}`);
  assert.equal((await gone.response.json()).error.code, "DEAL_NOT_FOUND");

  // The answer to a write is lost: the retry must not append the numbers twice.
  await admin("PUT", "/faults", {
    rules: [{ operation: "appendDialingQueueNumbers", times: 1, fault: "reset_after_execution" }],
  });
  const append = await call(key, "POST", "/v2/api/dialing-queues/current/numbers", {
    email: MARIE,
    numbers: [{ number: "+12125550150" }, { number: "+12125550151" }],
  });
  assert.equal(append.response.headers.get("idempotency-replayed"), "true");
  assert.equal((await admin("GET", "/faults")).injected.length, 1);
  assert.equal((await admin("GET", "/executions")).length, 1);

  // The dialing app calls the first number.
  const outcome = { routing_result: "ANSWERED" };
  await admin("POST", "/queue/dial", { user: MARIE, position: 0, outcome });
  const queue = await admin("GET", `/queue?user=${encodeURIComponent(MARIE)}`);
  assert.deepEqual(queue.entries.map((entry) => entry.call?.outcome.routing_result), ["ANSWERED", undefined]);

  // Time passes.
  const before = new Date((await admin("GET", "/clock")).now);
  const after = new Date((await admin("POST", "/clock/advance", { seconds: 3600 })).now);
  assert.ok(after - before >= 3_600_000, `${before} to ${after}`);

  // What is misspelt is refused.
  await assert.rejects(admin("POST", "/reset", { date: "demo" }), /unknown field `date`/);
  await admin("POST", "/reset");
  assert.deepEqual(await admin("GET", "/requests"), []);
}

try {
  await main();
  console.log("the sandbox does what sandbox.mjs expects");
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
