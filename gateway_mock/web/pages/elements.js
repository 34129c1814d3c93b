// Elements: whatever anybody said becomes text, never markup.

const byId = id => document.getElementById(id);

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

async function copy(button, text) {
  const told = button.textContent;
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
  setTimeout(() => { button.textContent = told; }, 2000);
}

const minuteOf = moment => moment.slice(0, 16);
const dayOf = moment => moment.slice(0, 10);
const timeOf = moment => moment.slice(11, 19);
const readable = moment => `${dayOf(moment)} ${timeOf(moment)}`;
