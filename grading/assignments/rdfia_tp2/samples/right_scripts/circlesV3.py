# -*- coding: utf-8 -*-
# TP 2-ab, troisième partie : torch.nn
import torch
import torch.nn as nn
from tme5 import CirclesData


def init_model(nx, nh, ny):
    model = nn.Sequential()
    model.add_module("cachee", nn.Linear(nx, nh))
    model.add_module("tanh", nn.Tanh())
    model.add_module("sortie", nn.Linear(nh, ny))
    loss = nn.CrossEntropyLoss()
    return model, loss


def loss_accuracy(loss, Yhat, Y):
    _, vrai = torch.max(Y, 1)
    L = loss(Yhat, vrai)
    _, prevu = torch.max(Yhat, 1)
    acc = (prevu == vrai).float().mean() * 100
    return L, acc


def sgd(model, eta):
    for p in model.parameters():
        p.data -= eta * p.grad.data
    model.zero_grad()
    return model


if __name__ == "__main__":
    data = CirclesData()
    model, loss = init_model(2, 10, 2)
    for iteration in range(150):
        perm = torch.randperm(200)
        for j in range(20):
            lot = perm[j * 10:(j + 1) * 10]
            L, _ = loss_accuracy(loss, model(data.Xtrain[lot]), data.Ytrain[lot])
            L.backward()
            sgd(model, 0.03)
    input("fini")
