// Menus and drawers are <details>: they open by themselves; this closes them again.
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
    if (event.key !== "Escape" || event.isComposing) return;
    const menus = openOnes();
    const drawer = event.target.closest?.("details.drawer[open]");
    for (const one of menus.length ? menus : [drawer].filter(Boolean)) {
      one.open = false;
      one.querySelector("summary").focus();
    }
  });
}
