// Looking: once a second while somebody looks, less often where answers take long.

const drawn = new Map();
let turn = 0, timer, isLooking = false, isWanted = false;

function ifNew(name, text, draw) {
  if (drawn.get(name) === text) return;
  drawn.set(name, text);
  draw();
}

async function look() {
  const names = ["clock", "transactions", "jobs"];
  const [clock, list, jobs] = await Promise.all(names.map(name => ask(`/_mock/${name}`)));
  if (turn++ % 5 === 0) await lookAround();
  ifNew("clock", clock, () => drawClock(JSON.parse(clock)));
  rows = JSON.parse(list).transactions;
  const id = chosen();
  ifNew("list", `${id}${list}`, drawList);
  document.body.toggleAttribute("data-chosen", Boolean(hash()));
  if (id) await lookAt(id, jobs, JSON.parse(clock).now);
}

const AROUND = { accounts: drawAccounts, connectors: drawConnectors, faults: drawFaults, quirks: drawQuirks };

async function lookAround() {
  const texts = await Promise.all(Object.keys(AROUND).map(name => ask(`/_mock/${name}`)));
  Object.entries(AROUND).forEach(([name, draw], at) => ifNew(name, texts[at], () => draw(JSON.parse(texts[at]))));
}

async function lookAt(id, jobs, now) {
  const path = `/_mock/transactions/${encodeURIComponent(id)}`, names = ["ledger", "exchanges", "history"];
  const row = JSON.stringify(rows.find(each => each.transactionId === id));
  try {
    const [ledger, exchanges, history] = await Promise.all(names.map(name => ask(`${path}/${name}`)));
    const all = [id, ledger, exchanges, history, jobs, row, minuteOf(now)].join("\n");
    const { exchanges: calls, evicted } = exactly(exchanges);
    ifNew("detail", all, () => drawDetail({ id, now, ledger: JSON.parse(ledger), exchanges: calls,
      evicted: plain(evicted ?? 0), history: JSON.parse(history).history, jobs: JSON.parse(jobs).jobs }));
  } catch (refused) {
    if (refused.status !== 404) throw refused;
    ifNew("detail", id, () => redraw(byId("detail"), back(), make("p", { class: "soft" }, refused.message)));
  }
}

function complain(failure) {
  const isRefused = failure instanceof Refusal, isClosed = isRefused && failure.status === 403;
  if (isRefused && failure.status === 401) pair = null; // its account is gone
  byId("entry").hidden = !isClosed;
  byId("desk").hidden = byId("switches").hidden = isClosed;
  byId("problem").hidden = !failure;
  byId("problem").textContent = failure && (isRefused ? failure.message : "The sandbox does not answer.");
  if (failure && !isRefused) console.error(failure);
  return isClosed;
}

async function tick() {
  clearTimeout(timer);
  isWanted = isLooking; // whoever looks already may have asked before this
  if (isLooking || document.hidden) return;
  isLooking = true;
  const began = performance.now(), isClosed = await look().then(() => complain(null), complain);
  isLooking = false;
  const pause = Math.max(1000, 10 * (performance.now() - began));
  if (!isClosed || isWanted) timer = setTimeout(tick, isWanted ? 0 : pause);
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

// --- What a person does -------------------------------------------------------------------------------------------

const on = (id, kind, react) => byId(id).addEventListener(kind, react);

on("account", "change", ({ target }) => act(() => changeAccount(target.value).then(() => { location.hash = ""; }), ""));
on("steps", "click", ({ target }) => {
  const advance = Number(target.dataset.seconds);
  if (advance) act(() => ask("/_mock/clock", "POST", { advance }), moved);
});
on("entry", "submit", event => {
  event.preventDefault();
  remembered.setItem("token", byId("token").value);
  act(returnToAccount, "");
});
on("fault", "submit", event => {
  event.preventDefault();
  addFault(event.target);
});
on("clear", "click", () => act(() => ask("/_mock/faults", "DELETE"), "No fault waits."));
on("quirk-search", "input", () => drawQuirks(quirks));
on("search", "input", drawList);
on("search", "keydown", ({ key, target }) => {
  const wanted = target.value.trim();
  if (key === "Enter" && wanted) location.hash = byId("list").querySelector("a")?.hash ?? encodeURIComponent(wanted);
});
on("skip", "click", event => {
  event.preventDefault();
  byId("detail").focus();
});
on("theme", "click", () => {
  const root = document.documentElement.style, isDark = matchMedia("(prefers-color-scheme: dark)").matches;
  root.colorScheme = (root.colorScheme || (isDark ? "dark" : "light")) === "dark" ? "light" : "dark";
});
document.addEventListener("keydown", event => {
  if (event.key !== "/" || event.target.matches("input, select, textarea")) return;
  event.preventDefault();
  byId("search").focus();
});
document.addEventListener("visibilitychange", tick);
isWide.addEventListener("change", tick);
addEventListener("hashchange", () => {
  if (hash()) scrollTo(0, 0);
  tick();
});
returnToAccount().catch(() => {}).then(tick);
