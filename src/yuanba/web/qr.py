"""QR codes as drawings inside a page."""

from django.utils.safestring import SafeString, mark_safe


def qr_svg(address: str, title: str, css_class: str = "qr") -> SafeString:
    """The code as an SVG element with its quiet zone; a quarter of it may be scratched away."""
    import segno  # 3 MB that only pages with codes need

    drawing = segno.make(address, error="q", micro=False)
    svg = drawing.svg_inline(
        border=4, omitsize=True, svgclass=css_class, lineclass=None, light="#fff", title=title
    )
    return mark_safe(svg)  # noqa: S308 - made by segno, which escapes the title
