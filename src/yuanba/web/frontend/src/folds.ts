/** A link to something folded away unfolds it: `#do-climb` is a `<details>` that is closed until one asks for it. */
export function openTarget(): void {
  const open = (): void => {
    const target = document.getElementById(window.location.hash.slice(1));
    if (!(target instanceof HTMLDetailsElement)) return;
    target.open = true;
    target.scrollIntoView({ block: "start" });
  };
  window.addEventListener("hashchange", open);
  open();
}
