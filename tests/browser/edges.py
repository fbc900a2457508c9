"""What runs over the edge of a page in a browser."""

# Names the first parts that reach beyond the right edge, and nothing when nothing does.
RUNS_OVER = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const scrolls = (part) => {
    for (let up = part.parentElement; up; up = up.parentElement)
      if (getComputedStyle(up).overflowX !== "visible") return true;
    return false;
  };
  return [...document.querySelectorAll("body *")]
    .filter((part) => part.getBoundingClientRect().right > width + 1 && !scrolls(part))
    .map((part) => `${part.tagName.toLowerCase()}.${part.className}`).slice(0, 5).concat("the page");
}"""
