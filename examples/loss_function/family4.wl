#!/usr/bin/env wlnet
(* Several losses in one graph: minimize one of them, their sum, or a weighted sum; then keep input and output only. *)

graph = NetInitialize[NetGraph[
   <|"net" -> NetChain[{16, Ramp, 1}], "l1" -> MeanAbsoluteLossLayer[], "l2" -> MeanSquaredLossLayer[]|>,
   {NetPort["Input"] -> "net" -> NetPort["Output"],
    "net" -> NetPort["l1", "Input"], NetPort["Target"] -> NetPort["l1", "Target"],
    "net" -> NetPort["l2", "Input"], NetPort["Target"] -> NetPort["l2", "Target"],
    NetPort["l1", "Loss"] -> NetPort["L1Loss"], NetPort["l2", "Loss"] -> NetPort["L2Loss"]}, "Input" -> {1}]];
Print["outputs: ", Sort[Keys[graph[<|"Input" -> {.5}, "Target" -> {1.}|>]]]];

wave = <|"Input" -> List /@ Range[0., 1, .01], "Target" -> List /@ Sin[6 Range[0., 1, .01]]|>;
opts = Sequence[MaxTrainingRounds -> 400, LearningRate -> 0.01, RandomSeeding -> 3];

one = NetTrain[graph, wave, LossFunction -> "L1Loss", opts];
Print["L1Loss at 0.3 below 0.2: ", one[<|"Input" -> {.3}, "Target" -> {Sin[1.8]}|>, "L1Loss"] < 0.2];

both = NetTrain[graph, wave, All, LossFunction -> {"L1Loss", "L2Loss" -> Scaled[0.1]}, opts];
terms = both["RoundMeasurements"];
Print["terms: ", Sort[Keys[terms]]];
Print["total is L1 + 0.1 L2: ", Abs[both["RoundLoss"] - terms["L1Loss"] - 0.1 terms["L2Loss"]] < 0.0001];

(* the short form of lists, angle brackets, serves as well *)
angle = NetTrain[graph, wave, LossFunction -> <"L1Loss", "L2Loss" -> Scaled[0.1]>, opts];
Print["angle brackets give the same bits: ", angle === both["TrainedNet"]];

eval = NetTake[both["TrainedNet"], NetPort["Output"]];
Print["what is left takes ", Keys[Information[eval, "InputPorts"]], " and gives ", Dimensions[eval[{{0.1}, {0.2}, {0.9}}]]];
