/** Lists under `[data-keys]` are worked by keyboard: j/k next and previous row, Enter opens, x ticks, and the letter
 * in a control's `data-key` presses it in the current row; a link's `aria-keyshortcuts` opens it from anywhere. Off when the person turned shortcuts off (WCAG 2.1.4),
 * while typing, and with Ctrl, Alt or Meta held. */
export function watchKeys(): void {
  if (document.documentElement.dataset.keys === "off") return;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    if (act(event.key, event.target)) event.preventDefault();
  });
}

function act(key: string, target: EventTarget | null): boolean {
  if (key === "?") return openHelp();
  if (key === "/") return focusSearch();
  if (/^[a-z]$/.test(key) && press(document.querySelector<HTMLElement>(`a[aria-keyshortcuts="${key}"]`))) return true;
  const rows = Array.from(document.querySelectorAll<HTMLElement>("[data-keys] [data-row]"));
  const place = rows.findIndex((row) => row.getAttribute("aria-current") === "true");
  if (key === "j") return go(rows, place + 1);
  if (key === "k") return go(rows, place - 1);
  const row = rows[place];
  if (!row) return false;
  if (key === "Enter") return target === row && press(row.querySelector<HTMLElement>("[data-open]"));
  if (key === "x") return press(row.querySelector<HTMLElement>('input[type="checkbox"]'));
  const controls = Array.from(row.querySelectorAll<HTMLElement>("[data-key]"));
  return press(controls.find((control) => control.dataset.key === key) ?? null);
}

function go(rows: HTMLElement[], place: number): boolean {
  const next = rows[Math.max(0, Math.min(place, rows.length - 1))];
  if (!next) return false;
  rows.forEach((row) => row.removeAttribute("aria-current"));
  next.setAttribute("aria-current", "true");
  next.tabIndex = -1;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  return true;
}

function press(control: HTMLElement | null): boolean {
  control?.click();
  return control !== null;
}

function openHelp(): boolean {
  const help = document.getElementById("keys-help");
  if (!(help instanceof HTMLDialogElement)) return false;
  help.showModal();
  return true;
}

function focusSearch(): boolean {
  const search = document.querySelector<HTMLInputElement>("[data-search]");
  const fold = search?.closest("details");
  if (fold) fold.open = true;
  search?.focus();
  search?.select();
  return search !== null;
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button", "submit"].includes(target.type);
}
