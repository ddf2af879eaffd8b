// Buttons that put an address on the clipboard. Without one the address stands there to be selected.
export function startCopying() {
  if (!navigator.clipboard) return;
  document.querySelectorAll("[data-copy]").forEach((button) => (button.hidden = false));
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    button.querySelector("[aria-live]").textContent = button.dataset.copied;
  });
}
