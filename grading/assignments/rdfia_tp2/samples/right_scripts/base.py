# -*- coding: utf-8 -*-
# TP 2-cd : réseau convolutif sur CIFAR-10, état final
import argparse
import os
import time

import torch
import torch.nn as nn
import torch.nn.functional as F
import torchvision.datasets as datasets
import torchvision.transforms as transforms
from tme6 import *

PRINT_INTERVAL = 50
CUDA = False


class ConvNet(nn.Module):
    """Réseau inspiré d'AlexNet."""

    def __init__(self):
        super(ConvNet, self).__init__()
        self.conv1 = nn.Conv2d(3, 32, kernel_size=5, padding=2)
        self.norm1 = nn.BatchNorm2d(32)
        self.conv2 = nn.Conv2d(32, 64, kernel_size=5, padding=2)
        self.norm2 = nn.BatchNorm2d(64)
        self.conv3 = nn.Conv2d(64, 64, kernel_size=5, padding=2)
        self.norm3 = nn.BatchNorm2d(64)
        self.pool = nn.MaxPool2d(2, 2)
        self.pool_fin = nn.MaxPool2d(2, 2, ceil_mode=True)
        self.fc4 = nn.Linear(1024, 1000)
        self.drop = nn.Dropout()
        self.fc5 = nn.Linear(1000, 10)

    def forward(self, x):
        x = self.pool(F.relu(self.norm1(self.conv1(x))))
        x = self.pool(F.relu(self.norm2(self.conv2(x))))
        x = self.pool_fin(F.relu(self.norm3(self.conv3(x))))
        x = x.view(x.size(0), -1)
        x = self.drop(F.relu(self.fc4(x)))
        return self.fc5(x)


def get_dataset(batch_size, path):
    moyenne, ecart = [0.491, 0.482, 0.447], [0.202, 0.199, 0.201]
    apprentissage = transforms.Compose([
        transforms.RandomCrop(28),
        transforms.RandomHorizontalFlip(),
        transforms.ToTensor(),
        transforms.Normalize(mean=moyenne, std=ecart),
    ])
    test = transforms.Compose([
        transforms.CenterCrop(28),
        transforms.ToTensor(),
        transforms.Normalize(mean=moyenne, std=ecart),
    ])
    train_dataset = datasets.CIFAR10(path, train=True, download=True, transform=apprentissage)
    val_dataset = datasets.CIFAR10(path, train=False, download=True, transform=test)
    train_loader = torch.utils.data.DataLoader(train_dataset, batch_size=batch_size, shuffle=True, pin_memory=CUDA, num_workers=2)
    val_loader = torch.utils.data.DataLoader(val_dataset, batch_size=batch_size, shuffle=False, pin_memory=CUDA, num_workers=2)
    return train_loader, val_loader


def epoch(data, model, criterion, optimizer=None):
    avg_loss = AverageMeter()
    avg_top1 = AverageMeter()
    avg_top5 = AverageMeter()
    avg_batch_time = AverageMeter()
    global loss_plot
    tic = time.time()
    for i, (input, target) in enumerate(data):
        if CUDA:
            input = input.cuda()
            target = target.cuda()
        output = model(input)
        loss = criterion(output, target)
        if optimizer:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        prec1, prec5 = accuracy(output, target, topk=(1, 5))
        avg_batch_time.update(time.time() - tic)
        tic = time.time()
        avg_loss.update(loss.item())
        avg_top1.update(prec1.item())
        avg_top5.update(prec5.item())
        if optimizer:
            loss_plot.update(avg_loss.val)
        if i % PRINT_INTERVAL == 0:
            print("[{}] {:.3f} s, perte {:.3f}, top 1 {:.1f}".format(i, avg_batch_time.avg, avg_loss.avg, avg_top1.avg))
            if optimizer:
                loss_plot.plot()
    return avg_top1, avg_top5, avg_loss


def main(params):
    model = ConvNet()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), params.lr, momentum=0.9)
    lr_sched = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.95)
    if CUDA:
        model = model.cuda()
        criterion = criterion.cuda()
    train, test = get_dataset(params.batch_size, params.path)
    plot = AccLossPlot()
    for i in range(params.epochs):
        print("=================\n=== EPOCH " + str(i + 1) + " =====\n=================\n")
        model.train()
        top1_acc, avg_top5_acc, loss = epoch(train, model, criterion, optimizer)
        model.eval()
        top1_acc_test, top5_acc_test, loss_test = epoch(test, model, criterion)
        plot.update(loss.avg, loss_test.avg, top1_acc.avg, top1_acc_test.avg)
        lr_sched.step()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--path", default="/tmp/datasets", type=str, metavar="DIR", help="dossier des données")
    parser.add_argument("--epochs", default=5, type=int, metavar="N", help="nombre d'époques")
    parser.add_argument("--batch-size", default=128, type=int, metavar="N", help="taille des lots")
    parser.add_argument("--lr", default=0.1, type=float, metavar="LR", help="pas d'apprentissage")
    parser.add_argument("--cuda", dest="cuda", action="store_true", help="calcule sur le GPU")
    args = parser.parse_args()
    if args.cuda:
        CUDA = True
        torch.backends.cudnn.benchmark = True
    loss_plot = TrainLossPlot()
    main(args)
    input("fini")
