import { word } from "./words";

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;
interface Draft {
  savedAt: number;
  values: Record<string, string>;
  given?: Record<string, string>;
}

const PREFIX = "yuanba.draft.";
const KEPT_MILLISECONDS = 3 * 24 * 3600 * 1000;
const NEVER_KEPT = new Set(["password", "hidden", "file", "submit", "button", "reset"]);

/** Forms with `data-draft="name"` keep what is typed on this device until a page with `data-draft-clear="name"`. */
export function keepDrafts(): void {
  const store = openStore();
  if (!store) return;
  forgetOld(store);
  for (const done of document.querySelectorAll<HTMLElement>("[data-draft-clear]")) {
    store.removeItem(PREFIX + (done.dataset.draftClear ?? ""));
  }
  document.querySelectorAll<HTMLFormElement>("form[data-draft]").forEach((form) => keep(form, store));
}

function keep(form: HTMLFormElement, store: Storage): void {
  const key = PREFIX + (form.dataset.draft ?? "");
  const draft = read(store, key);
  const given = collect(form);
  if (draft && restore(form, draft)) announce(form, () => store.removeItem(key));
  let timer = 0;
  const save = (): void => {
    try {
      store.setItem(key, JSON.stringify({ savedAt: Date.now(), values: collect(form), given }));
    } catch {
      // The device's store is full or closed: typing goes on, only the safety copy is missing.
    }
  };
  form.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(save, 400);
  });
  window.addEventListener("pagehide", () => {
    if (!timer) return;
    window.clearTimeout(timer);
    save();
  });
}

function fields(form: HTMLFormElement): Field[] {
  return Array.from(form.elements).filter(
    (part): part is Field =>
      (part instanceof HTMLInputElement || part instanceof HTMLTextAreaElement || part instanceof HTMLSelectElement) &&
      part.name !== "" &&
      !NEVER_KEPT.has(part.type) &&
      part.dataset.draftSkip === undefined,
  );
}

function isChoice(field: Field): field is HTMLInputElement {
  return field.type === "checkbox" || field.type === "radio";
}

function collect(form: HTMLFormElement): Record<string, string> {
  const values: Record<string, string> = {};
  for (const field of fields(form)) {
    if (isChoice(field)) values[`${field.name}=${field.value}`] = field.checked ? "1" : "";
    else if (field.value !== "") values[field.name] = field.value;
  }
  return values;
}

/**
 * Fills what the page left empty, or gave as it did before anything was typed, such as a suggested choice: what came
 * back from a failed try is newer than the draft.
 */
function restore(form: HTMLFormElement, draft: Draft): boolean {
  let filled = false;
  for (const field of fields(form)) {
    if (isChoice(field)) {
      const kept = draft.values[`${field.name}=${field.value}`];
      if (kept !== undefined && field.checked === field.defaultChecked && field.checked !== (kept === "1")) {
        field.checked = kept === "1";
        filled = true;
      }
    } else if (field.value === "" || field.value === draft.given?.[field.name]) {
      const kept = draft.values[field.name] ?? "";
      if (kept === "" || kept === field.value) continue;
      field.value = kept;
      filled = true;
    }
  }
  return filled;
}

function announce(form: HTMLFormElement, forget: () => void): void {
  const note = document.createElement("p");
  note.className = "draft";
  note.setAttribute("role", "status");
  const text = document.createElement("span");
  text.textContent = word("draftRestored");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button--plain";
  button.textContent = word("draftDiscard");
  button.addEventListener("click", () => {
    forget();
    form.reset();
    note.remove();
  });
  note.append(text, button);
  form.prepend(note);
  // What came back is seen, also where its form is folded away.
  form.closest("details")?.setAttribute("open", "");
}

function openStore(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

function read(store: Storage, key: string): Draft | null {
  try {
    const draft = JSON.parse(store.getItem(key) ?? "null") as Draft | null;
    return draft && typeof draft.savedAt === "number" && typeof draft.values === "object" ? draft : null;
  } catch {
    return null;
  }
}

function forgetOld(store: Storage): void {
  for (const key of Object.keys(store).filter((name) => name.startsWith(PREFIX))) {
    const draft = read(store, key);
    if (!draft || Date.now() - draft.savedAt > KEPT_MILLISECONDS) store.removeItem(key);
  }
}
