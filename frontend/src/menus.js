// Menus are <details>: they open by themselves; this closes them again.
function openOnes() {
  return document.querySelectorAll("details.menu[open], details.help[open]");
}

export function startMenus() {
  document.addEventListener("click", (event) => {
    openOnes().forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    openOnes().forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });
}
