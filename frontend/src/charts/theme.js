// Colours of charts are the page's tokens, read when a chart is drawn.
export function colours() {
  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue(`--${name}`).trim();
  return {
    font: getComputedStyle(document.body).fontFamily,
    card: token("card"), text: token("text"), muted: token("muted"), line: token("line"),
    own: token("own"), below: token("below"), benchmark: token("benchmark"),
    heat: [0, 1, 2, 3, 4, 5, 6].map((i) => token(`heat-${i}`)),
  };
}

export function isStill() {
  return (
    document.body.dataset.still === "yes" ||
    matchMedia("(prefers-reduced-motion: reduce)").matches
  );
}
