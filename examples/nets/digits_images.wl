#!/usr/bin/env wlnet
(* Handwritten digits as Image objects: an encoder makes arrays of them, a convolutional net names them, and pictures of
   the mistakes are looked at. *)

folder = If[$InputFileName === "", Directory[], DirectoryName[$InputFileName]];
table = Rest[Import[FileNameJoin[{folder, "..", "data", "digits.csv"}]]];
images = Image[Partition[#, 8], "Byte"] & /@ Round[table[[All, 1 ;; 64]]*255/16];
digits = table[[All, 65]];
Print[Length[images], " images of ", ImageDimensions[First[images]], " pixels, ", ImageType[First[images]]];

SeedRandom[8];
examples = RandomSample[Thread[images -> digits]];
{train, test} = {examples[[1 ;; 1400]], examples[[1401 ;; All]]};

encoder = NetEncoder[{"Image", {8, 8}, "Grayscale"}];
Print["an encoded image: ", Dimensions[encoder[First[images]]]];
net = NetChain[{ConvolutionLayer[16, 3, PaddingSize -> 1], Ramp, PoolingLayer[2, 2], ConvolutionLayer[32, 3], Ramp,
    FlattenLayer[], 10, SoftmaxLayer[]}, "Input" -> encoder, "Output" -> NetDecoder[{"Class", Range[0, 9]}]];
trained = NetTrain[net, train, MaxTrainingRounds -> 15, BatchSize -> 32, LearningRate -> 0.003, RandomSeeding -> 2];
Print["at least 95 % of the held-out images are named rightly: ", NetMeasurements[trained, test, "Accuracy"] >= 0.95];

(* the net takes images of any size and colour: the encoder brings them to its own *)
big = ImageResize[First[images], {64, 64}];
Print["a larger image: ", trained[big], ", inverted twice and in colours: ",
  trained[ColorConvert[ColorNegate[ColorNegate[big]], "RGB"]]];

wrong = Select[test, trained[First[#]] =!= Last[#] &];
shown = If[wrong === {}, test, wrong];
sheet = ImageCollage[ImageResize[#, 32, Resampling -> "Nearest"] & /@ Keys[Take[shown, UpTo[12]]]];
file = FileNameJoin[{$TemporaryDirectory, "digits-wrong.png"}];
Export[file, sheet];
Print["picture written: ", ImageDimensions[Import[file]] === ImageDimensions[sheet]];
