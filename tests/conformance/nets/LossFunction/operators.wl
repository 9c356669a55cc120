(* NetGANOperator: two losses by name, the generated examples are none; turns *)
gan = NetGANOperator[{NetChain[{4, Tanh, 2}, "Input" -> 3], NetChain[{8, Ramp, LinearLayer[{}], LogisticSigmoid}]}];
real = Table[{Sin[1. i], Cos[1. i]}, {i, 60}];
noise = Table[{Sin[2. i], Cos[3. i], Sin[5. i]}, {i, 60}];
Print["ports: ", Keys[Information[gan, "InputPorts"]], " -> ", Keys[Information[gan, "OutputPorts"]]];
options = Sequence[MaxTrainingRounds -> 3, RandomSeeding -> 2, TrainingProgressReporting -> None];
r = NetTrain[gan, <|"Sample" -> real, "Latent" -> noise|>, All, options];
Print["terms: ", Sort[Keys[r["RoundMeasurements"]]]];
Print["total is their sum: ", Abs[r["RoundLoss"] - Total[r["RoundMeasurements"]]] < 0.00001];
Print["returned whole: ", Head[r["TrainedNet"]]];
turns[parts_] := NetTrain[NetInitialize[gan], <|"Sample" -> real, "Latent" -> noise|>, TrainingUpdateSchedule -> parts, options];
start = NetInitialize[gan];
same[net_, part_] := NetExtract[net, part] === NetExtract[start, part];
Print["only the generator learns: ", {same[turns[{"Generator"}], "Generator"], same[turns[{"Generator"}], "Discriminator"]}];
Print["one of the losses by name: ", Sort[Keys[NetTrain[gan, <|"Sample" -> real, "Latent" -> noise|>, "RoundMeasurements",
    LossFunction -> "LossReal", options]]]];
Print["explicit terms with factors: ", Sort[Keys[NetTrain[gan, <|"Sample" -> real, "Latent" -> noise|>, "RoundMeasurements",
    LossFunction -> {"LossReal", "LossFake" -> Scaled[0.5]}, options]]]];
NetTrain[gan, {1 -> 2}, options]
NetTrain[gan, <|"Sample" -> real|>, options]

(* NetPairEmbeddingOperator of a nested net: contrastive loss with Boolean targets *)
pairs = Table[{{Sin[1. i], Cos[1. i]}, {Sin[1. i + 3 Mod[i, 2]], Cos[1. i]}}, {i, 80}];
apart = Table[OddQ[i], {i, 80}];
nested = NetPairEmbeddingOperator[NetChain[{NetChain[{8, Tanh}], NetGraph[<|"a" -> 4, "b" -> Ramp|>, {"a" -> "b"}], 2}, "Input" -> 2]];
q = NetTrain[nested, pairs -> apart, All, MaxTrainingRounds -> 150, LearningRate -> 0.01, RandomSeeding -> 1,
   TrainingProgressReporting -> None];
d = q["TrainedNet"][pairs];
Print["pairs apart lie farther: ", Mean[Pick[d, apart]] > 2 Mean[Pick[d, Not /@ apart]]];
Print["the loss layer: ", NetExtract[q["TrainingNet"], "Loss"]];
Print["returned without it: ", Head[q["TrainedNet"]]];
Print["inside a chain: ", Head[NetTrain[NetChain[{nested}], pairs -> apart, options]]];
Print["with a margin and a factor: ", NetTrain[nested, pairs -> apart, "TrainedNet",
     LossFunction -> ContrastiveLossLayer[2] -> Scaled[0.5], options] // Head];

(* a custom loss graph of several outputs, as in a mixture density net *)
net = NetGraph[<|"t" -> NetChain[{8, Tanh}], "m" -> LinearLayer[{}], "s" -> NetChain[{LinearLayer[{}], "SoftPlus"}]|>,
   {"t" -> {"m", "s"}, "m" -> NetPort["Mean"], "s" -> NetPort["Deviation"]}, "Input" -> "Real"];
loss = FunctionLayer[((#Target - #Mean)/(#Deviation + 0.1))^2/2 + Log[#Deviation + 0.1] &];
whole = NetGraph[<|"net" -> net, "loss" -> loss|>, {NetPort["net", "Mean"] -> NetPort["loss", "Mean"],
    NetPort["net", "Deviation"] -> NetPort["loss", "Deviation"], NetPort["Target"] -> NetPort["loss", "Target"],
    "loss" -> NetPort["Loss"]}];
x = Range[-2, 2, 0.05];
u = NetTrain[whole, <|"Input" -> x, "Target" -> 2 x|>, All, LossFunction -> "Loss", MaxTrainingRounds -> 300,
   LearningRate -> 0.01, RandomSeeding -> 1, TrainingProgressReporting -> None];
Print["its likelihood grows: ", First[u["RoundLossList"]] > Last[u["RoundLossList"]] + 1];
Print["mean at 1: ", Round[NetExtract[u["TrainedNet"], "net"][1.]["Mean"]]];
NetTrain[whole, <|"Input" -> x, "Target" -> x|>, options]
