#!/usr/bin/env wlnet
(* A loss made by hand: the net to be trained is one vertex of a graph whose output "Loss" is minimized. *)

evalNet = NetChain[{32, Tanh, 1}, "Input" -> 2];
lossNet = NetGraph[
   <|"net" -> evalNet, "square" -> ThreadingLayer[(#1 - #2)^2 &], "mean" -> AggregationLayer[Mean, 1]|>,
   {NetPort["Input"] -> "net", {"net", NetPort["Target"]} -> "square" -> "mean" -> NetPort["Loss"]}];

(* a hill in the plane *)
SeedRandom[11];
xs = RandomReal[{-3, 3}, {2000, 2}];
ys = {Exp[-Norm[#]^2/2]} & /@ xs;
trained = NetTrain[lossNet, <|"Input" -> xs, "Target" -> ys|>, LossFunction -> "Loss",
   MaxTrainingRounds -> 60, LearningRate -> 0.01, RandomSeeding -> 5];

(* the working part comes out of the trained graph *)
final = NetExtract[trained, "net"];
Print["the same by Part: ", final === trained[["net"]]];
Print["top of the hill near 1: ", Abs[First[final[{0., 0.}]] - 1] < 0.15];
Print["far away near 0: ", Abs[First[final[{2.8, 2.8}]]] < 0.15];
picture = Plot3D[First[final[{x, y}]], {x, -3, 3}, {y, -3, 3}, PlotRange -> All];
Print["picture: ", Head[picture]];
