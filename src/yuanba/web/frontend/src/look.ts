import htmx from "htmx.org";

const ROOM_BESIDE = "(min-width: 76rem)";

/** `<a href="page" data-look="part">` shows that part in the panel `#look`: beside the list where there is room, over
 * it elsewhere. In elder mode nothing pops up and the link opens the page, as it does without scripts. */
export function watchLooks(): void {
  const panel = document.getElementById("look");
  if (!(panel instanceof HTMLDialogElement) || typeof panel.showModal !== "function") return;
  if (document.documentElement.dataset.mode === "elder") return;
  const look = new Look(panel);
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const opener = event.target.closest<HTMLAnchorElement>("a[data-look]");
    if (!opener) return;
    event.preventDefault();
    look.toggle(opener);
  });
  // Going on in the list by keyboard takes the look along.
  document.addEventListener("row:current", (event) => {
    const opener = event.target instanceof Element ? event.target.querySelector<HTMLAnchorElement>("a[data-look]") : null;
    if (opener && look.isBeside) look.show(opener);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && look.isBeside && !document.querySelector("dialog[open]:not([data-beside])")) panel.close();
  });
}

class Look {
  private opener: HTMLElement | null = null;

  constructor(private readonly panel: HTMLDialogElement) {
    panel.addEventListener("close", () => this.left());
    document.addEventListener("htmx:responseError", (event) => this.failed(event));
    document.addEventListener("htmx:sendError", (event) => this.failed(event));
  }

  get isBeside(): boolean {
    return this.panel.open && this.panel.dataset.beside !== undefined;
  }

  toggle(opener: HTMLAnchorElement): void {
    if (this.panel.open && this.opener === opener) {
      this.panel.close();
      return;
    }
    this.show(opener);
    document.getElementById("look-content")?.focus({ preventScroll: true });
  }

  show(opener: HTMLAnchorElement): void {
    this.mark(opener);
    this.open();
    const content = document.getElementById("look-content");
    const loading = document.getElementById("look-loading");
    if (!content || !(loading instanceof HTMLTemplateElement)) return;
    content.replaceChildren(loading.content.cloneNode(true));
    this.panel.scrollTop = 0;
    void htmx.ajax("get", opener.dataset.look ?? "", { source: content, target: content, swap: "innerHTML" });
  }

  private open(): void {
    if (this.panel.open) return;
    if (!window.matchMedia(ROOM_BESIDE).matches) {
      this.panel.showModal();
      return;
    }
    this.panel.dataset.beside = "";
    this.panel.closest(".desk")?.classList.add("desk--looking");
    this.panel.show();
  }

  private mark(opener: HTMLElement | null): void {
    this.opener?.removeAttribute("aria-expanded");
    opener?.setAttribute("aria-expanded", "true");
    this.opener = opener;
  }

  private left(): void {
    delete this.panel.dataset.beside;
    this.panel.closest(".desk")?.classList.remove("desk--looking");
    const row = this.opener?.closest<HTMLElement>('[data-row][aria-current="true"]');
    (row ?? this.opener)?.focus({ preventScroll: true });
    this.mark(null);
  }

  private failed(event: Event): void {
    if ((event as CustomEvent<{ target?: Element }>).detail.target?.id === "look-content") this.panel.close();
  }
}
