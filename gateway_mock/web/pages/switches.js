// The head, and what goes wrong on purpose.

let connectors = [], quirks = {};

function drawAccounts({ account, accounts }) {
  const option = name => make("option", { value: name, selected: name === account }, name);
  redraw(byId("account"), ...accounts.map(option));
}

function drawConnectors(told) {
  connectors = told.connectors;
  redraw(byId("connectors"), ...connectors.map(each => make("li", { title: each.url }, `${each.name} `,
    make("span", { class: "soft" }, each.kind === "legacy" ? "legacy" : `PPP, ${each.mode}`))));
}

function drawClock({ now, mode }) {
  byId("now").dateTime = now;
  byId("now").textContent = readable(now);
  byId("clock-mode").textContent = `UTC, ${mode}`;
  byId("steps").hidden = mode !== "manual";
}

function drawFaults({ faults }) {
  const times = fault => fault.times === 1 ? "once" : `${fault.times} times`;
  const often = fault => `${times(fault)}${fault.after ? `, after ${fault.after} more` : ""}`;
  const line = each => make("li", {}, make("b", {}, each.kind),
    ` on ${each.operation === "*" ? "any call" : each.operation}, ${often(each)}`);
  const none = make("li", { class: "soft" }, "None: every call arrives.");
  redraw(byId("faults"), ...(faults.length ? faults.map(line) : [none]));
  byId("clear").disabled = !faults.length;
}

function drawQuirks(told) {
  quirks = told;
  const wanted = byId("quirk-search").value.toLowerCase(), isOn = name => quirks[name];
  const names = Object.keys(quirks).filter(name => name.includes(wanted));
  redraw(byId("quirks"), ...[...names.filter(isOn), ...names.filter(name => !isOn(name))].map(quirk));
  byId("quirks-on").textContent = `${Object.keys(quirks).filter(isOn).length} of ${Object.keys(quirks).length} on`;
}

function quirk(name) {
  const change = ({ target }) => act(() => ask("/_mock/quirks", "PUT", { [name]: target.checked }),
    `${name} is ${target.checked ? "on" : "off"}.`);
  return make("li", {}, make("label", { class: quirks[name] && "on" },
    make("input", { type: "checkbox", "data-key": name, checked: quirks[name], change }), name));
}

function moved(answer) {
  const { now, ran } = JSON.parse(answer), names = ran.map(each => each.job).join(", ");
  return `The clock stands at ${readable(now)}; ${names ? `what fell due: ${names}` : "nothing fell due"}.`;
}

function addFault(form) {
  const { kind, operation, times, after } = Object.fromEntries(new FormData(form));
  const fault = { kind, operation, times: Number(times), after: Number(after) };
  return act(() => ask("/_mock/faults", "POST", fault), `${kind} waits for its call.`);
}
