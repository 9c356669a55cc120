(* Losses of sequences of unequal length: elements beyond an example's own length do not exist, and mean-type losses divide
   by the example's own element count (loss-function.md, section 2, rule 6); the loss layer that Automatic finds through
   map operators (section 3); CTCLossLayer. *)
quiet = TrainingProgressReporting -> None;
near[a_, b_, tolerance_] := Max[Abs[Flatten[{a}] - Flatten[{b}]]] < tolerance;
xs = {{{1.}, {2.}, {3.}}, {{-1.}}, {{0.5}, {1.}, {-2.}, {1.}, {1.}, {0.}, {3.}, {1.}, {2.}}};
ys = {{{2.}, {0.}, {1.}}, {{1.}}, {{0.}, {1.}, {1.}, {0.}, {2.}, {1.}, {1.}, {0.}, {0.}}};
w = 0.5; b = 0.25;
linear = LinearLayer[1, "Weights" -> {{w}}, "Biases" -> {b}];
map = NetMapOperator[linear];
error = MapThread[w #1 + b - #2 &, {xs, ys}];
first[net_, loss_, data_] := First[NetTrain[net, data, "BatchLossList", LossFunction -> loss, MaxTrainingRounds -> 1, BatchSize -> 3, quiet]];

(* the batch mean of every example's mean, or total, over its own elements *)
Print["mean squared: ", near[first[map, MeanSquaredLossLayer[], xs -> ys], Mean[Mean[Flatten[#]^2] & /@ error], 10^-5]];
Print["mean absolute: ", near[first[map, MeanAbsoluteLossLayer[], xs -> ys], Mean[Mean[Abs[Flatten[#]]] & /@ error], 10^-5]];
Print["an array is summed: ", near[first[map, ThreadingLayer[(#Input - #Target)^2 &], xs -> ys],
   Mean[Total[Flatten[#]^2] & /@ error], 10^-4]];
Print["scaled: ", near[first[map, MeanSquaredLossLayer[] -> Scaled[0.5], xs -> ys], Mean[Mean[Flatten[#]^2] & /@ error]/2, 10^-5]];

(* one step of gradient descent from the whole batch equals the mean of the examples' gradients *)
trained = NetTrain[map, xs -> ys, Method -> {"SGD", "Momentum" -> 0}, LearningRate -> 0.1, MaxTrainingRounds -> 1, BatchSize -> 3, quiet];
slope = Mean[MapThread[Mean[2 Flatten[#1] Flatten[#2]] &, {error, xs}]];
Print["one step: ", near[Normal[NetExtract[trained, {"Net", "Weights"}]], w - 0.1 slope, 10^-5]];

(* Automatic looks through the map: a softmax inside, class numbers as targets *)
tagger = NetMapOperator[NetChain[{LinearLayer[3, "Weights" -> {{1.}, {0.}, {-1.}}, "Biases" -> None], SoftmaxLayer[]}]];
tags = {{1, 2, 3}, {3}, {1, 1, 2, 2, 3, 3, 1, 2, 3}};
p = Map[Normalize[Exp[{#[[1]], 0, -#[[1]]}], Total] &, xs, {2}];
Print["classes: ", near[first[tagger, Automatic, xs -> tags],
   Mean[MapThread[Mean[MapThread[-Log[#1[[#2]]] &, {#1, #2}]] &, {p, tags}]], 10^-5]];
r = NetTrain[tagger, xs -> tags, All, MaxTrainingRounds -> 1, quiet];
Print["measured: ", Sort[Keys[r["RoundMeasurements"]]], ", layer: ", Head[r["TrainedNet"]]];
two = NetMapThreadOperator[NetGraph[{ThreadingLayer[#a + #b &], SoftmaxLayer[]}, {1 -> 2}, "a" -> 3, "b" -> 3]];
joint = NetGraph[<|"tag" -> tagger, "two" -> two|>, {"tag" -> NetPort["two", "a"], "tag" -> NetPort["two", "b"]},
   "Input" -> {"Varying", 1}];
Print["through NetMapThreadOperator: ", near[first[joint, Automatic, xs -> tags],
   Mean[MapThread[Mean[MapThread[-Log[Normalize[Exp[2 #1], Total][[#2]]] &, {#1, #2}]] &, {p, tags}]], 10^-5]];

(* CTC: attached, and as an output that is a loss already *)
q = {{{.6, .4}, {.6, .4}}, {{.5, .5}, {.5, .5}, {.5, .5}}};
identity = NetMapOperator[ElementwiseLayer[# &], "Input" -> {"Varying", 2}];
Print["CTC: ", near[NetMeasurements[identity, <|"Input" -> q, "Output" -> {{1}, {1, 1}}|>, "Loss",
    LossFunction -> CTCLossLayer["Target" -> {"Varying", Restricted["Integer", 1]}]], (-Log[.84] - Log[.125])/2, 10^-5]];
inside = NetGraph[<|"read" -> NetChain[{NetMapOperator[LinearLayer[3]], SoftmaxLayer[]}], "ctc" -> CTCLossLayer[]|>,
   {NetPort["Input"] -> "read" -> NetPort["ctc", "Input"], NetPort["Target"] -> NetPort["ctc", "Target"]},
   "Input" -> {"Varying", 1}, "Target" -> {"Varying", Restricted["Integer", 2]}];
r = NetTrain[inside, <|"Input" -> xs, "Target" -> {{1}, {2}, {1, 2, 1}}|>, All, MaxTrainingRounds -> 30, LearningRate -> 0.05, quiet];
Print["CTC as an output: ", Keys[r["TrainedNet"][<|"Input" -> {{1.}}, "Target" -> {1}|>, {"Output"}]], ", learns: ",
  Last[r["RoundLossList"]] < First[r["RoundLossList"]]];

(* sequences that do not go together *)
bad = xs -> Map[Append[#, {0.}] &, ys];
Print[Quiet[Check[NetTrain[map, bad, LossFunction -> MeanSquaredLossLayer[], MaxTrainingRounds -> 1, quiet], "refused"]]];
