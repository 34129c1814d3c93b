const all = selector => [...document.querySelectorAll(selector)];
const rules = all("details.rule"), families = all("section.family"), filters = all("button[data-outcome]");
const [search, count, fold, nothing] = ["search", "count", "fold", "nothing"].map(id => document.getElementById(id));
const texts = new Map(rules.map(rule => [rule, rule.textContent.toLowerCase()]));
const isPressed = button => button.getAttribute("aria-pressed") === "true";

// Colours without touching the text; a browser that cannot do it shows plain text.
const paints = name => CSS.highlights?.get(name) ?? CSS.highlights?.set(name, new Highlight()).get(name);
function paint(name, element, pattern) {
  const nodes = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  while (nodes.nextNode())
    for (const found of nodes.currentNode.data.matchAll(pattern)) {
      const range = new Range();
      range.setStart(nodes.currentNode, found.index);
      range.setEnd(nodes.currentNode, found.index + found[0].length);
      paints(name)?.add(range);
    }
}

function wordsSearched() {
  return search.value.toLowerCase().split(/\s+/).filter(Boolean);
}

function mark() {
  paints("found")?.clear();
  const words = wordsSearched().map(word => RegExp.escape?.(word) ?? word.replace(/[^\w\s]/g, "\\$&"));
  if (!words.length) return;
  const pattern = new RegExp(words.join("|"), "gi");
  for (const rule of rules.filter(each => !each.hidden)) paint("found", rule, pattern);
}

function show() {
  const words = wordsSearched(), wanted = new Set(filters.filter(isPressed).map(button => button.dataset.outcome));
  for (const rule of rules)
    rule.hidden = !words.every(word => texts.get(rule).includes(word))
      || (wanted.size > 0 && !wanted.has(rule.dataset.outcome));
  for (const family of families) family.hidden = !family.querySelector("details.rule:not([hidden])");
  const shown = rules.filter(rule => !rule.hidden).length;
  count.value = shown === rules.length ? `${shown} rules` : `${shown} of ${rules.length} rules`;
  nothing.hidden = shown > 0;
  mark();
}

function press(button, isOn) {
  button.setAttribute("aria-pressed", isOn);
}

function visit() {
  const rule = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!rule?.matches("details.rule")) return;
  if (rule.hidden) {
    search.value = "";
    filters.forEach(button => press(button, false));
    show();
  }
  rule.open = true;
  rule.scrollIntoView();
  rule.querySelector("summary").focus({ preventScroll: true });
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch { // a page that came by plain HTTP has no clipboard
    const area = document.body.appendChild(document.createElement("textarea"));
    area.value = text;
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

search?.addEventListener("input", show);
filters.forEach(button => button.addEventListener("click", () => { press(button, !isPressed(button)); show(); }));
fold?.addEventListener("click", () => {
  const isOpening = fold.getAttribute("aria-expanded") === "false";
  rules.forEach(rule => { rule.open = isOpening; });
  fold.setAttribute("aria-expanded", isOpening);
  fold.textContent = isOpening ? "Close all" : "Open all";
});
document.getElementById("theme").addEventListener("click", () => {
  const root = document.documentElement.style, isDark = matchMedia("(prefers-color-scheme: dark)").matches;
  root.colorScheme = (root.colorScheme || (isDark ? "dark" : "light")) === "dark" ? "light" : "dark";
});
document.addEventListener("click", async event => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const told = button.textContent;
  await copy(button.dataset.copy);
  button.textContent = "Copied";
  button.focus();
  setTimeout(() => { button.textContent = told; }, 2000);
});
document.addEventListener("keydown", event => {
  if (event.key !== "/" || event.target === search || !search) return;
  event.preventDefault();
  search.focus();
});
document.addEventListener("toggle", event => {
  if (!event.target.matches(".call") || !event.target.open || event.target.dataset.painted) return;
  event.target.dataset.painted = "yes";
  event.target.querySelectorAll("pre").forEach(pre => paint("key", pre, /"[^"\n]*"(?=:)|^[\w-]+(?=: )/gm));
}, true);
let opened = [];
addEventListener("beforeprint", () => {
  opened = rules.filter(rule => ["fail", "advice"].includes(rule.dataset.outcome) && !rule.open);
  opened.forEach(rule => { rule.open = true; });
});
addEventListener("afterprint", () => opened.forEach(rule => { rule.open = false; }));
addEventListener("hashchange", visit);
visit();
