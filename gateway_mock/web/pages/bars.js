// Bars: what has become of an amount. Figures are cents.

const total = (things, name) => things.reduce((sum, each) => sum + each[name], 0);
const totals = (things, names) => Object.fromEntries(names.map(name => [name, total(things, name)]));
const units = cents => (cents / 100).toFixed(2);

const CONFIRMED = ["authorized", "captured", "voided", "refunded"];
const STILL = { settling: 0, cancelling: 0, refunding: 0 };
const movingIn = payments => totals(payments, Object.keys(STILL));
const inFlight = moving => moving.settling + moving.cancelling + moving.refunding;

// What Hold keeps back until nothing is left to ask for.
function heldIn(mode, requested, confirmed, moving) {
  return mode === "hold" ? Math.max(0, requested.settled - confirmed.captured - moving.settling) : 0;
}

const piece = (name, words, amount) => ({ name, words, amount: Math.max(amount, 0) });
const kept = (words, back) => back > 0 ? `${words} and kept` : words;

function orderPieces(ledger) {
  const { value, invoiced, returned } = ledger.order;
  return [
    piece("captured", kept("invoiced", returned), invoiced - returned),
    piece("refunded", "returned", returned),
    piece("cancelled", "taken off", ledger.value - value),
    piece("open", "to invoice", value - invoiced),
  ];
}

function gatewayPieces(ledger, open) {
  const { settled, cancelled, refunded } = ledger.requested;
  const reduced = ledger.value - settled - cancelled - open; // refunded before it was settled: the order shrank
  return [
    piece("captured", kept("to settle", refunded), settled + reduced - refunded),
    piece("refunded", "to refund", refunded),
    piece("cancelled", "to cancel", cancelled),
    piece("open", "open", open),
  ];
}

function connectorPieces(confirmed, moving, held) {
  const { authorized, captured, voided, refunded } = confirmed;
  const leaving = moving.settling + moving.cancelling;
  return [
    piece("captured", kept("captured", refunded), captured - refunded - moving.refunding),
    piece("refunded", "refunded", refunded),
    piece("moving", "in flight", leaving + moving.refunding),
    piece("cancelled", "cancelled", voided),
    piece("held", "held", held),
    piece("open", "open", authorized - captured - voided - leaving - held),
  ];
}

function bar(pieces, whole) {
  const shown = pieces.filter(each => each.amount > 0);
  const says = each => `${each.words} ${units(each.amount)}`;
  const drawn = make("div", { class: "bar", role: "img", "aria-label": shown.map(says).join(", ") || "nothing yet" });
  const rest = piece("open", "not authorized", whole - total(shown, "amount"));
  for (const each of rest.amount ? [...shown, rest] : shown) {
    const part = drawn.appendChild(make("i", { class: each.name, title: says(each) }));
    part.style.flexGrow = each.amount;
  }
  return drawn;
}

const figures = rows => make("dl", { class: "figures" }, ...rows.flatMap(([name, words, amount]) =>
  [make("dt", { class: name }, words), make("dd", { class: amount ? null : "zero" }, units(amount))]));

const legend = pieces => make("dl", { class: "legend" }, ...pieces.filter(each => each.amount > 0).map(each =>
  make("div", {}, make("dt", { class: each.name }, each.words), make("dd", {}, units(each.amount)))));
