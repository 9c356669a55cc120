#!/usr/bin/env wlnet
(* A generative adversarial net in the plane: the generator turns noise into points that the discriminator cannot tell from
   points on a ring. Both learn at once; what comes back from the discriminator reaches the generator with the opposite
   sign, and TrainingUpdateSchedule lets them take turns. *)

SeedRandom[5];
n = 4096;
angles = RandomReal[{0, 2 Pi}, n];
radii = RandomVariate[NormalDistribution[1, 0.05], n];
ring = Transpose[{radii Cos[angles], radii Sin[angles]}];

generator = NetChain[{32, Ramp, 32, Ramp, 2}, "Input" -> 4];
discriminator = NetChain[{64, Ramp, 64, Ramp, LinearLayer[{}], LogisticSigmoid}, "Input" -> 2];
gan = NetGANOperator[{generator, discriminator}];

trained = NetTrain[gan, <|"Sample" -> ring, "Latent" -> RandomVariate[NormalDistribution[], {n, 4}]|>,
   TrainingUpdateSchedule -> {"Discriminator", "Generator"}, BatchSize -> 128, MaxTrainingRounds -> 150,
   Method -> {"ADAM", "Beta1" -> 0.5, "LearningRate" -> 0.001}, RandomSeeding -> 3];

make = NetExtract[trained, "Generator"];
points = make[RandomVariate[NormalDistribution[], {2000, 4}]];
distances = Map[Norm, points];
Print["mean distance from the middle within 0.1 of 1: ", Abs[Mean[distances] - 1] < 0.1];
Print["nine of ten points lie near the ring: ", N[Count[distances, r_ /; Abs[r - 1] < 0.25]/2000] > 0.9];

(* all eight eighths of the ring are met *)
eighths = Map[Floor[(ArcTan @@ # + Pi)/(Pi/4)] &, points];
shares = Table[N[Count[eighths, k]/2000], {k, 0, 7}];
Print["every eighth of the ring gets its share: ", Min[shares] > 0.04 && Max[shares] < 0.3];

before = NetInitialize[generator][RandomVariate[NormalDistribution[], {500, 4}]];
show[list_, label_] := ListPlot[list, PlotRange -> {{-1.6, 1.6}, {-1.6, 1.6}}, AspectRatio -> 1, PlotLabel -> label];
Export["gan.png", GraphicsRow[{show[Take[ring, 500], "samples"], show[before, "before training"],
   show[Take[points, 500], "generated"]}]];
