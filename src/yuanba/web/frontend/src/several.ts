/** The bar above a list that works on ticked rows: says how many there are, and ticks all or none. */
export function watchSeveral(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-several]");
  if (!form) return;
  const boxes = Array.from(form.elements).filter(
    (part): part is HTMLInputElement => part instanceof HTMLInputElement && part.type === "checkbox",
  );
  const all = form.querySelector<HTMLButtonElement>("[data-tick-all]");
  const told = form.querySelector<HTMLElement>("[data-ticked]");
  const tell = (): void => {
    const ticked = boxes.filter((box) => box.checked).length;
    if (told) told.textContent = ticked ? (form.dataset.several ?? "").replace("{n}", String(ticked)) : "";
    all?.setAttribute("aria-pressed", String(ticked === boxes.length));
  };
  if (all) {
    all.hidden = false;
    all.addEventListener("click", () => {
      const some = boxes.some((box) => !box.checked);
      boxes.forEach((box) => (box.checked = some));
      tell();
    });
  }
  boxes.forEach((box) => box.addEventListener("change", tell));
  // Coming back with the browser's own button shows the ticks as they were left.
  window.addEventListener("pageshow", tell);
  tell();
}
