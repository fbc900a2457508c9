// Pages with a map: the map itself is fetched only when somebody wants to see it.
const WIDE = "(min-width: 62rem)";
const READY = "yuanba:map-wanted";
const loading = new Map<string, Promise<void>>();

function load(address: string): Promise<void> {
  const begun = loading.get(address);
  if (begun) return begun;
  const loaded = new Promise<void>((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve();
    script.onerror = () => reject(new Error(address));
    document.head.append(script);
  });
  loading.set(address, loaded);
  return loaded;
}

function part(figure: HTMLElement, name: string): HTMLElement | null {
  return figure.querySelector<HTMLElement>(`[data-map-${name}]`);
}

function show(element: HTMLElement | null, visible: boolean): void {
  if (element) element.hidden = !visible;
}

async function open(figure: HTMLElement): Promise<void> {
  if ("mapWanted" in figure.dataset) return;
  figure.dataset["mapWanted"] = "";
  show(part(figure, "ask"), false);
  show(part(figure, "wait"), true);
  try {
    await load(figure.dataset["script"] ?? "");
    figure.dispatchEvent(new CustomEvent(READY, { bubbles: true }));
  } catch {
    show(part(figure, "wait"), false);
    show(part(figure, "fail"), true);
  }
}

/** Whoever pays for every byte is asked first, however wide the screen. */
function sparing(): boolean {
  const connection = (navigator as { connection?: { saveData?: boolean } }).connection;
  return connection?.saveData === true || !matchMedia(WIDE).matches;
}

function watch(figure: HTMLElement): void {
  show(part(figure, "ask"), true);
  part(figure, "ask")?.querySelector("button")?.addEventListener("click", () => void open(figure));
  if (sparing() || !("IntersectionObserver" in window)) return;
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect();
    void open(figure);
  });
  seen.observe(figure);
}

document.querySelectorAll<HTMLElement>("[data-map]").forEach((figure) => {
  if (part(figure, "canvas")) watch(figure);
});
