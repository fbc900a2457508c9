import { toast } from "./toast";
import { word } from "./words";

/** htmx requests carry the same token as forms, and a failed one says what to do instead of nothing. */
export function watchRequests(): void {
  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector<HTMLInputElement>('input[name="csrfmiddlewaretoken"]')?.value;
    if (token) (event as CustomEvent<{ headers: Record<string, string> }>).detail.headers["X-CSRFToken"] = token;
  });
  document.addEventListener("htmx:sendError", () => toast(word("noNetwork"), "error"));
  document.addEventListener("htmx:responseError", (event) => {
    const { xhr } = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail;
    toast(xhr.getResponseHeader("X-Message") ?? word("requestFailed"), "error");
  });
}
