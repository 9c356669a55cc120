#!/usr/bin/env wlnet
(* An autoencoder of handwritten digits: 64 numbers through a code of 6 and back. It knows nothing of classes, yet the codes
   of one digit lie together. *)

folder = If[$InputFileName === "", Directory[], DirectoryName[$InputFileName]];
table = Rest[Import[FileNameJoin[{folder, "..", "data", "digits.csv"}]]];
pixels = N[table[[All, 1 ;; 64]]]/16;
digits = table[[All, 65]];

net = NetChain[<|
    "encode" -> NetChain[{48, Tanh, 6}],
    "decode" -> NetChain[{48, Tanh, LinearLayer[64], LogisticSigmoid}]|>, "Input" -> 64];
trained = NetTrain[net, pixels -> pixels, LossFunction -> MeanSquaredLossLayer[], BatchSize -> 64,
   MaxTrainingRounds -> 150, LearningRate -> 0.004, RandomSeeding -> 2];

back = trained[pixels];
error = Mean[Flatten[(back - pixels)^2]];
spread = Mean[Flatten[(pixels - ConstantArray[Mean[pixels], Length[pixels]])^2]];
Print["share of the variance that the code keeps, at least 75 %: ", 1 - error/spread >= 0.75];

(* the code alone *)
encode = NetExtract[trained, "encode"];
decode = NetExtract[trained, "decode"];
codes = encode[pixels];
Print["a code has ", Length[First[codes]], " numbers"];
Print["decode of encode is the net: ", Max[Abs[Flatten[decode[codes] - back]]] < 0.00001];

(* without classes: the nearest other code belongs to the same digit *)
asked = Range[1, Length[codes], 30];
nearest[i_] := Ordering[Map[Total, (codes - ConstantArray[codes[[i]], Length[codes]])^2], 2][[2]];
Print["nearest codes of the same digit, at least 90 %: ",
   N[Count[Map[digits[[nearest[#]]] - digits[[#]] &, asked], 0]/Length[asked]] >= 0.9];

picture[rows_] := ArrayPlot[Join @@@ Transpose[Map[1 - Partition[#, 8] &, rows]]];
Export["autoencoder.png", GraphicsColumn[{picture[pixels[[1 ;; 10]]], picture[back[[1 ;; 10]]]}]];
