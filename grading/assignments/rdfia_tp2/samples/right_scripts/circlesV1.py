# -*- coding: utf-8 -*-
# TP 2-ab, première partie : tout à la main
#
# 1. Ensembles : l'apprentissage règle les paramètres, la validation choisit les hyper-paramètres, le test mesure à la fin.
# 4. nx = 2, nh = 4, ny = 2
import math
import torch
from torch.autograd import Variable
from tme5 import CirclesData


def init_params(nx, nh, ny):
    params = {}
    params["Wh"] = 0.3 * torch.randn(nx, nh)
    params["bh"] = torch.zeros(nh)
    params["Wy"] = 0.3 * torch.randn(nh, ny)
    params["by"] = torch.zeros(ny)
    return params


def forward(params, X):
    outputs = {"X": X}
    outputs["htilde"] = torch.mm(X, params["Wh"]) + params["bh"]
    outputs["h"] = torch.tanh(outputs["htilde"])
    outputs["ytilde"] = torch.mm(outputs["h"], params["Wy"]) + params["by"]
    exponentielles = torch.exp(outputs["ytilde"])
    outputs["yhat"] = exponentielles / exponentielles.sum(1).view(-1, 1)
    return outputs["yhat"], outputs


def loss_accuracy(Yhat, Y):
    L = -torch.mean(torch.sum(Y * torch.log(Yhat), 1))
    _, prevu = torch.max(Yhat, 1)
    _, vrai = torch.max(Y, 1)
    acc = (prevu == vrai).sum().item() * 100.0 / Y.size(0)
    return L, acc


def backward(params, outputs, Y):
    grads = {}
    delta_y = outputs["yhat"] - Y
    delta_h = torch.mm(delta_y, params["Wy"].t()) * (1 - outputs["h"].pow(2))
    grads["Wy"] = torch.mm(outputs["h"].t(), delta_y)
    grads["Wh"] = torch.mm(outputs["X"].t(), delta_h)
    grads["by"] = delta_y.sum(0)
    grads["bh"] = delta_h.sum(0)
    return grads


def sgd(params, grads, eta):
    for nom in params.keys():
        params[nom] -= eta * grads[nom]
    return params


if __name__ == "__main__":
    data = CirclesData()
    data.plot_data()
    N = data.Xtrain.shape[0]
    Nbatch = 10
    nx, nh, ny = data.Xtrain.shape[1], 10, data.Ytrain.shape[1]
    eta = 0.03
    params = init_params(nx, nh, ny)
    courbes = [[], [], [], []]
    for iteration in range(150):
        perm = torch.randperm(N)
        for j in range(N // Nbatch):
            lot = perm[j * Nbatch:(j + 1) * Nbatch]
            X, Y = data.Xtrain[lot], data.Ytrain[lot]
            Yhat, outputs = forward(params, X)
            L, _ = loss_accuracy(Yhat, Y)
            params = sgd(params, backward(params, outputs, Y), eta)
        Yhat_train, _ = forward(params, data.Xtrain)
        Yhat_test, _ = forward(params, data.Xtest)
        Ltrain, acctrain = loss_accuracy(Yhat_train, data.Ytrain)
        Ltest, acctest = loss_accuracy(Yhat_test, data.Ytest)
        Ygrid, _ = forward(params, data.Xgrid)
        data.plot_data_with_grid(Ygrid, "iter {} acc train {:.1f} % acc test {:.1f} %".format(iteration, acctrain, acctest))
        courbes[0].append(acctrain)
        courbes[1].append(acctest)
        courbes[2].append(Ltrain)
        courbes[3].append(Ltest)
        data.plot_loss(*courbes)
    input("fini")
