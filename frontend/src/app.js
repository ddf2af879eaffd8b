// What pages do beyond plain HTML. Everything here is an addition: pages work without it.
import Alpine from "@alpinejs/csp";
import htmx from "htmx.org";
import { startMenus } from "./menus.js";
import { startKeys } from "./keys.js";
import { startForms } from "./forms.js";
import { startUploads } from "./uploads.js";
import { startCopying } from "./copying.js";

htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
window.htmx = htmx;
window.Alpine = Alpine;

startMenus();
startForms();
startUploads();
startCopying();
startKeys();

// Charts are a second bundle, fetched when the first chart comes near the screen.
function watchCharts(root) {
  const figures = root.querySelectorAll("[data-chart]:not([data-drawn])");
  if (!figures.length) return;
  const seen = new IntersectionObserver(
    async (entries) => {
      for (const entry of entries.filter((e) => e.isIntersecting)) {
        seen.unobserve(entry.target);
        const { draw } = await import("./charts/draw.js");
        draw(entry.target);
      }
    },
    { rootMargin: "200px" },
  );
  figures.forEach((figure) => seen.observe(figure));
}

document.addEventListener("DOMContentLoaded", () => {
  // Here and not earlier, so that scripts of single pages have registered their components.
  Alpine.start();
  watchCharts(document);
});
document.addEventListener("htmx:afterSettle", (event) => watchCharts(event.target.parentElement ?? document));
