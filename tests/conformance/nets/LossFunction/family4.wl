(* Family 4: several explicit losses and an output in one training net. *)

trainNet = NetInitialize[NetGraph[
   <|"net" -> NetChain[{16, Ramp, 1}], "l1" -> MeanAbsoluteLossLayer[], "l2" -> MeanSquaredLossLayer[]|>,
   {NetPort["Input"] -> "net" -> NetPort["Output"],
    "net" -> NetPort["l1", "Input"], NetPort["Target"] -> NetPort["l1", "Target"],
    "net" -> NetPort["l2", "Input"], NetPort["Target"] -> NetPort["l2", "Target"],
    NetPort["l1", "Loss"] -> NetPort["L1Loss"], NetPort["l2", "Loss"] -> NetPort["L2Loss"]}, "Input" -> {1}]];

(* 4a *)
v = trainNet[<|"Input" -> {.5}, "Target" -> {1.}|>];
Print["4a outputs: ", Sort[Keys[v]]];
Print["4a L2 is L1 squared: ", Abs[v["L2Loss"] - v["L1Loss"]^2] < 10^-5];
Print["4a output is a vector of 1: ", Dimensions[v["Output"]]];
Print["4a both inputs are needed: ", trainNet[<|"Input" -> {.5}|>]];

(* 4b *)
d = <|"Input" -> List /@ Range[0., 1, .01], "Target" -> List /@ Sin[6 Range[0., 1, .01]]|>;
opts = Sequence[MaxTrainingRounds -> 400, LearningRate -> 0.01, RandomSeeding -> 3];
t1 = NetTrain[trainNet, d, LossFunction -> "L1Loss", opts];
Print["4b small: ", t1[<|"Input" -> {.3}, "Target" -> {Sin[1.8]}|>, "L1Loss"] < 0.2];
Print["4b all outputs are there: ", Sort[Keys[Information[t1, "OutputPorts"]]]];

(* 4c *)
r2 = NetTrain[trainNet, d, All, LossFunction -> {"L1Loss", "L2Loss"}, opts];
t2 = r2["TrainedNet"];
m2 = r2["RoundMeasurements"];
Print["4c terms: ", Sort[Keys[m2]]];
Print["4c total is their sum: ", Abs[r2["RoundLoss"] - m2["L1Loss"] - m2["L2Loss"]] < 10^-5];
r3 = NetTrain[trainNet, d, All, LossFunction -> {"L1Loss", "L2Loss" -> Scaled[0.1]}, opts];
m3 = r3["RoundMeasurements"];
Print["4c scaled total: ", Abs[r3["RoundLoss"] - m3["L1Loss"] - 0.1 m3["L2Loss"]] < 10^-5];
auto = NetTrain[trainNet, d, opts];
Print["4c Automatic is the same: ", auto === t2];
angle = NetTrain[trainNet, d, LossFunction -> <"L1Loss", "L2Loss">, opts];
Print["4c angle list is the same: ", angle === t2];

(* 4d *)
eval = NetTake[t2, {NetPort["Input"], NetPort["Output"]}];
eval2 = NetTake[t2, NetPort["Output"]];
Print["4d the same: ", eval === eval2];
Print["4d inputs: ", Keys[Information[eval, "InputPorts"]], ", outputs: ", Keys[Information[eval, "OutputPorts"]]];
out = eval[{{0.1}, {0.2}, {0.9}}];
Print["4d dimensions: ", Dimensions[out]];
Print["4d fits: ", Max[Abs[Flatten[out] - Sin[6 {0.1, 0.2, 0.9}]]] < 0.3];
