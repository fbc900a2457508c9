/** The offer to undo moves to the corner; its button goes when its time is over, what was done stays to be read. */
export function watchUndo(): void {
  const offer = document.querySelector<HTMLElement>("[data-undo]");
  const shelf = document.getElementById("toasts");
  if (!offer || !shelf || document.documentElement.dataset.mode === "elder") return;
  offer.removeAttribute("role");
  const form = offer.querySelector("form");
  // Put in after a moment, so that the change of the live region is read out.
  window.setTimeout(() => shelf.append(offer), 0);
  window.setTimeout(() => form?.remove(), Number(offer.dataset.undo) * 1000);
}
