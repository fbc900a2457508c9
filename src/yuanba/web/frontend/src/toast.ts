import { word } from "./words";

type Tone = "info" | "done" | "attention" | "error";

/** Shows a short message at the corner. It stays until dismissed: a message that leaves by itself is missed. */
export function toast(text: string, tone: Tone = "info"): void {
  const shelf = document.getElementById("toasts");
  if (!shelf || !text) return;
  const note = document.createElement("div");
  note.className = `callout callout--${tone}`;
  const body = document.createElement("p");
  body.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button button--quiet callout__close";
  close.dataset.dismiss = "";
  close.textContent = word("dismiss");
  note.append(document.createElement("span"), body, close);
  shelf.append(note);
}
