"""Writes images in the options that their writers have, and the pixels that Pillow reads from them.

usage: make.py FOLDER. cjpeg, jpegtran (libjpeg-turbo-progs), tiffcp, tiffset (libtiff-tools) and convert (imagemagick)
are used where they are there. files.tsv names writer, option, file and the file of the pixels: width and height as
32-bit little-endian numbers, then RGB; "-" where Pillow reads no pixels.
"""

import io
import itertools
import shutil
import struct
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms

warnings.simplefilter("ignore")
OUT = Path(sys.argv[1])
FILES = OUT / "files"
SIZES = [(61, 43), (64, 48), (1, 1), (17, 129), (130, 16)]


def scene(kind, width, height):
    """A picture with edges, gradients, saturated colours and noise."""
    rng = np.random.default_rng(width * 1000 + height)
    y, x = np.mgrid[0:height, 0:width].astype(float)
    image = np.stack([x * 255 / max(width - 1, 1), y * 255 / max(height - 1, 1), (x * y) % 256], -1)
    image[(x - width / 2) ** 2 + (y - height / 3) ** 2 < (min(width, height) / 4) ** 2] = (250, 3, 9)
    image[height // 2 :, width // 2 :] = rng.integers(0, 256, image[height // 2 :, width // 2 :].shape)
    rgb = Image.fromarray(image.astype(np.uint8), "RGB")
    return {"L": rgb.convert("L"), "RGB": rgb, "CMYK": rgb.convert("CMYK"), "1": rgb.convert("1"),
            "P": rgb.quantize(37), "P2": rgb.quantize(2), "P16": rgb.quantize(16), "LA": rgb.convert("LA"),
            "RGBA": rgb.convert("RGBA"), "YCbCr": rgb.convert("YCbCr"), "LAB": rgb.convert("LAB")}[kind]


rows = []
counter = itertools.count()


def add(writer, option, ending, data):
    name = f"{next(counter):05}.{ending}"
    path = FILES / name
    path.write_bytes(data)
    pixels = "-"
    try:
        # Not by its name: Pillow 13 maps such files, and takes the sides of a turned TIFF for each other.
        with Image.open(io.BytesIO(data)) as image:
            # What NNC gets of one bit are the values 0 and 1; they are compared as black and white.
            mode = image.mode
            if mode not in ("1", "L", "P", "RGB", "CMYK", "YCbCr") or "transparency" in image.info:
                mode = None
            rgb = image.convert("RGB")
        if mode:
            pixels = f"{name}.rgb"
            (FILES / pixels).write_bytes(struct.pack("<II", *rgb.size) + rgb.tobytes())
        else:
            pixels = "?"
    except Exception:
        pass
    rows.append((writer, option, name, pixels))


def program(arguments, data):
    run = subprocess.run(arguments, input=data, capture_output=True, timeout=60)
    return run.stdout if run.returncode == 0 and run.stdout else None


def saved(image, kind, **options):
    buffer = io.BytesIO()
    try:
        image.save(buffer, kind, **options)
    except Exception:
        return None
    return buffer.getvalue()


def jpegs():
    pil = itertools.product(SIZES, ["L", "RGB", "CMYK"], [1, 30, 75, 95, 100], [0, 1, 2], [False, True], [0, 3])
    for size, kind, quality, sampling, progressive, restart in pil:
        if kind == "L" and sampling:
            continue
        data = saved(scene(kind, *size), "JPEG", quality=quality, subsampling=sampling, progressive=progressive,
                     restart_marker_blocks=restart)
        if data:
            add("Pillow", f"JPEG {kind}{' progressive' if progressive else ''}", "jpg", data)
    for quality in (60, 95):
        add("Pillow", "JPEG keep_rgb", "jpg", saved(scene("RGB", 61, 43), "JPEG", keep_rgb=True, quality=quality))
    if not shutil.which("cjpeg"):
        return
    scripts = {
        "no script": None,
        "a scan for each": "0;1;2;",
        "Cb Cr Y": "1;2;0;",
        "Y CbCr": "0;1,2;",
        "progressive by hand": "0: 0-0, 0, 1; 1,2: 0-0, 0, 1; 0: 1-5, 0, 2; 2: 1-63, 0, 1; 1: 1-63, 0, 1; 0: 6-63, 0, 2;"
        " 0: 1-63, 2, 1; 0-2: 0-0, 1, 0; 2: 1-63, 1, 0; 1: 1-63, 1, 0; 0: 1-63, 1, 0;".replace("0-2:", "0,1,2:"),
        "a scan for each coefficient": "0,1,2: 0-0, 0, 0;"
        + "".join(f"{c}: {k}-{k}, 0, 0;" for c in range(3) for k in range(1, 64)),
    }
    samplings = ["1x1", "2x1", "1x2", "2x2", "4x1", "1x4", "4x2", "2x4", "3x1", "1x3", "2x1,2x1,1x1", "1x1,1x1,2x2",
                 "2x2,1x2,2x1", "3x2", "1x1,2x1,1x2", "2x2,2x1,1x1"]
    for (name, script), sampling, size in itertools.product(scripts.items(), samplings, SIZES):
        ppm = saved(scene("RGB", *size), "PPM")
        for coding in ([], ["-arithmetic"]):
            arguments = ["cjpeg", "-quality", "85", "-sample", sampling, *coding]
            if script:
                path = OUT / "script.txt"
                path.write_text(script)
                arguments += ["-scans", str(path)]
            data = program(arguments, ppm)
            if data:
                add("cjpeg", f"{name}{' arithmetic' if coding else ''}", "jpg", data)
    extra = [["-grayscale"], ["-rgb"], ["-progressive"], ["-restart", "1"], ["-restart", "7B"], ["-optimize"],
             ["-dct", "float"], ["-dct", "fast"], ["-smooth", "50"], ["-baseline", "-quality", "3"], ["-quality", "2"],
             ["-progressive", "-arithmetic", "-restart", "2"], ["-grayscale", "-progressive"],
             ["-grayscale", "-arithmetic"], ["-quality", "90,40"], ["-rgb", "-progressive"]]
    for arguments, size in itertools.product(extra, SIZES):
        data = program(["cjpeg", *arguments], saved(scene("RGB", *size), "PPM"))
        if data:
            add("cjpeg", " ".join(arguments[:1]), "jpg", data)
    base = program(["cjpeg", "-quality", "80"], saved(scene("RGB", 64, 48), "PPM"))
    for arguments in (["-rotate", "90"], ["-flip", "vertical"], ["-grayscale"], ["-transpose"], ["-progressive"],
                      ["-arithmetic"], ["-crop", "33x21+16+16"], ["-restart", "3"]):
        data = program(["jpegtran", *arguments], base)
        if data:
            add("jpegtran", arguments[0], "jpg", data)
    for cut in range(1, 12):
        add("cut", "JPEG", "jpg", base[: len(base) * cut // 12])
    add("cut", "JPEG without its end", "jpg", base[:-2])
    add("more", "JPEG with text behind", "jpg", base + b"text behind the image")


def tiffs():
    compressions = [None, "packbits", "tiff_lzw", "tiff_deflate", "tiff_adobe_deflate", "group3", "group4", "jpeg"]
    for kind, compression, size in itertools.product(
        ["1", "L", "RGB", "CMYK", "P", "YCbCr", "LAB", "LA", "RGBA"], compressions, SIZES
    ):
        data = saved(scene(kind, *size), "TIFF", compression=compression)
        if data:
            add("Pillow", f"TIFF {kind} {compression or 'plain'}", "tif", data)
    for orientation, kind, compression in itertools.product(
        range(1, 9), ["1", "L", "RGB", "CMYK", "P"], [None, "tiff_lzw", "jpeg"]
    ):
        data = saved(scene(kind, 61, 43), "TIFF", compression=compression, tiffinfo={274: orientation})
        if data:
            add("Pillow", f"TIFF orientation {orientation}", "tif", data)
    for kind, rows_per_strip, compression in itertools.product(["L", "RGB", "1"], [1, 7, 43], ["raw", "tiff_lzw"]):
        data = saved(scene(kind, 61, 43), "TIFF", compression=compression, tiffinfo={278: rows_per_strip},
                     strip_size=61 * 3 * rows_per_strip)
        if data:
            add("Pillow", "TIFF strips", "tif", data)
    if not shutil.which("tiffcp"):
        return
    source, target = OUT / "source.tif", OUT / "target.tif"
    layouts = [[], ["-s", "-r", "5"], ["-t", "-w", "32", "-l", "16"], ["-p", "separate"], ["-p", "separate", "-r", "9"],
               ["-p", "separate", "-t", "-w", "16", "-l", "32"], ["-f", "lsb2msb"], ["-B"], ["-8"],
               ["-f", "lsb2msb", "-p", "separate"], ["-f", "lsb2msb", "-t", "-w", "64", "-l", "16"]]
    codings = ["none", "packbits", "lzw", "lzw:2", "zip", "zip:2", "jpeg:90", "jpeg:r:60", "g3", "g3:2d", "g4", "lzma",
               "zstd", "webp"]
    for kind, layout, coding in itertools.product(["1", "L", "RGB", "CMYK", "P"], layouts, codings):
        for size in ((61, 43), (64, 48)):
            source.write_bytes(saved(scene(kind, *size), "TIFF"))
            target.unlink(missing_ok=True)
            run = subprocess.run(["tiffcp", *layout, "-c", coding, source, target], capture_output=True, timeout=60)
            if run.returncode == 0 and target.exists():
                shape = " ".join(a for a in layout if not a.isdigit()) or "strips"
                add("tiffcp", f"{kind} {coding} {shape}", "tif", target.read_bytes())
    for kind, mode in itertools.product(["L", "P16", "P2", "P"], ["4", "2", "1"]):
        picture = OUT / "depth.png"
        picture.write_bytes(saved(scene(kind, 61, 43), "PNG"))
        for options in ([], ["-define", "tiff:fill-order=lsb"], ["-compress", "lzw"]):
            data = program(["convert", picture, "-depth", mode, *options, "tif:-"], None)
            if data:
                add("ImageMagick", f"TIFF {kind} {mode} bit", "tif", data)


def others():
    for kind, level, size in itertools.product(["1", "L", "RGB", "P", "P2", "P16"], [0, 9], SIZES):
        add("Pillow", f"PNG {kind}", "png", saved(scene(kind, *size), "PNG", compress_level=level))
    for kind, size in itertools.product(["1", "L", "RGB", "P", "P2", "P16"], SIZES):
        for ending, name in (("bmp", "BMP"), ("gif", "GIF")):
            data = saved(scene(kind, *size), name)
            if data:
                add("Pillow", f"{name} {kind}", ending, data)
    for kind, lossless, quality, size in itertools.product(["L", "RGB"], [True, False], [5, 40, 80, 100], SIZES):
        data = saved(scene(kind, *size), "WEBP", lossless=lossless, quality=quality)
        if data:
            add("Pillow", f"WebP {'lossless' if lossless else 'lossy'}", "webp", data)
    if not shutil.which("convert"):
        return
    for size, kind in itertools.product(SIZES[:2], ["RGB", "L"]):
        picture = OUT / "picture.png"
        picture.write_bytes(saved(scene(kind, *size), "PNG"))
        cases = [
            ["-quality", "88", "jpg:-"], ["-quality", "40", "-interlace", "JPEG", "jpg:-"],
            ["-sampling-factor", "4:2:0", "jpg:-"], ["-sampling-factor", "4:1:1", "jpg:-"],
            ["-sampling-factor", "4:4:4", "jpg:-"], ["-sampling-factor", "4:4:0", "jpg:-"],
            ["-colorspace", "CMYK", "jpg:-"], ["-colorspace", "CMYK", "tif:-"], ["-colorspace", "Gray", "jpg:-"],
            ["-interlace", "PNG", "png:-"], ["png8:-"], ["png24:-"], ["bmp3:-"], ["bmp2:-"], ["gif:-"],
            ["-interlace", "GIF", "gif:-"], ["-colors", "16", "-type", "Palette", "bmp3:-"],
            ["-compress", "RLE", "-colors", "200", "bmp3:-"], ["-monochrome", "bmp3:-"], ["-monochrome", "png:-"],
            ["-monochrome", "gif:-"], ["-compress", "JPEG", "tif:-"], ["-compress", "LZW", "tif:-"],
            ["-compress", "Zip", "tif:-"], ["-compress", "RLE", "tif:-"], ["-monochrome", "-compress", "Group4", "tif:-"],
            ["-monochrome", "-compress", "Fax", "tif:-"], ["-interlace", "Plane", "tif:-"],
            ["-define", "tiff:tile-geometry=32x32", "tif:-"], ["-endian", "MSB", "tif:-"],
            ["-colors", "90", "-type", "Palette", "tif:-"], ["-define", "webp:lossless=true", "webp:-"], ["webp:-"],
        ]
        for arguments in cases:
            data = program(["convert", picture, *arguments], None)
            if data:
                ending = arguments[-1].split(":")[0].rstrip("0123456789")
                add("ImageMagick", f"{ending} {' '.join(arguments[:-1])}", ending, data)


FILES.mkdir(parents=True, exist_ok=True)
for old in FILES.iterdir():
    old.unlink()
jpegs()
tiffs()
others()
(OUT / "files.tsv").write_text("".join("\t".join(row) + "\n" for row in rows))
print(f"{len(rows)} files")
