(* Family 2: classification. "Index" is chosen automatically, "Probabilities" is stated. *)

net = NetChain[{LinearLayer[2], SoftmaxLayer[]}, "Input" -> 2, "Output" -> NetDecoder[{"Class", {Less, Greater}}]];
trainData = {{1, 2} -> Less, {2, 1} -> Greater, {3, 4} -> Less, {5, 2} -> Greater, {0, 3} -> Less, {4, 0} -> Greater};

(* 2a *)
res = NetTrain[net, trainData, All, MaxTrainingRounds -> 3000, RandomSeeding -> 2];
trained = res["TrainedNet"];
Print["2a classes: ", trained[{{1, 5}, {6, 2}, {2, 3}}]];
p = trained[{6, 2}, "Probabilities"];
Print["2a keys: ", Keys[p]];
Print["2a sure: ", p[Less] < 0.05 && p[Greater] > 0.95];
Print["2a head: ", Head[trained], ", layers: ", Length[trained]];
Print["2a the error rate is reported: ", KeyExistsQ[res["RoundMeasurements"], "ErrorRate"]];
Print["2a it falls to 0: ", res["RoundMeasurements"]["ErrorRate"] == 0];
Print["2a first loss is positive and finite: ", 0 < First[res["RoundLossList"]] < 20];
zero = NetTrain[
  NetChain[{LinearLayer[2, "Weights" -> {{0, 0}, {0, 0}}, "Biases" -> {0, 0}], SoftmaxLayer[]}, "Input" -> 2,
    "Output" -> NetDecoder[{"Class", {Less, Greater}}]], trainData, "BatchLossList", MaxTrainingRounds -> 1];
Print["2a loss of a net that knows nothing: ", Round[First[zero], 0.0001]];
Print["2a all fields: ", Keys[res["RoundMeasurements"]]];

(* 2b *)
probLoss = CrossEntropyLossLayer["Probabilities"];
probData = {{1, 2} -> {1, 0}, {2, 1} -> {0, 1}, {3, 4} -> {0.9, 0.1}, {5, 2} -> {0.05, 0.95}};
trained2 = NetTrain[net, probData, LossFunction -> probLoss, MaxTrainingRounds -> 3000, RandomSeeding -> 2];
Print["2b classes: ", trained2[{{1, 5}, {6, 2}}]];
Print["2b head: ", Head[trained2]];
bad = NetTrain[net, trainData, LossFunction -> probLoss, MaxTrainingRounds -> 1];
Print["2b classes where probabilities are wanted: ", bad];

(* the layers by themselves *)
Print["Probabilities: ", Round[CrossEntropyLossLayer["Probabilities"][<|"Input" -> {.8, .2}, "Target" -> {.5, .5}|>], 0.00001]];
Print["Index: ", Round[CrossEntropyLossLayer["Index"][<|"Input" -> {.8, .2}, "Target" -> 2|>], 0.00001]];
Print["Binary: ", Round[CrossEntropyLossLayer["Binary"][<|"Input" -> .8, "Target" -> 1|>], 0.00001]];
