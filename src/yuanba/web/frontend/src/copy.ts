import { word } from "./words";

/** `<button data-copy="text" hidden>` shows only where it works: copies, and says so where its own words stood. */
export function watchCopyLinks(): void {
  for (const button of document.querySelectorAll<HTMLElement>("[data-copy]")) button.hidden = false;
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-copy]") : null;
    if (!button) return;
    const text = button.dataset.copy || window.location.href;
    void copy(text).then((done) => say(button, word(done ? "copied" : "copyFailed")));
  });
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "visually-hidden";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

function say(button: HTMLElement, text: string): void {
  const label = button.querySelector<HTMLElement>(".button__text") ?? button;
  if (button.dataset.copying !== undefined) return;
  const before = label.textContent;
  button.dataset.copying = "";
  label.setAttribute("aria-live", "polite");
  label.textContent = text;
  setTimeout(() => {
    label.textContent = before;
    delete button.dataset.copying;
  }, 2500);
}
