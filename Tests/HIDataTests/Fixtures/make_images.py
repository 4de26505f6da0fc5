"""Makes the images of HIDataTests and what Pillow makes of them.

Run in this folder with Pillow and NumPy installed: python3 make_images.py. Every `NAME.npy` is
uint8 [rows, columns, channels] (grey without the last).
"""

from pathlib import Path

import numpy
import PIL
from PIL import Image

FOLDER = Path(__file__).parent / "Images"
SIZES = {"smaller": (16, 12), "larger": (61, 90), "mixed": (64, 20), "flatter": (35, 9)}
FILTERS = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}


def picture(rows, columns):
    """Smooth colours, a hard edge and noise: what filters get wrong shows in one of them."""
    y, x = numpy.mgrid[0:rows, 0:columns]
    smooth = numpy.stack(
        [x * 255 / columns, y * 255 / rows, 127 + 127 * numpy.sin(x * y / 40.0)], axis=-1
    )
    smooth[rows // 3 : rows // 2, columns // 4 : columns // 2] = (255, 0, 255)
    noise = numpy.random.default_rng(5).integers(-20, 21, smooth.shape)
    return Image.fromarray(numpy.clip(smooth + noise, 0, 255).astype(numpy.uint8), "RGB")


def save(name, image):
    numpy.save(FOLDER / f"{name}.npy", numpy.asarray(image))


def main():
    FOLDER.mkdir(exist_ok=True)
    colour = picture(41, 37)
    grey = colour.convert("L")
    save("colour", colour)
    save("grey", grey)
    for filter_name, kind in FILTERS.items():
        for size_name, size in SIZES.items():
            save(f"colour-{filter_name}-{size_name}", colour.resize(size, kind))
            save(f"grey-{filter_name}-{size_name}", grey.resize(size, kind))

    encoded = {
        "colour.png": (colour, {}),
        "grey.png": (grey, {}),
        "palette.png": (colour.quantize(64), {}),
        "transparent.png": (Image.merge("RGBA", (*colour.split(), grey)), {}),
        "subsampled.jpg": (colour, {"quality": 90, "subsampling": "4:2:0"}),
        "progressive.jpg": (colour, {"quality": 75, "progressive": True, "subsampling": "4:4:4"}),
        "grey.jpg": (grey, {"quality": 85}),
        "cmyk.jpg": (colour.convert("CMYK"), {"quality": 60}),
    }
    for file, (image, options) in encoded.items():
        image.save(FOLDER / file, **options)
        if file == "cmyk.jpg":
            continue
        with Image.open(FOLDER / file) as opened:
            decoded = opened if opened.mode == "L" else opened.convert("RGB")
            save(file.replace(".", "-"), decoded)
    print(f"made with Pillow {PIL.__version__}")


if __name__ == "__main__":
    main()
