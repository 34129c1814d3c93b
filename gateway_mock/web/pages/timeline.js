// What will happen, and what happened: entries have a moment, calls have an order.

const JOBS = {
  send: "the connector is asked again",
  "auto-settle": "it settles by itself",
  antifraud: "the anti-fraud judges it",
  change: "a change goes on",
  release: "the order is released",
};

function waiting(jobs, subjects, exchanges, now) {
  const calls = new Map(exchanges.map(each => [each.requestId, each]));
  const own = jobs.filter(each => subjects.has(each.subject) || calls.has(each.subject));
  const line = ({ job, due, subject }) => make("li", {}, make("b", {}, within(due, now)), ` ${JOBS[job] ?? job}`,
    job === "send" && calls.has(subject) ? ` to ${calls.get(subject).operation}` : "",
    make("span", { class: "soft" }, `, at ${readable(due)}`));
  return make("section", { "aria-labelledby": "jobs-name", hidden: !own.length },
    make("h2", { id: "jobs-name" }, "What will happen"), make("ul", { class: "card jobs" }, ...own.map(line)));
}

const SIZES = [[86_400, "day"], [3_600, "hour"], [60, "minute"], [1, "second"]];

function within(due, now) {
  const seconds = Math.round((Date.parse(due) - Date.parse(now)) / 1000);
  if (seconds < 1) return "Now";
  const [size, name] = SIZES.find(([each]) => seconds >= each), count = Math.round(seconds / size);
  return `In ${count} ${name}${count === 1 ? "" : "s"}`;
}

// The entries of one answer share its requestId and its moment: the first of them says where its call belongs.
function answersIn(history) {
  const known = new Set();
  return new Set(history.filter(({ requestId, date }) => {
    const key = requestId && `${requestId} ${date}`, isFirst = key && !known.has(key);
    known.add(key);
    return isFirst;
  }));
}

// From the newest backwards, for memory may have forgotten the oldest calls. A call whose answer is not in the
// history, for it is on its way, comes after what was known before it.
function woven(history, exchanges) {
  const left = exchanges.map((call, at) => ({ call, number: at + 1 })), lines = [], answers = answersIn(history);
  for (const entry of [...history].reverse()) {
    const at = answers.has(entry) ? left.findLastIndex(each => each.call.requestId === entry.requestId) : -1;
    const [own, ...later] = at < 0 ? [] : left.splice(at);
    lines.unshift(...(own ? [own] : []), { entry }, ...later);
  }
  return [...left, ...lines];
}

function happened(history, exchanges, evicted, payments) {
  const lines = [], days = new Set();
  for (const { entry, call, number } of woven(history, exchanges)) {
    const own = payments.find(each => each.id === (entry ?? call).paymentId);
    if (call) lines.push(exchange(call, number + evicted, own?.connector));
    else addEntry(lines, days, entry, own?.connector, own && payments.length > 1 ? ` …${own.id.slice(-4)}` : "");
  }
  return make("section", { "aria-labelledby": "happened-name" }, make("h2", { id: "happened-name" }, "What happened"),
    make("p", { class: "soft", hidden: !evicted }, `Memory did not keep the oldest calls: ${evicted}.`),
    make("ol", { class: "timeline" }, ...lines));
}

const because = note => note ? `: ${note}` : "";
const what = entry => `${entry.operation} ${units(entry.value ?? 0)}`;

// Tone and words of each happening; the last argument tells several payments apart.
const EVENTS = {
  received: ["", (entry, _, one) => `Payment${one} of ${units(entry.value ?? 0)} received`],
  requested: ["", entry => entry.byItself ? `Due by itself: ${what(entry)}` : `The gateway is asked: ${what(entry)}`],
  called: ["step", (entry, name, one) => `${name} is called${entry.byItself ? " by itself" : ""}: ${what(entry)}${one}`],
  confirmed: ["good", (entry, name, one) => `${name} confirms: ${what(entry)}${one}`],
  "put off": ["wait", (entry, name, one) => `${name} has not confirmed: ${what(entry)}${one}${because(entry.note)}`],
  failed: ["bad", (entry, _, one) => `Failed: ${what(entry)}${one}${because(entry.note)}`],
  "told person": ["wait", (entry, _, one) => `A person is told of it: ${what(entry)}${one}${because(entry.note)}`],
  "handed to person": ["wait", (entry, _, one) => `A person has to do it: ${what(entry)}${one}${because(entry.note)}`],
  ignored: ["step", (entry, _, one) => `Ignored: ${what(entry)}${one}${because(entry.note)}`],
  "transaction status": ["step", entry => `Transaction: ${entry.before} → ${entry.after}`],
  "payment status": ["step", (entry, _, one) => `Payment${one}: ${entry.before} → ${entry.after}`],
};
const OTHER = ["step", entry => `${entry.happening} ${what(entry)}${because(entry.note)}`];

