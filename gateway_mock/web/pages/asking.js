// Asking the sandbox: every request says whose account it is about, and the control token where there is one.

const remembered = sessionStorage;
let pair = null;

class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

function credentials() {
  const token = remembered.getItem("token");
  return {
    ...(token && { "X-Mock-Control-Token": token }),
    ...(pair && { "X-VTEX-API-AppKey": pair.appKey, "X-VTEX-API-AppToken": pair.appToken }),
  };
}

async function ask(path, method = "GET", body = undefined) {
  const signal = AbortSignal.timeout(15_000), sent = body && JSON.stringify(body);
  const answer = await fetch(path, { method, headers: credentials(), body: sent, cache: "no-store", signal });
  const text = await answer.text();
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

async function changeAccount(name) {
  pair = JSON.parse(await ask("/_mock/accounts", "POST", { account: name }));
  remembered.setItem("account", name);
}

// An account that is there no more would be made anew by asking for it.
async function returnToAccount() {
  const name = remembered.getItem("account");
  if (name && JSON.parse(await ask("/_mock/accounts")).accounts.includes(name)) await changeAccount(name);
}

// Numbers of the line stay as they were written (40.00 is not 40) where the browser can tell.
const exactly = text => JSON.parse(text, (_, value, context) =>
  typeof value === "number" && context?.source && JSON.rawJSON ? JSON.rawJSON(context.source) : value);
const written = value => value?.rawJSON ?? value;
const plain = value => Number(written(value));
