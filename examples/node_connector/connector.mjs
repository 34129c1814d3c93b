// A payment connector in plain Node: the Payment Provider Protocol on one port, no framework, nothing to install.
//
//   node connector.mjs [port]        then, from another shell:
//   ppp-contracts check connector http://127.0.0.1:3000
import { createServer } from "node:http";
import { Ledger } from "./ledger.mjs";

const DAY = 86_400;
const ledger = new Ledger();

// What VTEX's own test suite expects of these cards; any other card is approved.
const CARDS = {
  "4444333322221112": { now: "denied" },
  "4222222222222224": { now: "undefined", later: "approved" },
  "4222222222222225": { now: "undefined", later: "denied" },
};
const METHODS = { Visa: {}, Mastercard: {}, BankInvoice: { now: "undefined", later: "approved" } };

/** Currency units with decimals, as the protocol sends them, to whole cents; NaN when it is no such amount. */
function cents(units) {
  const amount = Math.round(units * 100);
  return typeof units === "number" && Math.abs(amount - units * 100) < 1e-6 ? amount : NaN;
}

function manifest() {
  const paymentMethods = Object.keys(METHODS).map((name) => ({ name, allowsSplit: "disabled" }));
  return { status: 200, body: { paymentMethods } };
}

function create({ body }) {
  const value = cents(body.value);
  if (!body.paymentId || !(value > 0)) return error(400, "value-not-positive", "value is an amount above zero");
  const plan = CARDS[body.card?.number] ?? METHODS[body.paymentMethod] ?? {};
  const payment = ledger.create(body.paymentId, value, body.currency, plan.now ?? "approved");
  const waits = payment.status === "undefined" && plan.later && body.callbackUrl;
  return {
    status: 200,
    body: shown(payment, body),
    // Only once the gateway has its answer: while its own request is open it works on a copy of the payment.
    afterwards: waits ? () => callBack(body, ledger.decide(payment.id, plan.later)) : undefined,
  };
}

/** Where a payment stands. A cancelled one is never to be charged, and the protocol's word for that is denied. */
function shown(payment, body) {
  const approved = payment.status === "approved";
  return {
    paymentId: payment.id,
    status: payment.status === "cancelled" ? "denied" : payment.status,
    authorizationId: approved ? `auth-${payment.tid}` : null,
    tid: payment.tid,
    nsu: `nsu-${payment.tid}`,
    acquirer: "Node Acquirer",
    code: null,
    message: null,
    delayToAutoSettle: 4 * DAY,
    delayToAutoSettleAfterAntifraud: 4 * DAY,
    delayToCancel: 7 * DAY,
    ...(body.paymentMethod === "BankInvoice" && { paymentUrl: `http://localhost/invoices/${payment.tid}` }),
  };
}

async function callBack(body, payment) {
  const headers = {
    "Content-Type": "application/json",
    "X-VTEX-API-AppKey": process.env.PARTNER_APP_KEY ?? "partner-key",
    "X-VTEX-API-AppToken": process.env.PARTNER_APP_TOKEN ?? "partner-token",
  };
  // The URL goes back exactly as it came: its query carries the gateway's signature.
  await fetch(body.callbackUrl, { method: "POST", headers, body: JSON.stringify(shown(payment, body)) }).catch(
    (failed) => console.error(`callback of ${payment.id}: ${failed.message}; the gateway's next create will tell it`),
  );
}

/** Settle, cancel and refund differ in their names only. */
function move(operation, idName, { paymentId, body }) {
  if (body.paymentId !== paymentId) return error(400, "payment-id-mismatch", "path and body name different payments");
  const value = body.value === undefined || body.value === null ? undefined : cents(body.value);
  const answer = ledger[operation]({ ...body, value });
  return {
    status: answer.id ? 200 : 500,
    body: {
      paymentId,
      [idName]: answer.id,
      ...(operation !== "cancel" && { value: answer.value / 100 }),
      code: answer.code,
      message: answer.code?.replaceAll("-", " ") ?? "done",
      requestId: body.requestId,
    },
  };
}

const error = (status, code, message) => ({ status, body: { status: "error", code, message } });

const ROUTES = [
  ["GET", /^\/manifest$/, manifest],
  ["POST", /^\/payments$/, create],
  ["POST", /^\/payments\/([^/]+)\/settlements$/, (call) => move("settle", "settleId", call)],
  ["POST", /^\/payments\/([^/]+)\/cancellations$/, (call) => move("cancel", "cancellationId", call)],
  ["POST", /^\/payments\/([^/]+)\/refunds$/, (call) => move("refund", "refundId", call)],
];

function answer(method, path, text) {
  const found = ROUTES.find(([verb, pattern]) => verb === method && pattern.test(path));
  if (!found) return error(404, "not-found", `there is no ${method} ${path}`);
  const [, pattern, handle] = found;
  try {
    const body = text ? JSON.parse(text) : {};
    return handle({ paymentId: decodeURIComponent(pattern.exec(path)[1] ?? ""), body });
  } catch (failed) {
    if (failed instanceof SyntaxError) return error(400, "malformed", "the body is no JSON");
    return error(failed.code ? 400 : 500, failed.code ?? "internal", failed.message);
  }
}

const server = createServer(async (request, response) => {
  const parts = [];
  try {
    for await (const part of request) parts.push(part);
  } catch {
    return; // the caller hung up before its request was whole: nothing was asked, nothing happens
  }
  const path = new URL(request.url, "http://localhost").pathname;
  const { status, body, afterwards } = answer(request.method, path, Buffer.concat(parts).toString());
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify(body), () => afterwards && setImmediate(afterwards));
});

server.listen(Number(process.argv[2] ?? 3000), "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
