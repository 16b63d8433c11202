"""Train a small network on scikit-learn's digits images with DistributedDataParallel on CPU.

Every process of the job runs this file. Who they are comes from the environment that a PyTorchJob sets: MASTER_ADDR,
MASTER_PORT, RANK and WORLD_SIZE. The master (rank 0) measures the accuracy on images that nobody trained on, prints it
and writes the model to KUBEDL_MODEL_PATH. The images are part of scikit-learn: nothing is downloaded.
"""

import datetime
import json
import os
import random
import sys
import time

import numpy
import torch
import torch.distributed as dist
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, TensorDataset
from torch.utils.data.distributed import DistributedSampler

SEED = 7
EPOCHS = int(os.environ.get("EPOCHS", "20"))
BATCH_SIZE = 32
REQUIRED_ACCURACY = 0.90
# How long the processes of a job wait for each other at the start.
MEETING_TIME = datetime.timedelta(seconds=float(os.environ.get("MEETING_SECONDS", "300")))


def say(text):
    print(f"[rank {dist.get_rank()} of {dist.get_world_size()}] {text}", flush=True)


def make_data():
    """The images, scaled to 0..1, as tensors for training and test; the same split in every process."""
    images, labels = load_digits(return_X_y=True)
    parts = train_test_split(
        images.astype(numpy.float32) / 16.0, labels, test_size=0.25, random_state=SEED, stratify=labels
    )
    train_images, test_images, train_labels, test_labels = (torch.from_numpy(part) for part in parts)
    return TensorDataset(train_images, train_labels), TensorDataset(test_images, test_labels)


def make_model():
    return nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10))


def train(model, data):
    sampler = DistributedSampler(data, shuffle=True, seed=SEED)
    loader = DataLoader(data, batch_size=BATCH_SIZE, sampler=sampler)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    loss_function = nn.CrossEntropyLoss()
    for epoch in range(EPOCHS):
        sampler.set_epoch(epoch)
        model.train()
        total = 0.0
        for images, labels in loader:
            optimizer.zero_grad()
            loss = loss_function(model(images), labels)
            loss.backward()
            optimizer.step()
            total += loss.item()
        say(f"epoch {epoch + 1}/{EPOCHS} loss={total / len(loader):.4f} images={len(sampler)}")


@torch.no_grad()
def accuracy_of(model, data):
    model.eval()
    images, labels = data.tensors
    return (model(images).argmax(dim=1) == labels).float().mean().item()


def save(model, accuracy):
    """Writes the model and what it is; first under another name, so that a half-written file is never taken for it."""
    folder = os.environ.get("KUBEDL_MODEL_PATH")
    if not folder:
        say("KUBEDL_MODEL_PATH is not set: the model is not saved")
        return
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "model.pt")
    torch.save(model.state_dict(), path + ".part")
    os.replace(path + ".part", path)
    about = {
        "framework": "pytorch",
        "version": torch.__version__,
        "data": "scikit-learn digits",
        "accuracy": round(accuracy, 4),
        "epochs": EPOCHS,
        "worldSize": dist.get_world_size(),
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
    }
    with open(os.path.join(folder, "metadata.json"), "w", encoding="utf-8") as file:
        json.dump(about, file, indent=2)
        file.write("\n")
    say(f"model saved to {path}")


def main():
    # Several processes share one machine in the demo; each thread pool as large as the machine would only get in the way.
    torch.set_num_threads(1)
    random.seed(SEED)
    numpy.random.seed(SEED)
    torch.manual_seed(SEED)
    begin = time.monotonic()
    address = f"{os.environ['MASTER_ADDR']}:{os.environ['MASTER_PORT']}"
    print(f"rank {os.environ['RANK']} of {os.environ['WORLD_SIZE']} meets the others at {address}", flush=True)
    dist.init_process_group("gloo", timeout=MEETING_TIME)
    try:
        say(f"all met after {time.monotonic() - begin:.1f} s")
        train_data, test_data = make_data()
        model = DistributedDataParallel(make_model())
        train(model, train_data)
        dist.barrier()
        if dist.get_rank() == 0:
            accuracy = accuracy_of(model.module, test_data)
            save(model.module, accuracy)
            print(f"accuracy={accuracy:.4f}", flush=True)
            if accuracy < REQUIRED_ACCURACY:
                print(f"the accuracy is below {REQUIRED_ACCURACY}", file=sys.stderr, flush=True)
                return 1
        # Nobody leaves before the master is done, because it holds the meeting point.
        dist.barrier()
    finally:
        dist.destroy_process_group()
    return 0


if __name__ == "__main__":
    sys.exit(main())
