#!/usr/bin/env wlnet
(* A mixture density net (Bishop 1994): where one x goes with several y, the mean of y is no answer. The net gives weights,
   means and deviations of five normal distributions; its loss, minus the logarithm of their density, is a graph of our own. *)

SeedRandom[8];
y = RandomReal[{0, 1}, 3000];
x = y + 0.3 Sin[2 Pi y] + RandomReal[{-0.05, 0.05}, 3000];

k = 5;
net = NetGraph[
   <|"trunk" -> NetChain[{24, Tanh, 24, Tanh}], "weights" -> NetChain[{k, SoftmaxLayer[]}], "means" -> LinearLayer[k],
     "deviations" -> NetChain[{k, ElementwiseLayer[Exp[Clip[#, {-5, 3}]] &]}]|>,
   {"trunk" -> {"weights", "means", "deviations"}, "weights" -> NetPort["Weights"], "means" -> NetPort["Means"],
     "deviations" -> NetPort["Deviations"]}, "Input" -> 1];
density = FunctionLayer[
   -Log[Total[#Weights Exp[-((#Target - #Means)/#Deviations)^2/2]/#Deviations] + 10.^-9] + Log[2 Pi]/2 &, "Target" -> "Real"];
training = NetGraph[<|"net" -> net, "loss" -> density|>,
   {NetPort["net", "Weights"] -> NetPort["loss", "Weights"], NetPort["net", "Means"] -> NetPort["loss", "Means"],
    NetPort["net", "Deviations"] -> NetPort["loss", "Deviations"], NetPort["Target"] -> NetPort["loss", "Target"],
    "loss" -> NetPort["Loss"]}];

results = NetTrain[training, <|"Input" -> List /@ x, "Target" -> y|>, All, LossFunction -> "Loss", BatchSize -> 100,
   MaxTrainingRounds -> 300, LearningRate -> 0.005, RandomSeeding -> 1];
mixture = NetExtract[results["TrainedNet"], "net"];

(* a net that knew nothing of x would reach Log[1] = 0, the density of y alone *)
Print["mean logarithm of the density above 1.2: ", -results["RoundLoss"] > 1.2];

(* at x = 1/2 there are three branches of y: about 0.21, 0.5 and 0.79 *)
at = mixture[{0.5}];
Print["weights sum to 1: ", Abs[Total[at["Weights"]] - 1] < 0.00001];
means = Sort[Pick[at["Means"], Map[# > 0.05 &, at["Weights"]]]];
Print["the branches at 1/2, to 0.06: ", Length[means] == 3 && Max[Abs[means - {0.21, 0.5, 0.79}]] < 0.06];

(* drawing from the net gives the data back *)
draw[v_] := With[{p = mixture[{v}]}, With[{i = RandomChoice[p["Weights"] -> Range[k]]},
    RandomVariate[NormalDistribution[p["Means"][[i]], p["Deviations"][[i]]]]]];
drawn = Map[{#, draw[#]} &, Take[x, 600]];
plot[list_, label_] := ListPlot[list, PlotRange -> {{-0.2, 1.2}, {-0.2, 1.2}}, AspectRatio -> 1, PlotLabel -> label];
Export["mixture_density.png", GraphicsRow[{plot[Take[Transpose[{x, y}], 600], "data"], plot[drawn, "drawn from the net"]}]];
Print["drawn points obey x = y + 0.3 sin(2 pi y), nine of ten to 0.15: ",
   N[Count[Map[Abs[#[[1]] - #[[2]] - 0.3 Sin[2 Pi #[[2]]]] &, drawn], e_ /; e < 0.15]/600] > 0.9];
