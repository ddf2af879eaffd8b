// The upload form beyond plain HTML: dropping and pasting files, and saying which were chosen.
const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"];

function written(bytes) {
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  const format = { style: "unit", unit: UNITS[step], maximumFractionDigits: 1 };
  return new Intl.NumberFormat(document.documentElement.lang, format).format(bytes / 1000 ** step);
}

function listFiles(zone, input) {
  const lines = [...input.files].map((file) => {
    const line = document.createElement("li");
    line.textContent = `${file.name} · ${written(file.size)}`;
    return line;
  });
  zone.querySelector("[data-chosen]").replaceChildren(...lines);
}

function take(zone, input, files) {
  if (!files.length) return;
  input.files = files;
  listFiles(zone, input);
}

export function startUploads() {
  const zone = document.querySelector("[data-dropzone]");
  if (!zone) return;
  const input = zone.querySelector("input[type=file]");
  input.addEventListener("change", () => listFiles(zone, input));
  // Anywhere on the page: a file dropped beside the zone must not replace the page.
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) zone.classList.remove("over");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    take(zone, input, event.dataTransfer.files);
  });
  document.addEventListener("paste", (event) => take(zone, input, event.clipboardData.files));
  input.form.addEventListener("submit", () => {
    const button = input.form.querySelector("button[data-busy]");
    button.textContent = button.dataset.busy;
    button.setAttribute("aria-disabled", "true");
  });
}
