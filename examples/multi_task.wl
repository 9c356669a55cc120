#!/usr/bin/env wlnet
(* One net, two tasks: from the chemistry of a wine, its cultivar and its alcohol. Two outputs, two losses, one of them
   scaled: the total is the cross entropy plus a tenth of the squared error. *)

folder = If[$InputFileName === "", Directory[], DirectoryName[$InputFileName]];
table = N[Rest[Import[FileNameJoin[{folder, "data", "wine.csv"}]]]];
alcohol = table[[All, {1}]];
features = table[[All, 2 ;; 13]];
cultivar = Round[table[[All, 14]]];
standard[m_] := Transpose[(# - Mean[#])/StandardDeviation[#] & /@ Transpose[m]];
x = standard[features];
y = standard[alcohol];

net = NetGraph[
   <|"trunk" -> NetChain[{32, Tanh}], "alcohol" -> LinearLayer[1],
     "cultivar" -> NetChain[{LinearLayer[3], SoftmaxLayer[]}]|>,
   {NetPort["Input"] -> "trunk" -> "alcohol" -> NetPort["Alcohol"], "trunk" -> "cultivar" -> NetPort["Cultivar"]},
   "Input" -> 12, "Cultivar" -> NetDecoder[{"Class", {1, 2, 3}}]];

results = NetTrain[net, <|"Input" -> x, "Alcohol" -> y, "Cultivar" -> cultivar|>, All,
   LossFunction -> {"Cultivar" -> CrossEntropyLossLayer["Index"], "Alcohol" -> MeanSquaredLossLayer[] -> Scaled[0.1]},
   MaxTrainingRounds -> 200, LearningRate -> 0.005, RandomSeeding -> 5];
terms = results["RoundMeasurements"];
Print["terms: ", Sort[Keys[terms]]];
Print["total is their weighted sum: ", Abs[results["RoundLoss"] - terms["Cultivar"] - 0.1 terms["Alcohol"]] < 0.0001];

trained = results["TrainedNet"];
out = trained[x];
Print["outputs: ", Sort[Keys[out]]];
Print["cultivars named rightly, at least 98 %: ", N[Count[out["Cultivar"] - cultivar, 0]/Length[cultivar]] >= 0.98];
Print["alcohol explained, at least 60 %: ", 1 - Total[Flatten[out["Alcohol"] - y]^2]/Total[Flatten[y]^2] >= 0.6];
