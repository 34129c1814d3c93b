const byId = id => document.getElementById(id);
const total = (things, name) => things.reduce((sum, each) => sum + each[name], 0);
const units = cents => (cents / 100).toFixed(2);

// --- Elements: whatever anybody said becomes text, never markup -----------------------------------------------------

function make(name, traits = {}, ...inside) {
  const element = document.createElement(name);
  for (const [trait, value] of Object.entries(traits))
    if (typeof value === "function") element.addEventListener(trait, value);
    else if (value !== null && value !== false) element.setAttribute(trait, value === true ? "" : value);
  element.append(...inside.filter(each => each !== null && each !== ""));
  return element;
}

// What was open stays open, and what had the focus keeps it, by the key that it has in both drawings.
function redraw(parent, ...inside) {
  const opened = new Set([...parent.querySelectorAll("details[open]")].map(each => each.dataset.key));
  const focused = parent.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  parent.replaceChildren(...inside);
  for (const each of parent.querySelectorAll("details")) each.open = opened.has(each.dataset.key);
  if (focused) parent.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

// --- The sandbox: every request says whose account it is about, and the control token where there is one ------------

const remembered = sessionStorage;
let pair = null;

class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function ask(path, method = "GET", body = undefined) {
  const token = remembered.getItem("token");
  const headers = { ...(token && { "X-Mock-Control-Token": token }),
    ...(pair && { "X-VTEX-API-AppKey": pair.appKey, "X-VTEX-API-AppToken": pair.appToken }) };
  const sent = { method, headers, body: body && JSON.stringify(body), cache: "no-store", signal: AbortSignal.timeout(15000) };
  const answer = await fetch(path, sent), text = await answer.text();
  if (!answer.ok) throw new Refusal(answer.status, refusalIn(text) ?? `HTTP ${answer.status}`);
  return text;
}

function refusalIn(text) {
  try {
    return JSON.parse(text).error.message;
  } catch {
    return null;
  }
}

// Numbers of the line stay as they were written (40.00 is not 40) where the browser can tell.
const exactly = text => JSON.parse(text, (_, value, context) =>
  typeof value === "number" && context?.source && JSON.rawJSON ? JSON.rawJSON(context.source) : value);
const plain = number => Number(number?.rawJSON ?? number);

// --- Bars -----------------------------------------------------------------------------------------------------------

const kept = (words, back) => back > 0 ? `${words} and kept` : words;
const piece = (name, words, amount) => ({ name, words, amount: Math.max(amount, 0) });

function orderPieces(ledger) {
  const { value, invoiced, returned } = ledger.order;
  return [piece("captured", kept("invoiced", returned), invoiced - returned), piece("refunded", "returned", returned),
    piece("open", "to invoice", value - invoiced), piece("cancelled", "taken off", ledger.value - value)];
}

function gatewayPieces(ledger, open) {
  const { settled, cancelled, refunded } = ledger.requested;
  const reduced = ledger.value - settled - cancelled - open;
  return [piece("captured", "to settle", settled + reduced - refunded), piece("refunded", "to refund", refunded),
    piece("cancelled", "to cancel", cancelled), piece("open", "open", open)];
}

// In flight is what was asked for and not confirmed; held is what waits in Hold for the last request.
function connectorPieces(confirmed, moving, held) {
  const { authorized, captured, voided, refunded } = confirmed;
  const inFlight = moving.settling + moving.cancelling;
  return [piece("captured", kept("captured", refunded), captured - refunded - moving.refunding),
    piece("refunded", "refunded", refunded), piece("moving", "in flight", inFlight + moving.refunding),
    piece("cancelled", "cancelled", voided), piece("held", "held", held),
    piece("open", "open", authorized - captured - voided - inFlight - held)];
}

function bar(pieces, whole) {
  const shown = pieces.filter(each => each.amount > 0);
  const words = shown.map(each => `${each.words} ${units(each.amount)}`).join(", ");
  const drawn = make("div", { class: "bar", role: "img", "aria-label": words || "nothing yet" }, ...shown.map(each =>
    make("i", { class: each.name, title: `${each.words} ${units(each.amount)}` })));
  [...drawn.children].forEach((each, at) => { each.style.flexGrow = shown[at].amount; });
  const rest = whole - total(shown, "amount");
  if (rest > 0) drawn.append(make("i", { class: "open" })), drawn.lastChild.style.flexGrow = rest;
  return drawn;
}

const figures = rows => make("dl", { class: "figures" }, ...rows.flatMap(([name, words, amount]) =>
  [make("dt", { class: name }, words), make("dd", { class: amount ? null : "zero" }, units(amount))]));

const legend = pieces => make("dl", { class: "legend" }, ...pieces.filter(each => each.amount > 0).map(each =>
  make("div", {}, make("dt", { class: each.name }, each.words), make("dd", {}, units(each.amount)))));

// --- The list -------------------------------------------------------------------------------------------------------

const STILL = { settling: 0, cancelling: 0, refunding: 0 };
const movingIn = payments => Object.fromEntries(Object.keys(STILL).map(name => [name, total(payments, name)]));
const inFlight = moving => moving.settling + moving.cancelling + moving.refunding;
let rows = [];

function heldIn(mode, requested, confirmed, moving) {
  const missing = requested.settled - confirmed.captured - moving.settling;
  return mode === "hold" ? Math.max(0, missing) : 0;
}

function listed(row) {
  const moving = movingIn(row.payments), held = heldIn(row.mode, row.requested, row.confirmed, moving);
  const words = [["settled", row.requested.settled], ["open", row.open], ["refunded", row.requested.refunded],
    ["in flight", inFlight(moving)]].filter(([name, amount]) => amount || name === "settled" || name === "open");
  return make("li", {}, make("a", { href: `#${encodeURIComponent(row.transactionId)}`, "data-key": row.transactionId,
    "aria-current": row.transactionId === chosen() && "true" },
    make("div", { class: "row" }, make("code", {}, row.orderId ?? `${row.transactionId.slice(0, 16)}…`),
      make("span", { class: "value" }, units(row.value))),
    bar(connectorPieces(row.confirmed, moving, held), Math.max(row.value, row.confirmed.authorized)),
    make("div", { class: "row" },
      make("span", { class: `badge ${row.balanced ? "other" : "wait"}` }, `${row.balanced ? "" : "! "}${row.status}`),
      make("span", { class: "soft words" }, row.orderStatus ?? "no order")),
    make("div", { class: "soft words" }, words.map(([name, amount]) => `${name} ${units(amount)}`).join(" · "))));
}

function drawList() {
  const words = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  const found = rows.filter(row => words.every(word => JSON.stringify(row).toLowerCase().includes(word)));
  redraw(byId("list"), ...found.map(listed));
  byId("nothing").hidden = found.length > 0;
  byId("nothing").textContent = !rows.length ? "None yet. POST /_mock/orders makes one." : "None of the newest has that; Enter opens a transaction by its id.";
}

const isWide = matchMedia("(min-width: 60.01rem)");
const hash = () => decodeURIComponent(location.hash.slice(1));
const chosen = () => hash() || (isWide.matches && rows[0]?.transactionId) || "";

// --- One transaction ------------------------------------------------------------------------------------------------

let connectors = [];

function drawDetail({ id, ledger, exchanges, history, jobs, now }) {
  const row = rows.find(each => each.transactionId === id);
  redraw(byId("detail"), heading(id, row, ledger), ledgers(ledger, row), payments(ledger, row),
    ...waiting(jobs, [id, row?.orderId, ...ledger.payments.map(each => each.id)], exchanges, now),
    happened(history, exchanges, ledger));
}

function heading(id, row, ledger) {
  const what = row && [row.orderId && `order ${row.orderId}: ${row.orderStatus}`, `transaction: ${row.status}`, `mode: ${row.mode}`];
  return make("header", {}, make("a", { id: "back", href: "#", "data-key": "back" }, "← All transactions"),
    make("div", { class: "eyebrow" }, `Transaction of ${units(ledger.value)}`), make("h1", {}, id),
    make("p", { class: "soft" }, what ? what.filter(Boolean).join(" · ") : ""),
    ledger.balanced ? make("p", { class: "verdict good" }, "✓ The ledgers agree")
      : make("p", { class: "verdict wait" }, "! The ledgers do not agree"),
    ledger.balanced ? null : make("ul", { class: "findings" }, ...ledger.differences.map(each => make("li", {}, each))));
}

function ledgers(ledger, row) {
  const confirmed = Object.fromEntries(["authorized", "captured", "voided", "refunded"].map(name => [name, total(ledger.payments, name)]));
  const moving = row ? movingIn(row.payments) : STILL, { settled, cancelled, refunded } = ledger.requested;
  const held = heldIn(ledger.payments[0]?.mode, ledger.requested, confirmed, moving);
  const open = row?.open ?? ledger.value - settled - cancelled, whole = Math.max(ledger.value, confirmed.authorized);
  const done = connectorPieces(confirmed, moving, held), order = ledger.order;
  const card = (name, says, pieces, ...rows) => make("article", { class: "card" },
    make("h3", {}, name, make("span", { class: "soft" }, says)), bar(pieces, whole), figures(rows));
  return make("section", { "aria-label": "The three ledgers" }, make("div", { class: "ledgers" },
    order ? card("Order", "was invoiced", orderPieces(ledger), ["plain", "Value", order.value], ["captured", "Invoiced", order.invoiced],
      ["refunded", "Returned", order.returned]) : make("article", { class: "card soft" }, "There is no order: this transaction was made without one."),
    card("Gateway", "was asked", gatewayPieces(ledger, open), ["captured", "Settle", settled], ["cancelled", "Cancel", cancelled],
      ["refunded", "Refund", refunded], ["open", "Open", open]),
    card("Connector", "has confirmed", done, ["plain", "Authorized", confirmed.authorized], ["captured", "Captured", confirmed.captured],
      ["cancelled", "Cancelled", confirmed.voided], ["refunded", "Refunded", confirmed.refunded],
      ...done.filter(each => each.name === "open" || (each.amount && ["moving", "held"].includes(each.name)))
        .map(each => [each.name, each.words[0].toUpperCase() + each.words.slice(1), each.amount]))));
}

function payments(ledger, row) {
  return make("section", { "aria-labelledby": "payments-name" }, make("h2", { id: "payments-name" }, "Payments"),
    make("div", { class: "payments" }, ...ledger.payments.map(each => payment(each, ledger, row?.payments.find(one => one.id === each.id)))));
}

function payment(own, ledger, told) {
  // Hold waits for the whole transaction: with several payments, nobody can say whose share is held.
  const held = ledger.payments.length === 1 ? heldIn(own.mode, ledger.requested, own, told ?? STILL) : 0;
  const pieces = connectorPieces(own, told ?? STILL, held);
  return make("article", { class: "card" },
    make("div", { class: "row wrap" }, make("b", {}, `${units(own.captured)} of ${units(own.authorized)} captured`),
      make("span", { class: "soft" }, [own.connector, own.mode, told?.status].filter(Boolean).join(" · "))),
    bar(pieces, own.authorized), legend(pieces), make("code", { class: "soft" }, own.id));
}

const JOBS = { send: "the connector is asked again", "auto-settle": "it settles by itself", antifraud: "the anti-fraud judges it",
  change: "a change goes on", release: "the order is released" };

function waiting(jobs, subjects, exchanges, now) {
  const calls = new Map(exchanges.map(each => [each.requestId, each]));
  const own = jobs.filter(each => subjects.includes(each.subject) || calls.has(each.subject));
  if (!own.length) return [];
  const why = each => calls.get(each.subject)?.operation, due = each => each.due.replace("T", " ").slice(0, 19);
  return [make("section", { "aria-labelledby": "jobs-name" }, make("h2", { id: "jobs-name" }, "What will happen"),
    make("ul", { class: "card jobs" }, ...own.map(each => make("li", {}, make("b", {}, within(each.due, now)), " ",
      JOBS[each.job] ?? each.job, each.job === "send" && why(each) ? ` to ${why(each)}` : "", make("span", { class: "soft" }, `, at ${due(each)}`)))))];
}

function within(due, now) {
  const seconds = Math.max(0, Math.round((Date.parse(due) - Date.parse(now)) / 1000));
  const [size, name] = [[86400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]].find(([each]) => seconds >= each) ?? [1, "second"];
  const count = Math.round(seconds / size);
  return seconds ? `In ${count} ${name}${count === 1 ? "" : "s"}` : "Now";
}

// --- What happened: entries have a moment, calls have an order; an answer's entry says where its call belongs ---------

function woven(history, exchanges) {
  const left = exchanges.map((call, at) => ({ call, number: at + 1 })), lines = [];
  for (const entry of [...history].reverse()) {
    const at = entry.requestId && entry.happening !== "told person"
      ? left.findLastIndex(each => each.call.requestId === entry.requestId) : -1;
    const [own, ...later] = at < 0 ? [] : left.splice(at);
    lines.unshift(...(own ? [own] : []), { entry }, ...later);
  }
  return [...left, ...lines];
}

function happened(history, exchanges, ledger) {
  const lines = [], days = new Set();
  const connector = id => ledger.payments.find(each => each.id === id)?.connector ?? "the connector";
  for (const { entry, call, number } of woven(history, exchanges)) {
    if (entry && !days.has(entry.date.slice(0, 10))) {
      days.add(entry.date.slice(0, 10));
      lines.push(make("li", { class: "day" }, entry.date.slice(0, 10)));
    }
    if (call) lines.push(exchange(call, number, connector(call.paymentId)));
    else addEvent(lines, entry, connector(entry.paymentId));
  }
  return make("section", { "aria-labelledby": "happened-name" }, make("h2", { id: "happened-name" }, "What happened"),
    make("ol", { class: "timeline" }, ...lines));
}

const because = note => note ? `: ${note}` : "";
const what = entry => `${entry.operation} ${units(entry.value ?? 0)}`;
const EVENTS = {
  received: ["", entry => `Payment of ${units(entry.value ?? 0)} received`],
  requested: ["", entry => entry.byItself ? `Due by itself: ${what(entry)}` : `The gateway is asked: ${what(entry)}`],
  called: ["step", (entry, name) => `${name} is called: ${what(entry)}${entry.byItself ? ", by itself" : ""}`],
  confirmed: ["good", (entry, name) => `${name} confirms: ${what(entry)}`],
  "put off": ["wait", (entry, name) => `${name} has not confirmed: ${what(entry)}${because(entry.note)}`],
  failed: ["bad", entry => `Failed: ${what(entry)}${because(entry.note)}`],
  "told person": ["wait", entry => `A person is told of it: ${what(entry)}${because(entry.note)}`],
  "handed to person": ["wait", entry => `A person has to do it: ${what(entry)}${because(entry.note)}`],
  ignored: ["step", entry => `Ignored: ${what(entry)}${because(entry.note)}`],
  "transaction status": ["step", entry => `Transaction: ${entry.before} → ${entry.after}`],
  "payment status": ["step", entry => `Payment: ${entry.before} → ${entry.after}`],
};

// Steps of one second that follow each other share a line.
function addEvent(lines, entry, name) {
  const [tone, words] = EVENTS[entry.happening] ?? ["step", () => `${entry.happening} ${what(entry)}${because(entry.note)}`];
  const time = entry.date.slice(11, 19), before = lines.at(-1);
  if (tone === "step" && before?.lastChild.className === tone && before.firstChild.textContent === time)
    before.lastChild.append(` · ${words(entry, name)}`);
  else lines.push(make("li", {}, make("time", { datetime: entry.date }, time), make("span", { class: tone || null }, words(entry, name))));
}

function exchange(call, number, name) {
  const key = `${call.requestId}/${plain(call.attempt)}/${number}`, tone = call.error || call.status === null ? "bad" : "good";
  const value = call.request?.value?.rawJSON ?? call.request?.value ?? "", command = curl(call, name);
  const tries = plain(call.attempt) > 1 ? `, try ${plain(call.attempt)}` : "";
  return make("li", { class: `call ${tone}` }, make("span", { class: "soft" }, `call ${number}`),
    make("details", { "data-key": key },
      make("summary", { "data-key": `${key}/summary` }, make("b", {}, call.operation), ` ${value} `,
        make("span", { class: "badge" }, call.status === null ? "no answer" : `HTTP ${plain(call.status)}`),
        make("span", { class: "soft" }, ` ${Math.round(plain(call.elapsedMs))} ms${tries}`),
        call.error ? make("div", { class: "error" }, call.error) : null),
      make("div", { class: "row" }, make("span", { class: "eyebrow" }, "Request"),
        command ? make("button", { type: "button", "data-key": `${key}/copy`, click: happened => copy(happened.target, command) }, "Copy as curl") : null),
      make("pre", { tabindex: 0, "data-key": `${key}/request` }, body(call.request)),
      make("span", { class: "eyebrow" }, "Answer"),
      make("pre", { tabindex: 0, "data-key": `${key}/answer` }, body(call.response))));
}

const body = value => value === null ? "nothing" : typeof value === "string" ? value : JSON.stringify(value, null, 2);

const PATHS = { authorize: "", settle: "settlements", cancel: "cancellations", refund: "refunds" };
const quoted = text => `'${text.replaceAll("'", "'\\''")}'`;

// The books keep neither headers nor tokens: where a connector wants some, the shell has to know the token.
function curl(call, name) {
  const connector = connectors.find(each => each.name === name);
  if (!(call.operation in PATHS) || !connector?.url || call.request === null) return null;
  const path = ["payments", ...(call.operation === "authorize" ? [] : [encodeURIComponent(call.paymentId), PATHS[call.operation]])];
  const prefix = connector.headers === "provider" ? "X-PROVIDER-API-" : "X-VTEX-API-";
  const sent = typeof call.request === "string" ? call.request : JSON.stringify(call.request);
  return [`curl ${quoted(`${connector.url.replace(/\/+$/, "")}/${path.join("/")}`)}`, "-H 'Content-Type: application/json'",
    ...(connector.appKey ? [`-H ${quoted(`${prefix}AppKey: ${connector.appKey}`)}`, `-H "${prefix}AppToken: $APP_TOKEN"`] : []),
    `-d ${quoted(sent)}`].join(" ");
}

async function copy(button, text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch { // a page that came by plain HTTP from another machine has no clipboard
    const area = document.body.appendChild(make("textarea"));
    area.value = text;
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  button.textContent = "Copied";
  button.focus();
  setTimeout(() => { button.textContent = "Copy as curl"; }, 2000);
}

// --- The head, and what goes wrong on purpose -------------------------------------------------------------------------

function drawClock({ now, mode }) {
  byId("now").dateTime = now;
  byId("now").textContent = now.replace("T", " ").slice(0, 19);
  byId("clock-mode").textContent = `UTC, ${mode}`;
  byId("steps").hidden = mode !== "manual";
}

function drawConnectors(told) {
  connectors = told.connectors;
  redraw(byId("connectors"), ...connectors.map(each => make("li", { title: each.url }, `${each.name} `,
    make("span", { class: "soft" }, each.kind === "legacy" ? "legacy" : `PPP, ${each.mode}`))));
}

function drawAccounts({ account, accounts }) {
  redraw(byId("account"), ...accounts.map(name => make("option", { value: name, selected: name === account }, name)));
}

function drawFaults({ faults }) {
  byId("clear").disabled = !faults.length;
  redraw(byId("faults"), ...faults.map(({ kind, operation, times, after }) => make("li", {}, make("b", {}, kind),
    ` on ${operation === "*" ? "any call" : operation}, ${times === 1 ? "once" : `${times} times`}${after ? `, after ${after} more` : ""}`)));
  if (!faults.length) redraw(byId("faults"), make("li", { class: "soft" }, "None: every call arrives."));
}

let quirks = {};

function drawQuirks(told) {
  quirks = told;
  const wanted = byId("quirk-search").value.toLowerCase(), names = Object.keys(quirks).filter(name => name.includes(wanted));
  names.sort((one, other) => quirks[other] - quirks[one] || one.localeCompare(other));
  redraw(byId("quirks"), ...names.map(name => make("li", {}, make("label", { class: quirks[name] && "on" },
    make("input", { type: "checkbox", "data-key": name, checked: quirks[name],
      change: changed => act(() => ask("/_mock/quirks", "PUT", { [name]: changed.target.checked }), `${name} is switched.`) }), name))));
  byId("quirks-on").textContent = `${Object.values(quirks).filter(Boolean).length} of ${Object.keys(quirks).length} on`;
}

// --- Looking: once a second while somebody looks, less often where answers take long ----------------------------------

const drawn = new Map();
let turn = 0, timer, isLooking = false;

function ifNew(name, text, draw) {
  if (drawn.get(name) === text) return;
  drawn.set(name, text);
  draw(text);
}

async function look() {
  const [clock, list, jobs] = await Promise.all(["clock", "transactions", "jobs"].map(name => ask(`/_mock/${name}`)));
  ifNew("clock", clock, text => drawClock(JSON.parse(text)));
  if (turn++ % 5 === 0) await lookAround();
  rows = JSON.parse(list).transactions;
  const id = chosen();
  ifNew("list", `${id}${list}`, drawList);
  byId("desk").dataset.chosen = id;
  document.body.toggleAttribute("data-chosen", Boolean(hash()));
  if (id) await lookAt(id, list, jobs, JSON.parse(clock).now);
}

const AROUND = { accounts: drawAccounts, connectors: drawConnectors, faults: drawFaults, quirks: drawQuirks };

async function lookAround() {
  const texts = await Promise.all(Object.keys(AROUND).map(name => ask(`/_mock/${name}`)));
  Object.entries(AROUND).forEach(([name, draw], at) => ifNew(name, texts[at], text => draw(JSON.parse(text))));
}

async function lookAt(id, list, jobs, now) {
  const path = `/_mock/transactions/${encodeURIComponent(id)}`;
  try {
    const [ledger, exchanges, history] = await Promise.all(["ledger", "exchanges", "history"].map(name => ask(`${path}/${name}`)));
    const row = JSON.stringify(rows.find(each => each.transactionId === id)), minute = now.slice(0, 16);
    ifNew("detail", [id, ledger, exchanges, history, jobs, row, minute].join("\n"), () => drawDetail({ id, now, ledger: JSON.parse(ledger),
      exchanges: exactly(exchanges).exchanges, history: JSON.parse(history).history, jobs: JSON.parse(jobs).jobs }));
  } catch (refused) {
    if (refused.status !== 404) throw refused;
    ifNew("detail", id, () => redraw(byId("detail"), make("a", { id: "back", href: "#" }, "← All transactions"), make("p", { class: "soft" }, refused.message)));
  }
}

function complain(failure) {
  const isClosed = failure instanceof Refusal && failure.status === 403;
  byId("entry").hidden = !isClosed;
  byId("problem").hidden = !failure;
  byId("problem").textContent = !failure ? "" : failure instanceof Refusal ? failure.message : "The sandbox does not answer.";
  return isClosed;
}

async function tick() {
  clearTimeout(timer);
  if (isLooking || document.hidden) return;
  isLooking = true;
  const began = performance.now();
  const isClosed = await look().then(() => complain(null), complain);
  isLooking = false;
  const pause = Math.max(1000, 20 * (performance.now() - began));
  if (!isClosed) timer = setTimeout(tick, pause);
}

async function act(change, told) {
  try {
    const answer = await change();
    byId("told").textContent = typeof told === "function" ? told(answer) : told;
  } catch (refused) {
    byId("told").textContent = refused.message;
  }
  turn = 0;
  await tick();
}

function moved(answer) {
  const { now, ran } = JSON.parse(answer), names = ran.map(each => each.job).join(", ");
  return `The clock stands at ${now.replace("T", " ").slice(0, 19)}; ${names ? `what fell due: ${names}` : "nothing fell due"}.`;
}

async function changeAccount(name) {
  pair = JSON.parse(await ask("/_mock/accounts", "POST", { account: name }));
  remembered.setItem("account", name);
  location.hash = "";
}

byId("account").addEventListener("change", event => act(() => changeAccount(event.target.value), `This is ${event.target.value}.`));
byId("steps").addEventListener("click", event => {
  const seconds = Number(event.target.dataset.seconds);
  if (seconds) act(() => ask("/_mock/clock", "POST", { advance: seconds }), moved);
});
byId("entry").addEventListener("submit", event => {
  event.preventDefault();
  remembered.setItem("token", byId("token").value);
  act(async () => {}, "");
});
byId("fault").addEventListener("submit", event => {
  event.preventDefault();
  const { kind, operation, times, after } = Object.fromEntries(new FormData(event.target));
  act(() => ask("/_mock/faults", "POST", { kind, operation, times: Number(times), after: Number(after) }), `${kind} waits.`);
});
byId("clear").addEventListener("click", () => act(() => ask("/_mock/faults", "DELETE"), "No fault waits."));
byId("quirk-search").addEventListener("input", () => drawQuirks(quirks));
byId("search").addEventListener("input", drawList);
byId("search").addEventListener("keydown", event => {
  if (event.key === "Enter" && event.target.value.trim()) location.hash = encodeURIComponent(byId("list").querySelector("a")?.dataset.key ?? event.target.value.trim());
});
byId("skip").addEventListener("click", event => {
  event.preventDefault();
  byId("detail").focus();
});
byId("theme").addEventListener("click", () => {
  const root = document.documentElement.style, isDark = matchMedia("(prefers-color-scheme: dark)").matches;
  root.colorScheme = (root.colorScheme || (isDark ? "dark" : "light")) === "dark" ? "light" : "dark";
});
document.addEventListener("keydown", event => {
  if (event.key !== "/" || event.target.matches("input, select, textarea")) return;
  event.preventDefault();
  byId("search").focus();
});
addEventListener("hashchange", () => {
  if (hash()) scrollTo(0, 0);
  tick();
});
isWide.addEventListener("change", tick);
document.addEventListener("visibilitychange", tick);

async function begin() {
  const name = remembered.getItem("account");
  const known = name ? JSON.parse(await ask("/_mock/accounts")).accounts : [];
  if (known.includes(name)) await changeAccount(name);
}
begin().catch(() => {}).then(tick);
