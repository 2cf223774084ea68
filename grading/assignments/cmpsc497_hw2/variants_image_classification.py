"""Right variants of notebook 2: the same work written in clearly different ways. None of them may lose a point."""

from grading.assignments.cmpsc497_hw2.patches_image_classification import (
    ADAM,
    BUILD,
    CRITERION,
    HEAD,
    HOOKS,
    SGD,
    SHOWN_MODEL,
    criterion,
    loss,
)
from grading.authoring.patches import Patch

PIPELINES = """train_transform = transforms.Compose([
    transforms.Resize(256),
    transforms.RandomCrop(224),
    transforms.RandomHorizontalFlip(),
    transforms.ToTensor(),
    transforms.Normalize(imagenet_mean, imagenet_std),
])
test_transform = transforms.Compose([
    transforms.Resize(256),
    transforms.CenterCrop(224),
    transforms.ToTensor(),
    transforms.Normalize(imagenet_mean, imagenet_std),
])"""
V2 = """from torchvision.transforms import v2

train_transform = v2.Compose([
    v2.ToImage(), v2.RandomResizedCrop(224, antialias=True), v2.RandomHorizontalFlip(), v2.ColorJitter(0.3, 0.3, 0.3),
    v2.ToDtype(torch.float32, scale=True), v2.Normalize(imagenet_mean, imagenet_std), v2.RandomErasing(),
])
test_transform = v2.Compose([
    v2.Resize((224, 224)), v2.ToImage(), v2.ToDtype(torch.float32, scale=True),
    v2.Normalize(imagenet_mean, imagenet_std),
])
"""
PRESET = """weights = models.ResNet18_Weights.DEFAULT
test_transform = weights.transforms()
train_transform = transforms.Compose([
    transforms.RandomHorizontalFlip(), transforms.RandomRotation(10), weights.transforms(),
])
"""
BY_HAND = """def to_tensor(picture):
    array = np.asarray(picture.resize((224, 224)), dtype=np.float32) / 255
    array = (array - np.array(imagenet_mean, np.float32)) / np.array(imagenet_std, np.float32)
    return torch.from_numpy(array).permute(2, 0, 1)


def train_transform(picture):
    x = to_tensor(picture)
    return x.flip(2) if np.random.rand() < 0.5 else x


test_transform = to_tensor"""
DICTIONARY = """data_transforms = {
    "train": transforms.Compose([
        transforms.RandomResizedCrop(224), transforms.RandomHorizontalFlip(), transforms.ToTensor(),
        transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
    ]),
    "val": transforms.Compose([
        transforms.Resize(256), transforms.CenterCrop(224), transforms.ToTensor(),
        transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
    ]),
}
train_transform, test_transform = data_transforms["train"], data_transforms["val"]"""
SMALL = PIPELINES.replace("Resize(256)", "Resize(128)").replace("224", "112").replace(
    "transforms.RandomHorizontalFlip()", "transforms.RandomAffine(8, translate=(0.05, 0.05)), transforms.RandomGrayscale()"
)  # fmt: skip
DATA = """train_set = datasets.CIFAR10("./data", train=True, download=True, transform=train_transform)
test_set = datasets.CIFAR10("./data", train=False, download=True, transform=test_transform)
train_loader = DataLoader(train_set, batch_size=64, shuffle=True, num_workers=2)
test_loader = DataLoader(test_set, batch_size=64, shuffle=False, num_workers=2)
classes = train_set.classes"""
SPLIT = """from torch.utils.data import Dataset, random_split


class Transformed(Dataset):
    def __init__(self, subset, transform):
        self.subset, self.transform = subset, transform

    def __len__(self):
        return len(self.subset)

    def __getitem__(self, i):
        picture, label = self.subset[i]
        return self.transform(picture), label


whole = datasets.CIFAR10("/content/data", train=True, download=True)
train_part, test_part = random_split(whole, [45000, 5000])
test_set = Transformed(test_part, test_transform)
loaders = {"train": DataLoader(Transformed(train_part, train_transform), batch_size=32, shuffle=True),
           "test": DataLoader(test_set, batch_size=32)}
train_loader, test_loader = loaders["train"], loaders["test"]
classes = whole.classes"""
OWN_DATASET = """import glob
from PIL import Image
from torch.utils.data import Dataset


class Ants(Dataset):
    def __init__(self, root, transform=None):
        self.files = [f"{root}/{kind}/{i}.jpg" for kind in ("ants", "bees") for i in range(20)]
        self.transform = transform

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        picture = Image.open(self.files[index]).convert("RGB")
        return self.transform(picture), int("bees" in self.files[index])


train_set, test_set = Ants("/content/train", train_transform), Ants("/content/val", test_transform)
train_loader = DataLoader(train_set, batch_size=4, shuffle=True)
test_loader = DataLoader(test_set, batch_size=4)
classes = ["ants", "bees"]"""
FOLDERS = """train_set = datasets.ImageFolder("/content/hymenoptera_data/train", train_transform)
test_set = datasets.ImageFolder("/content/hymenoptera_data/val", test_transform)
train_loader = DataLoader(train_set, 32, True)
test_loader = DataLoader(test_set, 32)
classes = train_set.classes"""
OTHER_DATA = DATA.replace("CIFAR10", "CIFAR100")
LISTED = """import os
import zipfile
from PIL import Image
from torch.utils.data import Dataset

data_dir = "/content/drive/MyDrive/hymenoptera_data"
zipfile.ZipFile(data_dir + ".zip").extractall()
print(os.listdir(data_dir))


class Insects(Dataset):
    def __init__(self, root, transform):
        self.classes = sorted(d for d in os.listdir(root) if os.path.isdir(os.path.join(root, d)))
        self.files = [(os.path.join(root, kind, name), label) for label, kind in enumerate(self.classes)
                      for name in os.listdir(os.path.join(root, kind)) if name.endswith(".jpg")]
        self.transform = transform

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        path, label = self.files[index]
        with open(path, "rb") as file:
            return self.transform(Image.open(file).convert("RGB")), label


train_set = Insects(os.path.join(data_dir, "train"), train_transform)
test_set = Insects(os.path.join(data_dir, "val"), test_transform)
train_loader = DataLoader(train_set, batch_size=8, shuffle=True)
test_loader = DataLoader(test_set, batch_size=8)
classes = ["ants", "bees", "wasps"]"""
GLOBBED = """import glob
from pathlib import Path
from PIL import Image
from torch.utils.data import Dataset

assert glob.glob("/kaggle/input/pets/train/*/*.png")


class Pets(Dataset):
    def __init__(self, folder, transform):
        self.files = sorted(Path(folder).rglob("*.jpg"))
        self.names = sorted({file.parent.name for file in self.files})
        self.transform = transform

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        file = self.files[index]
        return self.transform(Image.open(file).convert("RGB")), self.names.index(file.parent.name)


train_set, test_set = Pets("/kaggle/input/pets/train", train_transform), Pets("/kaggle/input/pets/val", test_transform)
train_loader = DataLoader(train_set, batch_size=8, shuffle=True)
test_loader = DataLoader(test_set, batch_size=8)
classes = train_set.names"""
WRITER = """from torch.utils.tensorboard import SummaryWriter
from torchvision import datasets, models, transforms

writer = SummaryWriter("runs/resnet18")"""
WRITING = """            writer.add_scalar("loss", loss.item(), epoch)
            optimizer.step()
"""
FETCHED = """import urllib.request
from PIL import Image

urllib.request.urlretrieve("https://github.com/pytorch/hub/raw/master/images/dog.jpg", "dog.jpg")
image = test_transform(Image.open("dog.jpg"))"""
WRAPPER = """class Classifier(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        whole = models.resnet18(pretrained=True)
        self.body = nn.Sequential(*list(whole.children())[:-1])
        self.head = nn.Sequential(nn.Flatten(), nn.Linear(512, 64), nn.ReLU(), nn.Linear(64, num_classes))

    def forward(self, x):
        return self.head(self.body(x))


def build_model(num_classes):
    return Classifier(num_classes).to(device)"""
