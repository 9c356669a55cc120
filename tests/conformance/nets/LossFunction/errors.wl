(* Every row of the error table gives a message with the remedy, and $Failed; the session stays usable. *)

two = NetGraph[<|"a" -> LinearLayer[1], "b" -> LinearLayer[1]|>,
   {NetPort["Input"] -> "a" -> NetPort["Out"], NetPort["Input"] -> "b" -> NetPort["Other"]}, "Input" -> 2];
one = NetChain[{LinearLayer[3]}, "Input" -> 2];
mse = MeanSquaredLossLayer[];
dtwo = <|"Input" -> {{1, 2}, {3, 4}}, "Out" -> {{1}, {2}}, "Other" -> {{1}, {2}}|>;
done = {{1, 2} -> {1, 2, 3}, {0, 1} -> {2, 0, 1}};
go[net_, data_, loss_] := Print[NetTrain[net, data, LossFunction -> loss, MaxTrainingRounds -> 1]];

Print["- a loss layer for a net with two outputs"]; go[two, dtwo, mse];
Print["- Automatic in a list, two outputs"]; go[two, dtwo, {Automatic}];
Print["- no such port"]; go[two, dtwo, "Outt"];
Print["- an input is no loss"]; go[two, dtwo, "Input"];
Print["- neither net nor Automatic nor Scaled"]; go[two, dtwo, "Out" -> 3];
Print["- a rule that is no loss"]; go[two, dtwo, mse -> "Out"];
Print["- no loss at all"]; go[two, dtwo, 17];
Print["- a loss net without Input"]; go[one, done, ThreadingLayer[#Foo - #Target &]];
Print["- a loss net with a third input"]; go[one, done, ThreadingLayer[#Input - #Target + #Weight &]];
Print["- shapes that do not go together"]; go[one, <|"Input" -> {{1, 2}}|>, NetChain[{LinearLayer[1]}, "Input" -> 5]];
Print["- a target of the wrong shape"]; go[one, {{1, 2} -> {1, 2}, {0, 1} -> {2, 0}}, Automatic];
Print["- Scaled without a number"]; go[two, dtwo, "Out" -> mse -> Scaled[x]];
Print["- the empty list"]; go[two, dtwo, {}];
Print["- a port twice"]; go[two, dtwo, {"Out", "Out"}];
Print["- a key is lacking"]; go[two, KeyDrop[dtwo, "Other"], {"Out" -> mse, "Other" -> mse}];
Print["- a key too many"]; go[two, Append[dtwo, "Outs" -> {1, 2}], Automatic];
Print["- a key of an ignored output is allowed"];
Print[Head[NetTrain[two, dtwo, LossFunction -> "Out" -> mse, MaxTrainingRounds -> 1]]];
Print["- rules for a net with two inputs"];
Print[NetTrain[NetGraph[<|"t" -> ThreadingLayer[Plus], "l" -> LinearLayer[1]|>, {{NetPort["A"], NetPort["B"]} -> "t" -> "l"}, "A" -> 2, "B" -> 2], {{1, 2} -> {3}}, MaxTrainingRounds -> 1]];
Print["- rules for a net with a loss inside"];
Print[NetTrain[NetGraph[<|"l" -> LinearLayer[1], "m" -> mse|>, {NetPort["Input"] -> "l" -> NetPort["m", "Input"], NetPort["Target"] -> NetPort["m", "Target"]}, "Input" -> 2], {{1, 2} -> {3}}, MaxTrainingRounds -> 1]];
Print["- nothing to train"]; go[SoftmaxLayer["Input" -> 3], {{1, 2, 3} -> {0, 0, 1}}, Automatic];
Print["- an unknown class"];
cls = NetChain[{LinearLayer[2], SoftmaxLayer[]}, "Input" -> 2, "Output" -> NetDecoder[{"Class", {"a", "b"}}]];
go[cls, {{1, 2} -> "a", {2, 1} -> "c"}, Automatic];
Print["- an index out of range"];
ind = NetChain[{LinearLayer[2], SoftmaxLayer[]}, "Input" -> 2];
go[ind, {{1, 2} -> 1, {2, 1} -> 3}, CrossEntropyLossLayer["Index"]];
Print["- an index that is no integer"]; go[ind, {{1, 2} -> 1, {2, 1} -> 1.5}, CrossEntropyLossLayer["Index"]];
Print["- a target called like an input"];
go[NetGraph[<|"l" -> LinearLayer[2], "m" -> LinearLayer[2]|>, {NetPort["X"] -> "l" -> "m" -> NetPort["X"]}, "X" -> 2], <|"X" -> {{1, 2}}|>, Automatic];
Print["- divergence"];
div = NetTrain[one, done, All, Method -> {"SGD", "Momentum" -> 0}, LearningRate -> 10.^30, MaxTrainingRounds -> 50, RandomSeeding -> 1];
Print[div["ReasonTrainingStopped"], " ", Max[Abs[div["TrainedNet"][{1, 1}]]] < 1000];
Print["- an unknown option"];
Print[NetTrain[one, done, LossFunktion -> mse]];
Print["- a GPU where there is none"];
gpu = Quiet[NetTrain[one, done, TargetDevice -> "GPU", MaxTrainingRounds -> 1]];
Print[gpu === $Failed || Head[gpu] === NetChain];

Print["- still usable: ", Head[NetTrain[one, done, MaxTrainingRounds -> 1]]];
