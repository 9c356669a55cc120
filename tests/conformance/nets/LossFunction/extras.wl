(* E1 to E12 and E14 to E19 of the LossFunction page: what the details imply. E13 and E20 are tests in Python. *)

quiet = Sequence[RandomSeeding -> 4];
near[a_, b_, tol_] := Max[Abs[Flatten[{a}] - Flatten[{b}]]] < tol;

(* E1: a loss with one input needs no target *)
xs = Table[{t, 1 - t}, {t, 0., 1, 0.1}];
one = NetTrain[NetChain[{LinearLayer[1]}, "Input" -> 2], <|"Input" -> xs|>,
   LossFunction -> NetChain[{ElementwiseLayer[(# - 1)^2 &], SummationLayer[]}], MaxTrainingRounds -> 1500,
   LearningRate -> 0.01, quiet];
Print["E1 driven to 1: ", near[one[xs], ConstantArray[1., {11, 1}], 0.05]];
bare = NetTrain[NetChain[{LinearLayer[1]}, "Input" -> 2], xs,
   LossFunction -> NetChain[{ElementwiseLayer[(# - 1)^2 &], SummationLayer[]}], MaxTrainingRounds -> 2, quiet];
Print["E1 a plain list of inputs: ", Head[bare]];

(* E2: an array-valued loss is summed, not averaged *)
three = NetInitialize[NetChain[{LinearLayer[3]}, "Input" -> 2], RandomSeeding -> 1];
d3 = {{1, 2} -> {1, 2, 3}, {0, 1} -> {2, 0, 1}};
first[loss_] := First[NetTrain[three, d3, "BatchLossList", LossFunction -> loss, MaxTrainingRounds -> 1, quiet]];
Print["E2 three times the mean: ",
  near[first[ThreadingLayer[(#Input - #Target)^2 &]], 3 first[MeanSquaredLossLayer[]], 10^-4]];

(* E3: a loss net with two outputs *)
two = NetGraph[<|"a" -> MeanSquaredLossLayer[], "b" -> MeanAbsoluteLossLayer[]|>,
   {NetPort["Input"] -> NetPort["a", "Input"], NetPort["Target"] -> NetPort["a", "Target"],
    NetPort["Input"] -> NetPort["b", "Input"], NetPort["Target"] -> NetPort["b", "Target"],
    NetPort["a", "Loss"] -> NetPort["A"], NetPort["b", "Loss"] -> NetPort["B"]}];
r = NetTrain[three, d3, All, LossFunction -> two, MaxTrainingRounds -> 1, quiet];
Print["E3 terms: ", Sort[Keys[r["RoundMeasurements"]]]];
Print["E3 total is their sum: ", near[r["RoundLoss"], Total[Values[r["RoundMeasurements"]]], 10^-5]];
Print["E3 as the layers alone: ", near[Lookup[r["RoundMeasurements"], {"A", "B"}],
   {first[MeanSquaredLossLayer[]], first[MeanAbsoluteLossLayer[]]}, 10^-5]];

(* E4 to E6: two outputs *)
yz = NetGraph[<|"y" -> LinearLayer[1], "lz" -> LinearLayer[2], "z" -> SoftmaxLayer[]|>,
   {NetPort["Input"] -> "y" -> NetPort["Y"], NetPort["Input"] -> "lz" -> "z" -> NetPort["Z"]}, "Input" -> 2];
yz = NetInitialize[yz, RandomSeeding -> 2];
dyz = <|"Input" -> {{1, 2}, {2, 1}, {0, 3}, {3, 0}}, "Y" -> {{3}, {3}, {3}, {3}}, "Z" -> {1, 2, 1, 2}|>;
r4 = NetTrain[yz, dyz, All,
   LossFunction -> {"Y" -> MeanSquaredLossLayer[], "Z" -> CrossEntropyLossLayer["Index"] -> Scaled[.1]},
   MaxTrainingRounds -> 5, quiet];
m4 = r4["RoundMeasurements"];
Print["E4 terms: ", Sort[Keys[m4]]];
Print["E4 total: ", near[r4["RoundLoss"], m4["Y"] + 0.1 m4["Z"], 10^-5]];
Print["E4 outputs of the net: ", Sort[Keys[Information[r4["TrainedNet"], "OutputPorts"]]]];
t5 = NetTrain[yz, KeyDrop[dyz, "Z"], LossFunction -> "Y" -> MeanSquaredLossLayer[], MaxTrainingRounds -> 5, quiet];
Print["E5 Z is untouched: ", NetExtract[t5, {"lz", "Weights"}] === NetExtract[yz, {"lz", "Weights"}]];
Print["E5 Y has moved: ", NetExtract[t5, {"y", "Weights"}] =!= NetExtract[yz, {"y", "Weights"}]];
r6 = NetTrain[yz, dyz, All, MaxTrainingRounds -> 5, quiet];
Print["E6 both: ", Sort[Keys[r6["RoundMeasurements"]]]];
Print["E6 total is their sum: ", near[r6["RoundLoss"], Total[Lookup[r6["RoundMeasurements"], {"Y", "Z"}]], 10^-5]];

(* E7: yes or no *)
yes = NetChain[{LinearLayer[{}], LogisticSigmoid}, "Input" -> 2, "Output" -> NetDecoder["Boolean"]];
tf = {{1, 2} -> True, {2, 1} -> False, {0, 3} -> True, {4, 0} -> False};
t7 = NetTrain[yes, tf, MaxTrainingRounds -> 2000, LearningRate -> 0.01, quiet];
Print["E7 decides: ", t7[{{0, 5}, {5, 0}}]];
num = NetTrain[yes, tf /. {True -> 1, False -> 0}, MaxTrainingRounds -> 2000, LearningRate -> 0.01, quiet];
Print["E7 numbers serve as well: ", num === t7];

(* E8: a softmax inside nested chains *)
deep = NetChain[{LinearLayer[2], NetChain[{Ramp, NetChain[{LinearLayer[2], SoftmaxLayer[]}]}]}, "Input" -> 2,
   "Output" -> NetDecoder[{"Class", {"a", "b"}}]];
r8 = NetTrain[deep, {{1, 2} -> "a", {2, 1} -> "b"}, All, MaxTrainingRounds -> 2, quiet];
Print["E8 error rate: ", KeyExistsQ[r8["RoundMeasurements"], "ErrorRate"]];

(* E9: pairs *)
pair = NetPairEmbeddingOperator[LinearLayer[2, "Input" -> 2]];
dp = {{{1, 0}, {0, 1}} -> True, {{1, 0}, {1.1, 0}} -> False, {{0, 1}, {0, 1.1}} -> False, {{0, 1}, {1.2, 0}} -> True};
t9 = NetTrain[pair, dp, MaxTrainingRounds -> 1000, LearningRate -> 0.01, quiet];
Print["E9 True pairs are apart: ", t9[{{1, 0}, {0, 1}}] > 0.45];
Print["E9 False pairs are together: ", t9[{{1, 0}, {1.1, 0}}] < 0.2];

(* E10: a loss that is there already *)
inside = NetGraph[<|"net" -> LinearLayer[1], "mse" -> MeanSquaredLossLayer[]|>,
   {NetPort["Input"] -> "net" -> NetPort["mse", "Input"], NetPort["Target"] -> NetPort["mse", "Target"]}, "Input" -> 1];
r10 = NetTrain[inside, <|"Input" -> {{1}, {2}}, "Target" -> {{2}, {4}}|>, All, MaxTrainingRounds -> 3, quiet];
Print["E10 used unchanged: ", Keys[r10["RoundMeasurements"]], ", returned whole: ", Keys[Normal[r10["TrainedNet"]]]];

(* E11: Scaled[2] *)
sgd = Method -> {"SGD", "Momentum" -> 0};
mse = MeanSquaredLossLayer[];
twice = NetTrain[three, d3, All, LossFunction -> mse -> Scaled[2], sgd, LearningRate -> 0.01, MaxTrainingRounds -> 3, quiet];
faster = NetTrain[three, d3, All, LossFunction -> mse, sgd, LearningRate -> 0.02, MaxTrainingRounds -> 3, quiet];
Print["E11 loss doubled: ", near[First[twice["BatchLossList"]], 2 First[faster["BatchLossList"]], 10^-4]];
Print["E11 as twice the rate: ", near[twice["TrainedNet"][{1, 2}], faster["TrainedNet"][{1, 2}], 10^-5]];
adam1 = NetTrain[three, d3, LossFunction -> mse, MaxTrainingRounds -> 3, quiet];
adam2 = NetTrain[three, d3, LossFunction -> mse -> Scaled[2], MaxTrainingRounds -> 3, quiet];
Print["E11 ADAM hardly notices: ", near[adam1[{1, 2}], adam2[{1, 2}], 10^-4]];

(* E12: sizes, decoder and labels from the data *)
t12 = NetTrain[NetChain[{LinearLayer[], SoftmaxLayer[]}], {{1, 2} -> "cat", {2, 1} -> "dog", {0, 3} -> "cat", {4, 0} -> "dog"},
   MaxTrainingRounds -> 2000, LearningRate -> 0.01, quiet];
Print["E12 labels: ", t12[{{0, 5}, {5, 0}}]];
Print["E12 size: ", Dimensions[t12[{1, 1}, None]]];

(* E14: an array-valued port *)
port = NetGraph[<|"net" -> LinearLayer[3], "sq" -> ThreadingLayer[(#1 - #2)^2 &]|>,
   {NetPort["Input"] -> "net", {"net", NetPort["Target"]} -> "sq" -> NetPort["Loss"]}, "Input" -> 2];
port = NetReplacePart[NetInitialize[port], {"net", "Weights"} -> ConstantArray[0., {3, 2}]];
l14 = First[NetTrain[port, <|"Input" -> {{1, 2}}, "Target" -> {{1, 2, 3}}|>, "BatchLossList", LossFunction -> "Loss",
    MaxTrainingRounds -> 1, quiet]];
Print["E14 the sum: ", l14];

(* E15: a loss net with two outputs, scaled *)
r15 = NetTrain[three, d3, All, LossFunction -> two -> Scaled[0.5], MaxTrainingRounds -> 1, quiet];
Print["E15 half the sum, terms unscaled: ", near[r15["RoundLoss"], Total[Values[r15["RoundMeasurements"]]]/2, 10^-5], " ",
  near[Values[r15["RoundMeasurements"]], Values[r["RoundMeasurements"]], 10^-5]];

(* E16: Scaled[-1] climbs *)
l16 = NetTrain[three, d3, All, LossFunction -> mse -> Scaled[-1], sgd, LearningRate -> 0.01, MaxTrainingRounds -> 5, quiet];
Print["E16 the term grows: ", OrderedQ[l16["RoundMeasurementsLists"]["Output"]]];

(* E17: a chain with two inputs *)
l17 = first[NetChain[{ThreadingLayer[(#Input - #Target)^2 &], SummationLayer[]}]];
Print["E17 a chain as loss: ", near[l17, 3 first[mse], 10^-4]];

(* E18: the loss layer brings its own encoder *)
plain = NetChain[{LinearLayer[2], SoftmaxLayer[]}, "Input" -> 2];
t18 = NetTrain[plain, {{1, 2} -> "a", {2, 1} -> "b"},
   LossFunction -> CrossEntropyLossLayer["Index", "Target" -> NetEncoder[{"Class", {"a", "b"}}]], MaxTrainingRounds -> 5, quiet];
Print["E18 trained: ", Head[t18], ", output without decoder: ", Dimensions[t18[{1, 2}]]];

(* E19: two losses on one port read one key *)
r19 = NetTrain[three, d3, All, LossFunction -> {"Output" -> mse, "Output" -> MeanAbsoluteLossLayer[]},
   MaxTrainingRounds -> 1, quiet];
Print["E19 terms: ", Keys[r19["RoundMeasurements"]]];
Print["E19 total: ", near[r19["RoundLoss"], first[mse] + first[MeanAbsoluteLossLayer[]], 10^-4]];
