#!/usr/bin/env wlnet
(* Classification: which loss is attached follows from the net's last layer and its decoder.

   A softmax with a Class decoder gets CrossEntropyLossLayer["Index"], and the labels are encoded for it; labels may
   be any expressions. CrossEntropyLossLayer["Probabilities"] takes vectors of probabilities as targets instead. *)

net = NetChain[{LinearLayer[2], SoftmaxLayer[]}, "Input" -> 2, "Output" -> NetDecoder[{"Class", {Less, Greater}}]];
pairs = {{1, 2} -> Less, {2, 1} -> Greater, {3, 4} -> Less, {5, 2} -> Greater, {0, 3} -> Less, {4, 0} -> Greater};

opts = Sequence[MaxTrainingRounds -> 3000, RandomSeeding -> 2];
results = NetTrain[net, pairs, All, opts];
trained = results["TrainedNet"];
Print["classes: ", trained[{{1, 5}, {6, 2}, {2, 3}}]];
Print["sure of {6, 2}: ", trained[{6, 2}, "Probability" -> Greater] > 0.95];
Print["reported: ", Keys[results["RoundMeasurements"]], ", error rate at the end: ", results["RoundMeasurements"]["ErrorRate"]];

soft = {{1, 2} -> {1, 0}, {2, 1} -> {0, 1}, {3, 4} -> {0.9, 0.1}, {5, 2} -> {0.05, 0.95}};
trained2 = NetTrain[net, soft, LossFunction -> CrossEntropyLossLayer["Probabilities"], opts];
Print["trained on probabilities, it still names classes: ", trained2[{{1, 5}, {6, 2}}]];
