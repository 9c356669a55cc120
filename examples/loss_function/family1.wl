#!/usr/bin/env wlnet
(* A line through four points: the default loss, then another one.

   NetTrain needs no loss function here: the net ends in a LinearLayer, so a MeanSquaredLossLayer is attached while
   it trains and taken off again. LossFunction -> MeanAbsoluteLossLayer[] states another loss. *)

data = {1 -> 1.9, 2 -> 4.1, 3 -> 6.0, 4 -> 8.1};

net = NetTrain[LinearLayer[], data, MaxTrainingRounds -> 10000, RandomSeeding -> 1];
Print["trained: ", Head[net]];
Print["at 1, 2.5 and 5, to a half: ", Round[net[{1.0, 2.5, 5.0}], 0.5]];

(* a loss layer is a net like any other *)
loss = MeanAbsoluteLossLayer[];
Print["mean absolute error of {1, 2, 3} against {1, 4, 7}: ", loss[<|"Input" -> {1, 2, 3}, "Target" -> {1, 4, 7}|>]];

(* one wild point: the squared error follows it, the absolute error does not *)
wild = Append[data, 2.5 -> 50];
opts = Sequence[MaxTrainingRounds -> 5000, LearningRate -> 0.01, RandomSeeding -> 1];
squared = NetTrain[LinearLayer[], wild, opts];
absolute = NetTrain[LinearLayer[], wild, LossFunction -> loss, opts];
error[n_] := Total[Abs[n[{1, 2, 3, 4}] - {1.9, 4.1, 6.0, 8.1}]];
Print["error on the four points, squared loss above 30: ", error[squared] > 30];
Print["error on the four points, absolute loss below 1: ", error[absolute] < 1];
