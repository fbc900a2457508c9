import { setNote } from "./notes";
import { word } from "./words";

const LONGEST_EDGE_PIXELS = 2048;
const QUALITY = 0.85;
const LEFT_ALONE_BYTES = 400 * 1024;

/** `<input type="file" data-photos>`: photos are made smaller before they travel, which also drops where they were
 * taken (EXIF), and are shown with a button to take each one back. */
export function preparePhotos(): void {
  document.querySelectorAll<HTMLInputElement>('input[type="file"][data-photos]').forEach((input) => {
    const shelf = document.createElement("ul");
    shelf.className = "photos photos--chosen";
    shelf.setAttribute("aria-live", "polite");
    input.after(shelf);
    let chosen: File[] = [];
    const show = (): void => {
      setFiles(input, chosen);
      shelf.replaceChildren(
        ...chosen.map((file, place) =>
          preview(file, () => {
            chosen = chosen.filter((_, index) => index !== place);
            show();
            input.focus();
          }),
        ),
      );
    };
    input.addEventListener("change", () => {
      const added = Array.from(input.files ?? []);
      const most = Number(input.dataset.photos) || 9;
      const wanted = input.multiple ? chosen.length + added.length : 1;
      const cut = wanted > most ? word("photosCut", { most: String(most), cut: String(wanted - most) }) : "";
      // Only what goes along is made smaller: forty at once are more than an old phone has room for.
      void Promise.all(added.slice(0, most - (input.multiple ? chosen.length : 0)).map(smaller)).then((files) => {
        chosen = input.multiple ? [...chosen, ...files] : files;
        show();
        setNote(input.parentElement ?? shelf, "photos", input, cut);
      });
    });
  });
}

function setFiles(input: HTMLInputElement, files: File[]): void {
  try {
    const box = new DataTransfer();
    files.forEach((file) => box.items.add(file));
    input.files = box.files;
  } catch {
    // A browser that cannot hand files back sends the originals; the server makes them small itself.
  }
}

async function smaller(file: File): Promise<File> {
  if (!file.type.startsWith("image/")) return file;
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_EDGE_PIXELS / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(bitmap.width * scale);
    canvas.height = Math.round(bitmap.height * scale);
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    // A small picture that would only grow keeps its bytes; the server removes its EXIF.
    if (!blob || (blob.size >= file.size && file.size < LEFT_ALONE_BYTES)) return file;
    return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
  } catch {
    return file;
  }
}

function preview(file: File, remove: () => void): HTMLLIElement {
  const item = document.createElement("li");
  item.className = "photo";
  const image = document.createElement("img");
  image.alt = "";
  image.src = URL.createObjectURL(file);
  image.addEventListener("load", () => URL.revokeObjectURL(image.src), { once: true });
  const caption = document.createElement("span");
  caption.className = "photo__caption";
  caption.textContent = `${file.name} · ${Math.max(1, Math.round(file.size / 1024))} kB`;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button--plain";
  button.textContent = word("photoRemove");
  button.setAttribute("aria-label", word("photoRemoveNamed", { name: file.name }));
  button.addEventListener("click", remove);
  item.append(image, caption, button);
  return item;
}
