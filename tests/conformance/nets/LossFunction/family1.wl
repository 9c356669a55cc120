(* Family 1: the default loss, then another loss layer. Specification: loss-function.md, acceptance walk-through. *)

data = {1 -> 1.9, 2 -> 4.1, 3 -> 6.0, 4 -> 8.1};
xs = {1.0, 2.5, 5.0};
line = {1.95, 5.025, 10.15};  (* the least-squares line: slope 2.05, intercept -0.1 *)
near[a_, b_, tol_] := Max[Abs[a - b]] < tol;

(* 1a *)
net1 = NetTrain[LinearLayer[], data, MaxTrainingRounds -> 10000, RandomSeeding -> 1];
Print["1a head: ", Head[net1]];
Print["1a on the line: ", near[net1[xs], line, 0.1]];
Print["1a number of weights: ", Length[Flatten[Normal[NetExtract[net1, "Weights"]]]]];
Print["1a slope: ", near[Flatten[Normal[NetExtract[net1, "Weights"]]], {2.05}, 0.05]];
Print["1a one number gives one number: ", NumberQ[net1[2.5]]];

(* 1b *)
loss = MeanAbsoluteLossLayer[];
Print["1b absolute: ", Round[loss[<|"Input" -> {1, 2, 3}, "Target" -> {1, 4, 7}|>], 0.00001]];
Print["1b squared: ", Round[MeanSquaredLossLayer[][<|"Input" -> {1, 2, 3}, "Target" -> {1, 4, 7}|>], 0.00001]];

(* 1c *)
net2 = NetTrain[LinearLayer[], data, LossFunction -> loss, MaxTrainingRounds -> 10000, RandomSeeding -> 1];
Print["1c head: ", Head[net2]];
Print["1c near the line: ", near[net2[xs], line, 0.3]];
same = NetTrain[LinearLayer[], data, LossFunction -> MeanAbsoluteLossLayer[], MaxTrainingRounds -> 10000, RandomSeeding -> 1];
Print["1c spelled out it is the same: ", same === net2];
legacy = NetTrain[LinearLayer[], data, loss, MaxTrainingRounds -> 10000, RandomSeeding -> 1];
Print["1c as third argument it is the same: ", legacy === net2];

(* an outlier: the L1 fit stays with the others, the L2 fit moves *)
out = Append[data, 2.5 -> 50];
sum[net_] := Total[Abs[net[Range[4]] - {1.9, 4.1, 6.0, 8.1}]];
l1 = NetTrain[LinearLayer[], out, LossFunction -> loss, MaxTrainingRounds -> 5000, LearningRate -> 0.01, RandomSeeding -> 1];
l2 = NetTrain[LinearLayer[], out, MaxTrainingRounds -> 5000, LearningRate -> 0.01, RandomSeeding -> 1];
Print["1c outlier, L1 stays: ", sum[l1] < 1];
Print["1c outlier, L2 moves: ", sum[l2] > 30];

(* reports refer to the loss that is minimized *)
res = NetTrain[LinearLayer[], data, All, LossFunction -> loss, MaxTrainingRounds -> 20, RandomSeeding -> 1];
Print["1c rounds reported: ", Length[res["RoundLossList"]]];
Print["1c last one: ", res["RoundLoss"] === Last[res["RoundLossList"]]];
l1of[net_] := Mean[Abs[net[Range[4]] - {1.9, 4.1, 6.0, 8.1}]];
Print["1c it is L1: ", Abs[res["RoundLoss"] - l1of[res["TrainedNet"]]] < 0.01];
Print["1c loss plot: ", Head[res["LossPlot"]]];
