const PLACE = "yuanba.row";

/** Lists under `[data-keys]` are worked by keyboard: j/k next and previous row, Enter opens, x ticks, and the letter
 * in a control's `data-key` presses it in the current row; a link or button with `aria-keyshortcuts` is pressed from
 * anywhere. Off when the person turned shortcuts off (WCAG 2.1.4), while typing, and with Ctrl, Alt or Meta held. */
export function watchKeys(): void {
  if (document.documentElement.dataset.keys === "off") return;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (document.querySelector("dialog[open]:not([data-beside])")) return;
    if (act(event.key, event.target)) event.preventDefault();
  });
  goOn();
}

function act(key: string, target: EventTarget | null): boolean {
  if (key === "?") return openHelp();
  if (key === "/") return focusSearch();
  const rows = rowsOf();
  const place = rows.findIndex((row) => row.getAttribute("aria-current") === "true");
  const everywhere = /^[a-z]$/.test(key) ? anywhere(key) : null;
  if (everywhere instanceof HTMLButtonElement && everywhere.type === "submit") keepPlace(placeAfter(rows, place));
  if (press(everywhere)) return true;
  if (key === "j") return go(rows, place + 1);
  if (key === "k") return go(rows, place - 1);
  const row = rows[place];
  if (!row) return false;
  if (key === "Enter") return target === row && press(row.querySelector<HTMLElement>("[data-open]"));
  if (key === "x") return press(row.querySelector<HTMLElement>('input[type="checkbox"]'));
  const controls = Array.from(row.querySelectorAll<HTMLElement>("[data-key]"));
  const control = controls.find((each) => each.dataset.key === key) ?? null;
  if (control?.closest("form")) keepPlace(place);
  return press(control);
}

/** Where one goes on after a step on several rows, or one taken back: at the first that was ticked, else where one was. */
function placeAfter(rows: HTMLElement[], place: number): number {
  const ticked = rows.findIndex((row) => row.querySelector('input[type="checkbox"]:checked'));
  return Math.max(ticked === -1 ? place : ticked, 0);
}

/** A step made in a row loads the list anew: one goes on at the row that took its place. */
function keepPlace(place: number): void {
  try {
    window.sessionStorage.setItem(PLACE, `${window.location.pathname} ${place}`);
  } catch {
    // Without a store one begins at the top again.
  }
}

function goOn(): void {
  try {
    const [path, place] = (window.sessionStorage.getItem(PLACE) ?? "").split(" ");
    window.sessionStorage.removeItem(PLACE);
    if (path === window.location.pathname) go(rowsOf(), Number(place));
  } catch {
    // As above.
  }
}

function rowsOf(): HTMLElement[] {
  return Array.from(document.querySelectorAll<HTMLElement>("[data-keys] [data-row]"));
}

function anywhere(key: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`a[aria-keyshortcuts="${key}"], button[aria-keyshortcuts="${key}"]`);
}

function go(rows: HTMLElement[], place: number): boolean {
  const next = rows[Math.max(0, Math.min(place, rows.length - 1))];
  if (!next) return false;
  rows.forEach((row) => row.removeAttribute("aria-current"));
  next.setAttribute("aria-current", "true");
  next.tabIndex = -1;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  next.dispatchEvent(new CustomEvent("row:current", { bubbles: true }));
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