// Steps of one second that follow each other share a line.
function addEntry(lines, days, entry, name, one) {
  const [tone, words] = EVENTS[entry.happening] ?? OTHER, text = words(entry, name, one), time = timeOf(entry.date);
  const day = dayOf(entry.date), before = lines.at(-1);
  if (!days.has(day)) lines.push(make("li", { class: "day" }, day));
  const isSame = days.has(day) && before?.firstChild.textContent === time && before.lastChild.className === "step";
  days.add(day);
  if (tone === "step" && isSame) before.lastChild.append(` · ${text}`);
  else lines.push(make("li", {}, make("time", { datetime: entry.date }, time),
    make("span", { class: tone || null }, text)));
}

// --- A call to a connector ----------------------------------------------------------------------------------------

function exchange(call, number, name) {
  const key = `${call.requestId}/${plain(call.attempt)}/${number}`, command = curl(call, name);
  const button = command && make("button",
    { type: "button", "data-key": `${key}/copy`, click: pressed => copy(pressed.target, command) }, "Copy as curl");
  const pre = (part, value) => make("pre", { tabindex: 0, "data-key": `${key}/${part}` }, bodyText(value));
  return make("li", { class: `call ${call.error || call.status === null ? "bad" : "good"}` },
    make("span", { class: "soft" }, `call ${number}`),
    make("details", { "data-key": key }, summary(call, key),
      make("div", { class: "row" }, make("span", { class: "eyebrow" }, "Request"), button), pre("request", call.request),
      make("span", { class: "eyebrow" }, "Answer"), pre("answer", call.response)));
}

function summary(call, key) {
  const attempt = plain(call.attempt), told = call.status === null ? "no answer" : `HTTP ${plain(call.status)}`;
  return make("summary", { "data-key": `${key}/summary` },
    make("b", {}, call.operation), ` ${written(call.request?.value) ?? ""} `, make("span", { class: "badge" }, told),
    make("span", { class: "soft" }, ` ${Math.round(plain(call.elapsedMs))} ms`, attempt > 1 ? `, try ${attempt}` : ""),
    call.error ? make("div", { class: "error" }, call.error) : null);
}

const asJson = (value, indent) => typeof value === "string" ? value : JSON.stringify(value, null, indent);
const bodyText = value => value === null ? "nothing" : asJson(value, 2);

const PATHS = { authorize: "", settle: "/settlements", cancel: "/cancellations", refund: "/refunds" };
const PREFIXES = { vtex: "X-VTEX-API-", provider: "X-PROVIDER-API-" };
const quoted = text => `'${text.replaceAll("'", "'\\''")}'`;

// The ledger keeps neither headers nor tokens: where a connector wants some, the shell has to know the token.
function curl(call, name) {
  const connector = connectors.find(each => each.name === name);
  if (!(call.operation in PATHS) || !connector?.url || call.request === null) return null;
  const place = call.operation === "authorize" ? "" : `/${encodeURIComponent(call.paymentId)}`;
  const url = `${connector.url.replace(/\/+$/, "")}/payments${place}${PATHS[call.operation]}`;
  const prefix = PREFIXES[connector.headers];
  const pair = [`-H ${quoted(`${prefix}AppKey: ${connector.appKey}`)}`, `-H "${prefix}AppToken: $APP_TOKEN"`];
  return ["curl", quoted(url), "-H 'Content-Type: application/json'", ...(connector.appKey ? pair : []),
    "-d", quoted(asJson(call.request))].join(" ");
}
