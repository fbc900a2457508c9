/** Says something at a place of a form, in one line of its own for each name; no text takes the line away. */
export function setNote(form: Element, name: string, before: Element | null, text: string): void {
  form.querySelector(`[data-note="${name}"]`)?.remove();
  if (!text || !before) return;
  const note = document.createElement("p");
  note.className = "note";
  note.dataset.note = name;
  note.setAttribute("role", "alert");
  note.textContent = text;
  (before.closest(".buttons") ?? before).before(note);
}