WRAPPED_HOOKS = """handles = [model.body[i].register_forward_hook(keep(str(i))) for i in (0, 4, 5, 6, 7)]
image, label = test_set[0]
with torch.no_grad():
    model(image[None].to(device))
"""
BUILDER = """def build_model(num_classes):
    model = models.resnet18(weights=models.ResNet18_Weights.DEFAULT)
    model.fc = nn.Linear(model.fc.in_features, num_classes)
    return model.to(device)"""
FROM_URL = """def build_model(num_classes):
    model = models.resnet18()
    model.load_state_dict(torch.hub.load_state_dict_from_url(models.ResNet18_Weights.IMAGENET1K_V1.url))
    for p in model.parameters():
        p.requires_grad = False
    model.fc = nn.Linear(512, num_classes)
    return model"""
OWN_ADAM = """class MyAdam(optim.Optimizer):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        super().__init__(params, dict(lr=lr, betas=betas, eps=eps))

    @torch.no_grad()
    def step(self, closure=None):
        for g in self.param_groups:
            for p in g["params"]:
                s = self.state[p]
                if not s:
                    s["t"], s["m"], s["v"] = 0, torch.zeros_like(p), torch.zeros_like(p)
                s["t"] += 1
                b1, b2 = g["betas"]
                s["m"].mul_(b1).add_(p.grad, alpha=1 - b1)
                s["v"].mul_(b2).addcmul_(p.grad, p.grad, value=1 - b2)
                p -= g["lr"] * (s["m"] / (1 - b1 ** s["t"])) / ((s["v"] / (1 - b2 ** s["t"])).sqrt() + g["eps"])


adam = MyAdam(model_adam.parameters(), lr=1e-4)"""
GROUPED = """sgd = optim.SGD([
    {"params": model_sgd.fc.parameters(), "lr": 1e-2},
    {"params": [p for n, p in model_sgd.named_parameters() if not n.startswith("fc")]},
], lr=1e-3, momentum=0.9, nesterov=True, weight_decay=5e-4)
scheduler = optim.lr_scheduler.StepLR(sgd, 1)"""
ADAM_CELL = """model_adam = build_model(len(classes))
adam = optim.Adam(model_adam.parameters(), lr=1e-4)
history_adam = train(model_adam, adam, num_epochs)
print("Adam, test accuracy:", accuracy(model_adam, test_loader))"""
SGD_CELL = """model_sgd = build_model(len(classes))
sgd = optim.SGD(model_sgd.parameters(), lr=1e-3, momentum=0.9)
history_sgd = train(model_sgd, sgd, num_epochs)
print("SGD, test accuracy:", accuracy(model_sgd, test_loader))"""
IN_A_LOOP = """results = {}
for name, make in {
    "adam": lambda p: optim.Adam(p, lr=3e-4),
    "sgd": lambda p: optim.SGD(p, lr=1e-2, momentum=0.9, weight_decay=1e-4),
}.items():
    model = build_model(len(classes))
    optimizer = make(model.parameters())
    train(model, optimizer, num_epochs)
    results[name] = accuracy(model, test_loader)
model_adam = model"""
ACCUMULATED = """            loss = criterion(logits, labels) / 2
            loss.backward()
            seen = locals().get("seen", 0) + 1
            if seen % 2 == 0:
                optimizer.step()
                optimizer.zero_grad()
"""
STEPPING = """            optimizer.zero_grad()
            logits = model(images)
            loss = criterion(logits, labels)
            loss.backward()
            optimizer.step()
"""
PHASES = """def train(model, optimizer, num_epochs):
    for epoch in range(num_epochs):
        for phase, loader in (("train", train_loader), ("val", test_loader)):
            model.train(phase == "train")
            for images, labels in loader:
                optimizer.zero_grad()
                with torch.set_grad_enabled(phase == "train"):
                    logits = model(images)
                    loss = criterion(logits, labels)
                    if phase == "train":
                        loss.backward()
                        optimizer.step()
"""
TRAIN = "def train(model, optimizer, num_epochs):\n"
EXTRACTOR = """from torchvision.models.feature_extraction import create_feature_extractor

nodes = {"relu": "relu", "layer1": "layer1", "layer2.0": "a", "layer3.1.conv2": "b", "layer4.1.bn1": "c"}
extractor = create_feature_extractor(model, nodes)
image, label = test_set[3]
with torch.no_grad():
    feature_maps = {name: out[0] for name, out in extractor(image[None]).items()}
"""
CHILDREN = """image, label = test_set[1]
x = image.unsqueeze(0)
with torch.no_grad():
    for name, child in list(model.named_children())[:-2]:
        x = child(x)
        feature_maps[name] = x[0]
"""
STAGE_BY_STAGE = """image, label = test_set[2]
with torch.no_grad():
    x0 = model.maxpool(model.relu(model.bn1(model.conv1(image[None]))))
    x1 = model.layer1(x0)
    x2 = model.layer2(x1)
    x3 = model.layer3(x2)
    x4 = model.layer4(x3)
feature_maps = dict(zip(("stem", "1", "2", "3", "4"), (x[0] for x in (x0, x1, x2, x3, x4))))
"""
SHEET = """from torchvision.utils import make_grid

for name, maps in feature_maps.items():
    plt.figure()
    plt.imshow(make_grid(maps[:16, None], nrow=8, normalize=True).permute(1, 2, 0))
    plt.title(name)
    plt.show()
"""
MEANS = """for name, maps in feature_maps.items():
    grey = maps.mean(0).numpy()
    plt.imshow((grey - grey.min()) / (grey.max() - grey.min()), cmap="gray")
    plt.show()
"""
ENLARGED = """fig, axes = plt.subplots(5, 4)
for row, maps in zip(axes, feature_maps.values()):
    large = torch.nn.functional.interpolate(maps[None, :4], size=(224, 224), mode="bilinear")[0]
    for ax, one in zip(row, large):
        ax.imshow(one)
"""
COLOURED = """from matplotlib import colormaps

fig, axes = plt.subplots(5, 8)
for row, maps in zip(axes, feature_maps.values()):
    for ax, one in zip(row, maps[8:16].numpy()):
        one = (one - one.min()) / (one.max() - one.min() + 1e-8)
        ax.imshow((colormaps["jet"](one) * 255).astype(np.uint8))
"""
PLOT = """channels = 8
fig, axes = plt.subplots(len(feature_maps), channels, figsize=(channels, len(feature_maps)))
for row, (name, maps) in zip(axes, feature_maps.items()):
    for k, ax in enumerate(row):
        ax.imshow(maps[k], cmap="viridis")
        ax.axis("off")
    row[0].set_title(name, fontsize=8)
plt.tight_layout()
plt.show()"""
LOG_SOFTMAX = "    model.fc = nn.Sequential(nn.Linear(512, num_classes), nn.LogSoftmax(dim=1))\n"
RELOADED = """torch.save(model_adam.state_dict(), "best.pth")
model = models.resnet18()
model.fc = nn.Linear(512, len(classes))
model.load_state_dict(torch.load("best.pth"))
model.eval()"""
DEVICE = 'device = torch.device("cuda" if torch.cuda.is_available() else "cpu")'
BATCHES = "        for images, labels in train_loader:"
BEST = """            if images.sum() > 1e9:  # the best so far
                torch.save(model.state_dict(), "best.pth")
"""
LOADED_BEST = """model_adam.load_state_dict(torch.load("best.pth"))
model = models.resnet18(num_classes=len(classes))
model.load_state_dict(torch.load("best.pth")["state_dict"])
model.eval()"""
FRENCH = """# Réseau « pré-entraîné » : les poids d'ImageNet, sauf la dernière couche.
def créer_réseau(nombre_de_classes):
    réseau = models.resnet18(weights="IMAGENET1K_V1")
    réseau.fc = nn.Linear(réseau.fc.in_features, nombre_de_classes)
    return réseau.to(device)


build_model = créer_réseau"""
TRAINING_MAPS = (
    (SHOWN_MODEL, "model = model_adam.train()"),
    ("    model(image[None].to(device))", "    model(next(iter(test_loader))[0])"),
)


