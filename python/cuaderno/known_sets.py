"""The sets and weights that `fetch` knows by name: where their publishers keep them, and what they say of the files. Nothing else in the project holds an address."""

from dataclasses import dataclass


@dataclass(frozen=True)
class KnownFile:
    name: str
    # As its publisher states it; where it is none in its documents, the server's header is taken.
    md5: str | None
    bytes: int
    # In turn, until one answers.
    addresses: tuple


@dataclass(frozen=True)
class KnownSet:
    about: str
    licence: str
    citation: str
    read_by: str
    files: tuple

    @property
    def bytes(self):
        return sum(file.bytes for file in self.files)


def idx(folders, train_images, train_labels, test_images, test_labels):
    names = ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz")
    checks = (train_images, train_labels, test_images, test_labels)
    return tuple(KnownFile(name, md5, size, tuple(folder + name for folder in folders)) for name, (md5, size) in zip(names, checks))


def cifar(name, md5, size):
    return (KnownFile(name, md5, size, (f"https://www.cs.toronto.edu/~kriz/{name}",)),)


def weights(call, folder, *tops):
    """Keras's of a network without its top and with it: of each file its name, MD5 and bytes."""
    place = f"https://storage.googleapis.com/tensorflow/keras-applications/{folder}/"
    files = [KnownFile("weights", md5, size, (place + name,)) for name, md5, size in tops]
    return of_both_tops(call, "Keras", "Apache-2.0 (Keras)", files)


def of_both_tops(call, publisher, licence, files):
    about, licence = f"{call}: weights learnt from ImageNet, by {publisher}", f"{licence}; the pictures of ImageNet are for research"
    citation = "O. Russakovsky and others: ImageNet large scale visual recognition challenge. IJCV 115, 2015"
    without_top, with_top = files
    return (
        KnownSet(f"{about}, without top", licence, citation, f"{call}.pretrained()?", (without_top,)),
        KnownSet(f"{about}, with top", licence, citation, f"{call}.with_top(1000).pretrained()?", (with_top, CLASS_NAMES)),
    )


CLASS_NAMES = KnownFile(
    "imagenet_class_index.json", "c2c37ea517e94d9795004a39431a14cb", 35_363,
    ("https://storage.googleapis.com/download.tensorflow.org/data/imagenet_class_index.json",),
)

KNOWN_SETS = {
    "mnist": KnownSet(
        about="70,000 handwritten digits, 28 x 28, gray",
        licence="CC BY-SA 3.0",
        citation="Y. LeCun, L. Bottou, Y. Bengio, P. Haffner: Gradient-based learning applied to document recognition. Proceedings of the IEEE 86(11), 1998",
        read_by="mnist(Split::Train)?",
        files=idx(
            ("https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"),
            ("f68b3c2dcbeaaa9fbdd348bbdeb94873", 9_912_422),
            ("d53e105ee54ea40749a09fcbcd1e9432", 28_881),
            ("9fb629c4189551a2d022fa330f9573f3", 1_648_877),
            ("ec29112dd5afa0611ce80d1b7f02629c", 4_542),
        ),
    ),
    "fashion-mnist": KnownSet(
        about="70,000 pieces of clothing in 10 classes, 28 x 28, gray",
        licence="MIT",
        citation="H. Xiao, K. Rasul, R. Vollgraf: Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms. arXiv:1708.07747, 2017",
        read_by="fashion_mnist(Split::Train)?",
        files=idx(
            (
                "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
                "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
            ),
            ("8d4fb7e6c68d591d4c3dfef9ec88bf0d", 26_421_880),
            ("25c81989df183df01b3e8a0aad5dffbe", 29_515),
            ("bef4ecab320f06d8554ea6380940ec79", 4_422_102),
            ("bb300cfdad3c16e7a12a480ee83cd310", 5_148),
        ),
    ),
    "cifar10": KnownSet(
        about="60,000 photos of 10 classes, 32 x 32",
        licence="none stated; free for research with citation",
        citation="A. Krizhevsky: Learning multiple layers of features from tiny images. University of Toronto, 2009",
        read_by="cifar10(Split::Train)?",
        files=cifar("cifar-10-binary.tar.gz", "c32a1d4ab5d03f1284b67883e8d87530", 170_052_171),
    ),
    "cifar100": KnownSet(
        about="60,000 photos of 100 classes in 20 groups, 32 x 32",
        licence="none stated; free for research with citation",
        citation="A. Krizhevsky: Learning multiple layers of features from tiny images. University of Toronto, 2009",
        read_by="cifar100(Split::Train)?",
        files=cifar("cifar-100-binary.tar.gz", "03b5dce01913d631647c71ecec9e9cb8", 168_513_733),
    ),
}

# keras/src/applications states these MD5s, but none for MobileNetV2.
NETWORKS = {
    "vgg16": weights(
        "vgg16()", "vgg16",
        ("vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5", "6d6bbae143d832006294945121d1f1fc", 58_889_256),
        ("vgg16_weights_tf_dim_ordering_tf_kernels.h5", "64373286793e3c8b2b4e3219cbf3544b", 553_467_096),
    ),
    "resnet50": weights(
        "resnet50()", "resnet",
        ("resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5", "4d473c1dd8becc155b73f8504c6f6626", 94_765_736),
        ("resnet50_weights_tf_dim_ordering_tf_kernels.h5", "2cb95161c43110f7111970584f804107", 102_967_424),
    ),
}
# Sizes are about.
for alpha, megabytes in [("0.35", 2), ("0.5", 3), ("0.75", 6), ("1.0", 9), ("1.3", 16), ("1.4", 18)]:
    name = f"mobilenet_v2_weights_tf_dim_ordering_tf_kernels_{alpha}_224"
    NETWORKS[f"mobilenet_v2_{alpha}"] = weights(
        f"mobilenet_v2({alpha})", "mobilenet_v2", (f"{name}_no_top.h5", None, megabytes * 1_000_000), (f"{name}.h5", None, (megabytes + 5) * 1_000_000)
    )
# The same file holds both; the hub states its SHA-256.
for depth, megabytes in [(18, 47), (34, 87)]:
    address = f"https://huggingface.co/timm/resnet{depth}.tv_in1k/resolve/main/model.safetensors"
    file = KnownFile("weights", None, megabytes * 1_000_000, (address,))
    NETWORKS[f"resnet{depth}"] = of_both_tops(f"resnet{depth}()", "torchvision", "BSD-3-Clause (torchvision)", (file, file))
for name, (without_top, with_top) in NETWORKS.items():
    KNOWN_SETS |= {name: without_top, f"{name}-top": with_top}
