# -*- coding: utf-8 -*-
# TP 2-ab, quatrième partie : torch.optim
import torch
import torch.nn as nn
from tme5 import CirclesData


def init_model(nx, nh, ny, eta):
    model = nn.Sequential(nn.Linear(nx, nh), nn.Tanh(), nn.Linear(nh, ny))
    loss = nn.CrossEntropyLoss()
    optim = torch.optim.SGD(model.parameters(), lr=eta)
    return model, loss, optim


def loss_accuracy(loss, Yhat, Y):
    vrai = Y.argmax(1)
    L = loss(Yhat, vrai)
    acc = (Yhat.argmax(1) == vrai).float().mean() * 100
    return L, acc


if __name__ == "__main__":
    data = CirclesData()
    model, loss, optim = init_model(2, 10, 2, 0.03)
    for iteration in range(150):
        perm = torch.randperm(200)
        for j in range(20):
            lot = perm[j * 10:(j + 1) * 10]
            optim.zero_grad()
            L, _ = loss_accuracy(loss, model(data.Xtrain[lot]), data.Ytrain[lot])
            L.backward()
            optim.step()
    input("fini")
