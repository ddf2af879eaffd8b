// Forms marked data-auto send themselves when a choice is made; their button is for no script.
export function startForms() {
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (form && form.matches("[data-auto]")) form.requestSubmit();
  });
  // The moment a person reads times in their own words.
  document.documentElement.classList.add("scripted");
}
