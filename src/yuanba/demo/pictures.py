"""Photos of the demo, drawn and not taken: what was found, and how it looked after. No real place or person."""

import io
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFilter

from yuanba.kernel.files.photos import accept_photo
from yuanba.kernel.files.storing import store

SIZE = (960, 720)
Draw = ImageDraw.ImageDraw


def stored_pictures() -> dict[str, tuple[int, int]]:
    """Draw and store every scene: keys of the photos of before and of after, by the scene's name."""
    return {scene: (_stored(draw, False), _stored(draw, True)) for scene, draw in SCENES.items()}


def _stored(draw: Callable[[bool], Image.Image], done: bool) -> int:
    file = io.BytesIO()
    draw(done).save(file, "PNG")
    return store(accept_photo(file)).pk


def _stairwell(done: bool) -> Image.Image:
    """A stairwell at night: the lamp is dark, then it is lit."""
    wall, step, edge = ("#cfc3a8", "#9c927e", "#7d7464") if done else ("#2b2926", "#211f1d", "#33302c")
    picture = Image.new("RGB", SIZE, wall)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 470, 960, 720), fill=step)
    for number in range(7):
        left, top = 330 + number * 95, 640 - number * 62
        draw.rectangle((left, top, 960, 720), fill=step, outline=edge, width=4)
    draw.line((330, 520, 960, 110), fill="#5b4a38" if done else "#1d1916", width=16)
    for number in range(6):
        left = 370 + number * 105
        draw.line((left, 500 - number * 68, left, 640 - number * 62), fill=edge, width=7)
    draw.rectangle((90, 250, 270, 640), fill="#7a4632" if done else "#221a16", outline=edge, width=6)
    draw.ellipse((236, 440, 254, 458), fill="#d9b25c" if done else "#3a3128")
    return _lamp(picture, done)


def _lamp(picture: Image.Image, lit: bool) -> Image.Image:
    if lit:
        glow = Image.new("RGB", SIZE, "black")
        ImageDraw.Draw(glow).ellipse((200, -260, 900, 440), fill="#6b5526")
        glow = glow.filter(ImageFilter.GaussianBlur(90))
        picture = Image.composite(Image.new("RGB", SIZE, "#fff1cc"), picture, glow.convert("L"))
    draw = ImageDraw.Draw(picture)
    draw.line((550, 0, 550, 70), fill="#4a443b", width=8)
    draw.ellipse((500, 62, 600, 140), fill="#fff6d8" if lit else "#3c3832", outline="#4a443b", width=6)
    return picture


def _bins(done: bool) -> Image.Image:
    """Bins at the gate of an estate: overflowing, then emptied and swept."""
    picture = Image.new("RGB", SIZE, "#c9d6da")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 150, 960, 470), fill="#d8cbb4")
    for left in range(0, 960, 120):
        draw.line((left, 150, left, 470), fill="#c7b899", width=4)
    for top in range(150, 470, 64):
        draw.line((0, top, 960, top), fill="#c7b899", width=4)
    draw.rectangle((0, 470, 960, 720), fill="#a9a69f" if done else "#8f8a80")
    for left, colour in ((150, "#4d7a5a"), (400, "#3f6685"), (650, "#8a4a3c")):
        draw.polygon(
            [(left, 300), (left + 170, 300), (left + 150, 560), (left + 20, 560)],
            fill=colour,
            outline="#33302b",
        )
        for wheel in (left + 35, left + 120):
            draw.ellipse((wheel, 548, wheel + 28, 576), fill="#33302b")
        lid = (left - 10, 280, left + 180, 304) if done else (left - 30, 225, left + 160, 249)
        draw.rounded_rectangle(lid, 8, fill=colour, outline="#33302b", width=4)
    if not done:
        _rubbish(draw)
    return picture


def _rubbish(draw: Draw) -> None:
    colours = ("#e5e0d5", "#2f3a3f", "#c99b3f", "#9db0a2", "#5d4b57")
    places = [(175, 265), (260, 255), (430, 262), (520, 250), (690, 258), (770, 266)]
    places += [(90, 590), (210, 610), (330, 580), (480, 625), (600, 590), (740, 615), (860, 585)]
    for number, (left, top) in enumerate(places):
        wide, high = 80 + 13 * (number % 4), 56 + 9 * (number % 3)
        draw.ellipse((left - 20, top - 20, left - 20 + wide, top - 20 + high), fill=colours[number % 5])


def _passage(done: bool) -> Image.Image:
    """A fire lane below a house: full of old furniture, then clear."""
    picture = Image.new("RGB", SIZE, "#bfcdd3")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 300, 720), fill="#cdb99a")
    draw.rectangle((720, 0, 960, 720), fill="#bda88a")
    for top in range(60, 480, 150):
        for left in (70, 190, 770, 880):
            draw.rectangle((left, top, left + 60, top + 84), fill="#6f8894", outline="#8b7a60", width=5)
    draw.polygon([(300, 420), (720, 420), (960, 720), (0, 720)], fill="#8d8a84")
    _lane(draw, 1)
    _lane(draw, -1)
    if done:
        return picture
    draw.rectangle((330, 430, 520, 600), fill="#7b5238", outline="#4d3322", width=6)
    draw.line((425, 430, 425, 600), fill="#4d3322", width=5)
    draw.rounded_rectangle((470, 520, 760, 660), 24, fill="#6d7f5d", outline="#454f3b", width=6)
    draw.rounded_rectangle((450, 560, 520, 670), 20, fill="#61714f", outline="#454f3b", width=6)
    draw.polygon([(210, 610), (400, 580), (430, 690), (230, 700)], fill="#d8cbb0", outline="#8b7a60")
    return picture


def _lane(draw: Draw, side: int) -> None:
    """One yellow line of the lane, from the far end to the near one."""
    draw.line((510 + side * 170, 420, 480 + side * 400, 720), fill="#d9b13b", width=12)


SCENES: dict[str, Callable[[bool], Image.Image]] = {
    "stairwell": _stairwell,
    "bins": _bins,
    "passage": _passage,
}
