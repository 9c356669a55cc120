#!/usr/bin/env wlnet
(* Regression that says how sure it is: from ten measurements of a patient, the progression of diabetes a year later and
   its standard deviation. Two outputs, and a likelihood of our own as loss. *)

folder = If[$InputFileName === "", Directory[], DirectoryName[$InputFileName]];
table = N[Rest[Import[FileNameJoin[{folder, "..", "data", "diabetes.csv"}]]]];
standard[m_] := Transpose[(# - Mean[#])/StandardDeviation[#] & /@ Transpose[m]];
features = standard[table[[All, 1 ;; 10]]];
target = First /@ standard[table[[All, {11}]]];

SeedRandom[3];
order = RandomSample[Range[Length[target]]];
held = Take[order, 110];
rest = Drop[order, 110];

net = NetGraph[<|"trunk" -> NetChain[{8, Tanh}], "mean" -> LinearLayer[{}], "deviation" -> NetChain[{LinearLayer[{}], "SoftPlus"}]|>,
   {"trunk" -> {"mean", "deviation"}, "mean" -> NetPort["Mean"], "deviation" -> NetPort["Deviation"]}, "Input" -> 10];
(* minus the logarithm of the normal density *)
likelihood = ThreadingLayer[((#Target - #Mean)/(#Deviation + 0.05))^2/2 + Log[#Deviation + 0.05] &];
training = NetGraph[<|"net" -> net, "loss" -> likelihood|>,
   {NetPort["net", "Mean"] -> NetPort["loss", "Mean"], NetPort["net", "Deviation"] -> NetPort["loss", "Deviation"],
    NetPort["Target"] -> NetPort["loss", "Target"], "loss" -> NetPort["Loss"]}];

trained = NetExtract[
   NetTrain[training, <|"Input" -> features[[rest]], "Target" -> target[[rest]]|>, LossFunction -> "Loss", BatchSize -> 32,
    MaxTrainingRounds -> 60, LearningRate -> 0.003, Method -> {"ADAM", "L2Regularization" -> 0.003}, RandomSeeding -> 9], "net"];

out = trained[features[[held]]];
gap = Abs[out["Mean"] - target[[held]]];
sigma = out["Deviation"] + 0.05;
Print["explained on patients never seen, at least 35 %: ", 1 - Mean[gap^2]/Variance[target[[held]]] >= 0.35];
within[z_] := N[Count[gap/sigma, r_ /; r < z]/Length[held]];
Print["within one deviation, 55 to 80 %: ", 0.55 <= within[1] <= 0.8];
Print["within two, at least 88 %: ", within[2] >= 0.88];

(* where it says that it is sure it errs less *)
sure = Take[Ordering[sigma], 37];
unsure = Take[Ordering[sigma], -37];
Print["the surest third errs less than the least sure: ", Mean[gap[[sure]]] < Mean[gap[[unsure]]]];
