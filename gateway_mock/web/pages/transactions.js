// The list of transactions, and the three ledgers of one.

let rows = [];

const isWide = matchMedia("(min-width: 60.01rem)");
const hash = () => {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return location.hash.slice(1);
  }
};
const chosen = () => hash() || (isWide.matches && rows[0]?.transactionId) || "";

function listed(row) {
  const moving = movingIn(row.payments), held = heldIn(row.mode, row.requested, row.confirmed, moving);
  const { settled, refunded } = row.requested, maybe = [["refunded", refunded], ["in flight", inFlight(moving)]];
  const amounts = [["settled", settled], ["open", row.open], ...maybe.filter(([, amount]) => amount)];
  const traits = { href: `#${encodeURIComponent(row.transactionId)}`, "data-key": row.transactionId };
  const [tone, mark] = row.balanced ? ["other", ""] : ["wait", "! "];
  const status = make("span", { class: `badge ${tone}` }, mark, row.status);
  return make("li", {}, make("a", { ...traits, "aria-current": row.transactionId === chosen() && "true" },
    make("div", { class: "row" }, make("code", {}, row.orderId ?? `${row.transactionId.slice(0, 16)}…`),
      make("span", { class: "value" }, units(row.value))),
    bar(connectorPieces(row.confirmed, moving, held), Math.max(row.value, row.confirmed.authorized)),
    make("div", { class: "row" }, status, make("span", { class: "soft words" }, row.orderStatus ?? "no order")),
    make("div", { class: "soft words" }, amounts.map(([name, amount]) => `${name} ${units(amount)}`).join(" · "))));
}

function drawList() {
  const words = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  const texts = new Map(rows.map(row => [row, JSON.stringify(row).toLowerCase()]));
  const found = rows.filter(row => words.every(word => texts.get(row).includes(word)));
  redraw(byId("list"), ...found.map(listed));
  byId("nothing").hidden = found.length > 0;
  byId("nothing").textContent = rows.length
    ? "None of the newest has that; Enter opens a transaction by its id."
    : "None yet. POST /_mock/orders makes one.";
}

// --- One of them ------------------------------------------------------------------------------------------------

const back = () => make("a", { id: "back", href: "#", "data-key": "back" }, "← All transactions");

function drawDetail({ id, ledger, exchanges, evicted, history, jobs, now }) {
  const row = rows.find(each => each.transactionId === id);
  const subjects = new Set([id, row?.orderId, ...ledger.payments.map(each => each.id)]);
  redraw(byId("detail"), heading(id, row, ledger), ledgers(ledger, row), payments(ledger, row),
    waiting(jobs, subjects, exchanges, now), happened(history, exchanges, evicted, ledger.payments));
}

function heading(id, row, ledger) {
  const known = row ? [row.orderId && `order ${row.orderId}: ${row.orderStatus}`, `transaction: ${row.status}`,
    `mode: ${row.mode}`, `started ${readable(row.started)}`] : [];
  return make("header", {}, back(), make("div", { class: "eyebrow" }, `Transaction of ${units(ledger.value)}`),
    make("h1", {}, id), make("p", { class: "soft" }, known.filter(Boolean).join(" · ")),
    ...(ledger.balanced ? [make("p", { class: "verdict good" }, "✓ The ledgers agree")] : [
      make("p", { class: "verdict wait" }, "! The ledgers do not agree"),
      make("ul", { class: "findings" }, ...ledger.differences.map(each => make("li", {}, each)))]));
}

function ledgers(ledger, row) {
  const confirmed = totals(ledger.payments, CONFIRMED), moving = movingIn(row?.payments ?? []);
  const held = heldIn(row?.mode ?? ledger.payments[0]?.mode, ledger.requested, confirmed, moving);
  const whole = Math.max(ledger.value, confirmed.authorized);
  const card = (name, says, pieces, figuresOf) => make("article", { class: "card" },
    make("h3", {}, name, make("span", { class: "soft" }, says)), bar(pieces, whole), figures(figuresOf));
  return make("section", { class: "ledgers", "aria-label": "The three ledgers" },
    ledger.order ? card("Order", "was invoiced", orderPieces(ledger), orderFigures(ledger))
      : make("article", { class: "card soft" }, "There is no order: the transaction was made without one."),
    card("Gateway", "was asked", ...gatewaySide(ledger, row)),
    card("Connector", "has confirmed", ...connectorSide(confirmed, moving, held)));
}

const orderFigures = ({ value, order }) => [["plain", "Value", order.value], ["captured", "Invoiced", order.invoiced],
  ["refunded", "Returned", order.returned], ["cancelled", "Taken off", value - order.value],
  ["open", "To invoice", order.value - order.invoiced]];

function gatewaySide(ledger, row) {
  const { settled, cancelled, refunded } = ledger.requested, open = row?.open ?? ledger.value - settled - cancelled;
  return [gatewayPieces(ledger, open), [["plain", "Value", ledger.value], ["captured", "Settle", settled],
    ["refunded", "Refund", refunded], ["cancelled", "Cancel", cancelled], ["open", "Open", open]]];
}

function connectorSide(confirmed, moving, held) {
  const pieces = connectorPieces(confirmed, moving, held);
  const maybe = [["moving", "In flight", inFlight(moving)], ["held", "Held", held]];
  return [pieces, [["plain", "Authorized", confirmed.authorized], ["captured", "Captured", confirmed.captured],
    ["refunded", "Refunded", confirmed.refunded], ["cancelled", "Cancelled", confirmed.voided],
    ...maybe.filter(([, , amount]) => amount), ["open", "Open", pieces.at(-1).amount]]];
}

function payments(ledger, row) {
  const told = id => row?.payments.find(each => each.id === id);
  return make("section", { "aria-labelledby": "payments-name" }, make("h2", { id: "payments-name" }, "Payments"),
    make("div", { class: "payments" }, ...ledger.payments.map(each => payment(each, ledger, told(each.id)))));
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
