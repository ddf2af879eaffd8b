// Keyboard shortcuts; silent while typing, with a modifier, during IME, or when switched off.
const GO = "go";
let waiting = "";

function isTyping(event) {
  const target = event.target;
  return (
    event.isComposing ||
    event.ctrlKey || event.metaKey || event.altKey ||
    target.isContentEditable ||
    ["INPUT", "SELECT", "TEXTAREA"].includes(target.tagName)
  );
}

function follow(key) {
  const link = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!link) return false;
  if (link.matches("input, select")) link.focus();
  else if (link.matches("summary")) {
    link.parentElement.open = true;
    link.focus();
  } else link.click();
  return true;
}

function moveRow(step) {
  const links = [...document.querySelectorAll("[data-row]")];
  if (!links.length) return;
  const at = links.indexOf(document.activeElement);
  links[Math.min(Math.max(at + step, 0), links.length - 1)].focus();
}

export function startKeys() {
  if (document.body.dataset.keys === "off") return;
  document.addEventListener("keydown", (event) => {
    if (isTyping(event)) return;
    const key = waiting === GO ? `g ${event.key}` : event.key;
    waiting = "";
    if (event.key === "g" && key === "g") waiting = GO;
    else if (key === "j") moveRow(1);
    else if (key === "k") moveRow(-1);
    else if (follow(key)) event.preventDefault();
  });
}
