(* Family 3: the evaluation net inside a loss net made by hand, LossFunction -> "Loss". *)

evalNet = NetChain[{32, Tanh, 1}, "Input" -> 2];
lossNet = NetGraph[
   <|"net" -> evalNet, "sq" -> ThreadingLayer[(#1 - #2)^2 &], "avg" -> AggregationLayer[Mean, 1]|>,
   {NetPort["Input"] -> "net", {"net", NetPort["Target"]} -> "sq" -> "avg" -> NetPort["Loss"]}];
Print["3a inputs: ", Keys[Information[lossNet, "InputPorts"]]];
Print["3a outputs: ", Keys[Information[lossNet, "OutputPorts"]]];

(* the same number as a MeanSquaredLossLayer on output and target *)
start = NetInitialize[lossNet, RandomSeeding -> 7];
x = {0.3, -1.2}; y = {0.7};
inner = NetExtract[start, "net"];
Print["3a as mean squared loss: ",
  Abs[start[<|"Input" -> x, "Target" -> y|>] - MeanSquaredLossLayer[][<|"Input" -> inner[x], "Target" -> y|>]] < 10^-5];

(* 3b *)
SeedRandom[11];
xs = RandomReal[{-3, 3}, {2000, 2}];
ys = {Exp[-Norm[#]^2/2]} & /@ xs;
trainedLoss = NetTrain[lossNet, <|"Input" -> xs, "Target" -> ys|>, LossFunction -> "Loss", MaxTrainingRounds -> 60,
   LearningRate -> 0.01, RandomSeeding -> 5];
Print["3b head: ", Head[trainedLoss], ", vertices: ", Keys[Normal[trainedLoss]]];

(* without the option "Loss" is an ordinary output: a target of that name is demanded *)
Print["3b without the option: ", NetTrain[lossNet, <|"Input" -> xs, "Target" -> ys|>, MaxTrainingRounds -> 1]];

(* 3c *)
final = NetExtract[trainedLoss, "net"];
final2 = trainedLoss[["net"]];
Print["3c the same by Part: ", final === final2];
Print["3c head: ", Head[final]];
Print["3c near 1 at the top: ", Abs[First[final[{0., 0.}]] - 1] < 0.15];
Print["3c near 0 far away: ", Abs[First[final[{2.8, 2.8}]]] < 0.15];
