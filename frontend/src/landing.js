// For a shop's landing pages: how long the page took, and what was put into the cart. It stores
// nothing in the browser, says nothing before the viewer agreed, and nothing at all to a collector
// when the browser asks for privacy.
(() => {
  const script = document.currentScript;
  const { key, product, link, consent } = script.dataset;
  const to = new URL(`/v1/events?key=${encodeURIComponent(key)}`, script.src);
  const click = (/[?&]ls_click=([\w-]{1,64})(?:&|$)/.exec(location.search) || [])[1];
  const waiting = [];
  let agreed = consent === "given";

  function newId() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  // The same words on every try: id and time are what make an event count once.
  function send(body, tries) {
    const again = () => tries && setTimeout(send, 5000, body, tries - 1);
    fetch(to, { method: "POST", body, keepalive: true, credentials: "omit" }).then(
      (answer) => (answer.status === 503 || answer.status === 429) && again(),
      again,
    );
  }

  function tell(kind, more) {
    if (navigator.globalPrivacyControl) return;
    const event = { event_id: newId(), kind, occurred_at: new Date().toISOString(), ...more };
    if (click) event.click_id = click;
    if (link) event.link = link;
    waiting.push(event);
    flush();
  }

  function flush() {
    if (!agreed || !waiting.length) return;
    const events = waiting.splice(0).map((event) => ({ ...event, consented: true }));
    send(JSON.stringify(events), 2);
  }

  function landed() {
    const [page] = performance.getEntriesByType("navigation");
    if (!page || page.type !== "navigate") return;
    const load_ms = Math.max(0, Math.round(page.loadEventEnd - (page.activationStart || 0)));
    tell("landing", { load_ms, product_id: product });
  }

  // Its end is only known once the load event is over; a page drawn ahead has not been seen yet.
  function whenLoaded() {
    if (document.readyState === "complete") setTimeout(landed);
    else addEventListener("load", () => setTimeout(landed));
  }
  if (document.prerendering) document.addEventListener("prerenderingchange", whenLoaded);
  else whenLoaded();

  document.addEventListener("click", ({ target }) => {
    const button = target.closest && target.closest("[data-linkstar-cart]");
    if (button) tell("add_to_cart", { product_id: button.dataset.linkstarCart || product });
  });

  window.linkstar = {
    consent(yes) {
      agreed = yes;
      if (yes) flush();
      else waiting.length = 0;
    },
    addToCart: (more) => tell("add_to_cart", { product_id: product, ...more }),
  };
})();
