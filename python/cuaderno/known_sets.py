"""The sets that `fetch` knows by name: where their publishers keep them, and what they say of the files. Nothing else in the project holds an address."""

from dataclasses import dataclass


@dataclass(frozen=True)
class KnownFile:
    name: str
    # As its publisher states it.
    md5: str
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
