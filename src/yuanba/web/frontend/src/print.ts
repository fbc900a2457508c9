/** `<button data-print hidden>` prints the page; it shows only where it works. */
export function watchPrint(): void {
  for (const button of document.querySelectorAll<HTMLElement>("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}
