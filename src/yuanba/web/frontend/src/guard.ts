import { setNote } from "./notes";
import { word } from "./words";

/** A form that was sent is not sent twice while its answer is under way. The server is safe without this. */
export function guardSubmits(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    if (!navigator.onLine) {
      // Sending would put the browser's own page in place of this one, and the chosen photos with it.
      event.preventDefault();
      const place = event instanceof SubmitEvent && event.submitter ? event.submitter : form.lastElementChild;
      setNote(form, "offline", place, word("offline"));
      return;
    }
    setNote(form, "offline", null, "");
    form.dataset.sent = "1";
    const button = event instanceof SubmitEvent ? event.submitter : null;
    // After this turn, so that the pressed button's own name and value are still sent.
    setTimeout(() => markBusy(button), 0);
    // A lost connection leaves the page where it is: let it be sent again.
    setTimeout(() => release(form), 20_000);
  });
  // Coming back with the browser's own button shows the page as it was left, greyed out: wake it up.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll<HTMLFormElement>("form[data-sent]").forEach(release);
  });
}

function markBusy(button: HTMLElement | null): void {
  if (!(button instanceof HTMLButtonElement)) return;
  button.setAttribute("aria-disabled", "true");
  button.dataset.busy = "";
  const text = button.querySelector<HTMLElement>(".button__text");
  if (text && button.dataset.plain === undefined) {
    button.dataset.plain = text.textContent ?? "";
    text.textContent = word("sending");
  }
}

function release(form: HTMLFormElement): void {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll<HTMLButtonElement>("button[data-busy]")) {
    button.removeAttribute("aria-disabled");
    delete button.dataset.busy;
    const text = button.querySelector<HTMLElement>(".button__text");
    if (text && button.dataset.plain !== undefined) text.textContent = button.dataset.plain;
    delete button.dataset.plain;
  }
}
