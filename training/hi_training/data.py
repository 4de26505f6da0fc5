"""The data sets, as arrays of bytes, and their fixed splits.

A split is `train`, `calibration` (the last 5,000 training images, never trained on) or `test`. The sample of
ImageNet has no training images: its test split is every second image, its calibration split the others.
"""

from __future__ import annotations

import gzip
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from . import TrainingError

CALIBRATION_SAMPLES = 5_000
SPLITS = ("train", "calibration", "test")

CIFAR_CLASSES = (
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
)  # fmt: skip


@dataclass(frozen=True)
class Dataset:
    """What is known of a data set before it is read."""

    name: str
    shape: tuple[int, int, int]  # channels, height, width
    classes: tuple[str, ...]
    mean: tuple[float, ...]
    standard_deviation: tuple[float, ...]
    training_samples: int
    licence: str


@dataclass(frozen=True)
class Samples:
    """images: uint8 [N, C, H, W]; labels: int64 [N]; split: as the manifest names it."""

    images: np.ndarray
    labels: np.ndarray
    split: str

    def __len__(self) -> int:
        return len(self.labels)


FASHION = Dataset(
    "fashion-mnist", (1, 28, 28),
    ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
    (0.286,), (0.353,), 60_000,
    "Fashion-MNIST is published by Zalando SE under the MIT licence.",
)  # fmt: skip
MNIST = Dataset(
    "mnist", (1, 28, 28), tuple("0123456789"), (0.1307,), (0.3081,), 60_000,
    "MNIST is published by Y. LeCun, C. Cortes and C. Burges under CC BY-SA 3.0.",
)  # fmt: skip
_CIFAR = (
    (3, 32, 32), CIFAR_CLASSES, (0.4914, 0.4822, 0.4465), (0.247, 0.2435, 0.2616), 50_000,
    "CIFAR-10 is published by A. Krizhevsky for research, without a licence text.",
)  # fmt: skip
CIFAR = Dataset("cifar-10", *_CIFAR)
CIFAR_JPEG = Dataset("cifar-10-jpeg75", *_CIFAR)

IMAGENET_CLASSES = Path(__file__).resolve().parents[2] / "Sources/HIData/Catalogue/imagenet-classes.txt"
IMAGENET_SIDE, IMAGENET_SHORTER_SIDE = 260, 297  # the middle 87.5%
IMAGENET = Dataset(
    "imagenet-sample", (3, IMAGENET_SIDE, IMAGENET_SIDE),
    tuple(IMAGENET_CLASSES.read_text(encoding="utf-8").splitlines()),
    (0.485, 0.456, 0.406), (0.229, 0.224, 0.225), 0,
    "ImageNet is published for research; its images belong to their photographers.",
)  # fmt: skip

DATASETS = {dataset.name: dataset for dataset in (FASHION, MNIST, CIFAR, CIFAR_JPEG, IMAGENET)}


def describe(name: str) -> Dataset:
    if name not in DATASETS:
        raise TrainingError(f"The data set '{name}' is not known; choose one of {', '.join(DATASETS)}.")
    return DATASETS[name]


def load(name: str, split: str) -> Samples:
    """Reads one split of a data set."""
    dataset = describe(name)
    if split not in SPLITS:
        raise TrainingError(f"The split '{split}' is not known; choose one of {', '.join(SPLITS)}.")
    folder = find(name)
    if dataset is IMAGENET:
        return _read_imagenet_sample(folder, split)
    read = _read_idx_set if dataset.shape[0] == 1 else _read_cifar
    images, labels = read(folder, split != "test")
    if split == "test":
        return Samples(images, labels, "test")
    if len(labels) != dataset.training_samples:
        raise TrainingError(
            f"{folder} holds {len(labels)} training images instead of {dataset.training_samples}; "
            "fetch the data set again."
        )
    cut = dataset.training_samples - CALIBRATION_SAMPLES
    part = slice(0, cut) if split == "train" else slice(cut, None)
    start, stop, _ = part.indices(dataset.training_samples)
    return Samples(images[part], labels[part], f"train[{start}:{stop}]")


def folders(name: str) -> list[Path]:
    """Where a data set is looked for, best first."""
    roots = [Path.home() / ".cache/hi/datasets", Path("/usr/share/datasets")]
    if os.environ.get("HI_DATA"):
        roots.insert(0, Path(os.environ["HI_DATA"]))
    names = [name, "cifar-10-batches-bin"] if name == "cifar-10" else [name]
    return [root / each for root in roots for each in names]


