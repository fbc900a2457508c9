/** Numbers beside the lines of a text field with `data-lines`; links with `data-line="12"` go to that line of it. */
export function numberLines(): void {
  const field = document.querySelector<HTMLTextAreaElement>("textarea[data-lines]");
  if (!field) return;
  const numbers = beside(field);
  const draw = (): void => {
    const count = field.value.split("\n").length;
    if (count !== Number(numbers.dataset.count)) {
      numbers.dataset.count = String(count);
      numbers.textContent = Array.from({ length: count }, (_, place) => place + 1).join("\n");
    }
    numbers.scrollTop = field.scrollTop;
  };
  field.addEventListener("input", draw);
  field.addEventListener("scroll", () => (numbers.scrollTop = field.scrollTop), { passive: true });
  draw();
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLElement>("a[data-line]") : null;
    if (!link) return;
    event.preventDefault();
    goTo(field, Number(link.dataset.line));
  });
}

function beside(field: HTMLTextAreaElement): HTMLElement {
  const frame = document.createElement("div");
  frame.className = "lines";
  const numbers = document.createElement("pre");
  numbers.className = "lines__numbers";
  numbers.setAttribute("aria-hidden", "true");
  field.replaceWith(frame);
  frame.append(numbers, field);
  return numbers;
}

function goTo(field: HTMLTextAreaElement, line: number): void {
  const lines = field.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  const height = parseFloat(getComputedStyle(field).lineHeight);
  field.focus();
  field.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  field.scrollTop = Math.max(0, (line - 4) * height);
  field.scrollLeft = 0;
  field.scrollIntoView({ block: "center" });
}
