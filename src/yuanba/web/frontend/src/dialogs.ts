/** `<a href="#id" data-dialog>` opens `<dialog id>` over the page. In elder mode nothing pops up: the link just goes
 * to the dialog, which then stands open in the page, as it does without scripts. */
export function watchDialogs(): void {
  if (typeof HTMLDialogElement === "undefined") return;
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const opener = event.target.closest<HTMLAnchorElement>("a[data-dialog]");
    const closer = event.target.closest("[data-dialog-close]");
    if (opener && document.documentElement.dataset.mode !== "elder") {
      const dialog = document.getElementById(opener.hash.slice(1));
      if (dialog instanceof HTMLDialogElement) {
        event.preventDefault();
        dialog.showModal();
      }
    } else if (closer) {
      const dialog = closer.closest("dialog");
      if (dialog?.open) {
        event.preventDefault();
        dialog.close();
      }
    } else if (event.target instanceof HTMLDialogElement && event.target.open && isOutside(event, event.target)) {
      event.target.close();
    }
  });
}

function isOutside(event: MouseEvent, dialog: HTMLDialogElement): boolean {
  const box = dialog.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}
