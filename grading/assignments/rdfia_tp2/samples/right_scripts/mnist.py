# -*- coding: utf-8 -*-
# TP 2-ab, cinquième partie : MNIST
import torch
from tme5 import MNISTData
from circlesV4 import init_model, loss_accuracy

if __name__ == "__main__":
    data = MNISTData()
    model, loss, optim = init_model(784, 100, 10, 0.03)
    for epoch in range(100):
        perm = torch.randperm(data.Xtrain.size(0))
        for lot in perm.split(100):
            optim.zero_grad()
            L, acc = loss_accuracy(loss, model(data.Xtrain[lot]), data.Ytrain[lot])
            L.backward()
            optim.step()
        print(epoch, loss_accuracy(loss, model(data.Xtest), data.Ytest))
    input("fini")