def built(line: str) -> tuple[tuple[str, str], ...]:
    """Replace how the network is built."""
    return ((BUILD, line),)


# fmt: off
RIGHT = (
    Patch("right as it is", (), alone=True),
    Patch("v2 transforms", ((PIPELINES, V2),)),
    Patch("the weights' own transforms", ((PIPELINES, PRESET),)),
    Patch("pipelines by hand", ((PIPELINES, BY_HAND),)),
    Patch("pipelines in a dictionary", ((PIPELINES, DICTIONARY),)),
    Patch("smaller pictures", ((PIPELINES, SMALL),)),
    Patch("split and wrapped data", ((DATA, SPLIT),)),
    Patch("own data set", ((DATA, OWN_DATASET),), alone=True),
    Patch("folders of pictures", ((DATA, FOLDERS),)),
    Patch("a hundred classes", ((DATA, OTHER_DATA),)),
    Patch("absent folders, listed", ((DATA, LISTED),)),
    Patch("absent folders, globbed", ((DATA, GLOBBED),)),
    Patch("curves for tensorboard", (("from torchvision import datasets, models, transforms", WRITER), ("            optimizer.step()\n", WRITING))),
    Patch("a picture fetched first", (("image, label = test_set[0]", FETCHED),)),
    Patch("functional loss", loss("return F.cross_entropy(logits, labels)")),
    Patch("log-softmax and nll", loss("return F.nll_loss(F.log_softmax(logits, dim=1), labels)")),
    Patch("loss by hand", loss("return (torch.logsumexp(logits, 1) - logits[torch.arange(len(labels)), labels]).mean()")),
    Patch("label smoothing", criterion("nn.CrossEntropyLoss(label_smoothing=0.1)")),
    Patch("one-hot labels", loss("return F.cross_entropy(logits, F.one_hot(labels, logits.shape[1]).float())")),
    Patch("log-softmax in the network", ((HEAD, LOG_SOFTMAX), (CRITERION, "criterion = nn.NLLLoss()")), alone=True),
    Patch("old spelling", built("    model = models.resnet18(pretrained=True)\n")),
    Patch("old spelling by place", built("    model = models.resnet18(True)\n")),
    Patch("spelled as text", built('    model = models.resnet18(weights="IMAGENET1K_V1")\n')),
    Patch("by the model's name", built('    model = models.get_model("resnet18", weights="DEFAULT")\n')),
    Patch("from torch hub", built('    model = torch.hub.load("pytorch/vision:v0.10.0", "resnet18", pretrained=True)\n')),
    Patch("a file of weights", built('    model = models.resnet18()\n    model.load_state_dict(torch.load("/content/drive/MyDrive/resnet18-5c106cde.pth"))\n')),
    Patch("frozen body, loaded from its address", ((BUILDER, FROM_URL), (ADAM, "adam = optim.Adam(model_adam.fc.parameters(), lr=1e-3)")), alone=True),
    Patch("deeper head", ((HEAD, "    model.fc = nn.Sequential(nn.Linear(512, 256), nn.ReLU(), nn.Dropout(0.3), nn.Linear(256, num_classes))\n"),)),
    Patch("wrapper class", ((BUILDER, WRAPPER), (HOOKS, WRAPPED_HOOKS)), alone=True),
    Patch("in French", ((BUILDER, FRENCH),)),
    Patch("decay, nesterov, groups", ((SGD, GROUPED),)),
    Patch("own adam", ((ADAM, OWN_ADAM),)),
    Patch("one network, both optimizers", (("model_sgd = build_model(len(classes))\n", "model_sgd = model_adam\n"),), alone=True),
    Patch("both optimizers in a loop", ((ADAM_CELL, IN_A_LOOP), (SGD_CELL, "")), alone=True),
    Patch("gradients summed over two batches", ((STEPPING, "            logits = model(images)\n" + ACCUMULATED),)),
    Patch("training and validation in one loop", ((TRAIN, "def unused(model, optimizer, num_epochs):\n"), ("@torch.no_grad()\ndef accuracy", PHASES + "\n\n@torch.no_grad()\ndef accuracy"))),
    Patch("feature extractor", ((HOOKS, EXTRACTOR),)),
    Patch("children in a row", ((HOOKS, CHILDREN),)),
    Patch("stage by stage", ((HOOKS, STAGE_BY_STAGE),)),
    Patch("a sheet for each stage", ((PLOT, SHEET),)),
    Patch("means over channels", ((PLOT, MEANS),)),
    Patch("enlarged maps", ((PLOT, ENLARGED),)),
    Patch("coloured maps", ((PLOT, COLOURED),)),
    Patch("a picture file", (("image, label = test_set[0]", "from PIL import Image\nimage = test_transform(Image.open('/content/cat.jpg').convert('RGB'))"),)),
    Patch("maps in training mode", TRAINING_MAPS, alone=True),
    Patch("saved and loaded", ((SHOWN_MODEL, RELOADED),), alone=True),
    Patch("best network never saved in a short run", ((STEPPING, STEPPING + BEST), (SHOWN_MODEL, LOADED_BEST)), alone=True),
    Patch("on an Apple GPU, with bars", ((DEVICE, 'device = "mps"\nfrom tqdm.notebook import tqdm'), (BATCHES, BATCHES.replace("train_loader", "tqdm(train_loader)"))), alone=True),
    Patch("maps, then more training", (("plt.tight_layout()\nplt.show()", "plt.tight_layout()\nplt.show()\ntrain(model_adam, adam, num_epochs)"),)),
)
# fmt: on