def find(name: str) -> Path:
    """The folder of a data set; a TrainingError that names the places when there is none."""
    places = folders(name)
    for place in places:
        if place.is_dir():
            return place
    hint = " (Debian: apt-get install dataset-fashion-mnist)" if name == FASHION.name else ""
    raise TrainingError(
        f"The data set {name} is in none of {', '.join(map(str, places))}; "
        f"put it there or set HI_DATA to the folder that holds {name}/{hint}."
    )


def _read_idx_set(folder: Path, training: bool) -> tuple[np.ndarray, np.ndarray]:
    """MNIST's four files; `t3k-` holds the first 3,000 of the 10,000 test images."""
    for prefix in ("train",) if training else ("t10k", "t3k"):
        images = _first(folder, f"{prefix}-images-idx3-ubyte")
        labels = _first(folder, f"{prefix}-labels-idx1-ubyte")
        if images and labels:
            pixels, answers = read_idx(images), read_idx(labels).astype(np.int64)
            if len(pixels) != len(answers):
                raise TrainingError(f"{images} and {labels} differ in length; fetch the data set again.")
            return pixels[:, None], answers
    raise TrainingError(
        f"{folder} has no {'train' if training else 't10k'}-images-idx3-ubyte; fetch the data set again."
    )


def _first(folder: Path, stem: str) -> Path | None:
    for name in (stem, stem + ".gz"):
        if (folder / name).is_file():
            return folder / name
    return None


def read_idx(path: Path) -> np.ndarray:
    """An IDX file of unsigned bytes, plain or gzip: uint8 of the shape in its header."""
    try:
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
    except (OSError, EOFError) as error:
        raise TrainingError(f"{path} cannot be read ({error}); fetch the data set again.") from None
    rank = content[3] if len(content) >= 4 and content[:3] == b"\x00\x00\x08" else 0
    shape = np.frombuffer(content, ">u4", rank, 4) if len(content) >= 4 + 4 * rank else ()
    if not rank or len(content) != 4 + 4 * rank + int(np.prod(shape, dtype=np.int64)):
        raise TrainingError(f"{path} is not an IDX file of bytes, or is cut short; fetch the data set again.")
    return np.frombuffer(content, np.uint8, offset=4 + 4 * rank).reshape(tuple(int(n) for n in shape))


def _read_cifar(folder: Path, training: bool) -> tuple[np.ndarray, np.ndarray]:
    """CIFAR-10's binary layout: records of one label byte and 3,072 pixel bytes, CHW."""
    names = [f"data_batch_{k}.bin" for k in range(1, 6)] if training else ["test_batch.bin"]
    parts = []
    for name in names:
        path = folder / name
        if not path.is_file():
            raise TrainingError(f"{path} is missing; fetch the data set again.")
        content = np.fromfile(path, np.uint8)
        if content.size == 0 or content.size % 3073:
            raise TrainingError(f"{path} does not hold whole records of 3,073 bytes; fetch the data set again.")
        parts.append(content.reshape(-1, 3073))
    records = np.concatenate(parts)
    return records[:, 1:].reshape(-1, 3, 32, 32), records[:, 0].astype(np.int64)


def _read_imagenet_sample(folder: Path, split: str) -> Samples:
    """One JPEG a class, called after its WordNet number: sorted by name the i-th is of class i."""
    files = sorted(folder.glob("n????????.jpg"))
    if len(files) != len(IMAGENET.classes):
        raise TrainingError(f"{folder} holds {len(files)} images n????????.jpg instead of 1,000; fetch them again.")
    if split == "train":
        raise TrainingError(f"{IMAGENET.name} has no training images; choose calibration or test.")
    first = 0 if split == "test" else 1
    images = np.stack([read_image(file) for file in files[first::2]])
    return Samples(images, np.arange(first, len(files), 2), split)


def read_image(path: Path) -> np.ndarray:
    """An image file, resized (bilinear, shorter side 297) and its middle cut out: uint8 [3, 260, 260]."""
    try:
        with Image.open(path) as file:
            image = file.convert("RGB")
    except OSError as error:
        raise TrainingError(f"{path} cannot be read as an image ({error}); fetch it again.") from None
    shorter = min(image.size)
    size = [IMAGENET_SHORTER_SIDE * side // shorter for side in image.size]
    corner = [round((side - IMAGENET_SIDE) / 2) for side in size]
    resized = image.resize(size, Image.Resampling.BILINEAR)
    part = resized.crop((*corner, corner[0] + IMAGENET_SIDE, corner[1] + IMAGENET_SIDE))
    return np.asarray(part).transpose(2, 0, 1)
