(* Simulations with Module and NestList: a pendulum, predators and prey, a queue, a random walk. *)

(* 1. A pendulum by the leap-frog method: the energy stays. *)
leap[h_][{q_, p_}] := Module[{half = p - h/2 Sin[q], place},
  place = q + h half;
  {place, half - h/2 Sin[place]}]
energy[{q_, p_}] := p^2/2 - Cos[q]
orbit = NestList[leap[0.05], {1., 0.}, 2000];
Print[Length[orbit]];
Print[Max[Abs[energy /@ orbit - energy[First[orbit]]]] < 0.0005];

(* The time between two passages in the same direction is the period: 4 EllipticK for this swing. *)
signs = Sign[orbit[[All, 1]]];
falls = Flatten[Position[Partition[signs, 2, 1], {1., -1.} | {1, -1}]];
period = 0.05 Mean[Differences[falls]];
Print[Abs[period - 4 NIntegrate[1/Sqrt[1 - Sin[1/2]^2 Sin[t]^2], {t, 0, Pi/2}]] < 0.01];

(* 2. Exact steps of a small model: a third of the rabbits is born, a fifth is eaten. *)
year[{rabbits_, foxes_}] := {rabbits + rabbits/3 - foxes/5, foxes + rabbits/10 - foxes/4}
history = NestList[year, {30, 12}, 3];
Print[history];
Print[N[Last[history]]];

(* 3. The growth of a saving until it has doubled: NestWhileList. *)
saving = NestWhileList[# 107/100 &, 1000, # < 2000 &];
Print[Length[saving] - 1];
Print[Round[Last[saving], 0.01]];

(* 4. Logistic growth settles, swings between two values, or four. *)
settled[r_] := Union[Round[Drop[NestList[r # (1 - #) &, 0.3, 1500], 1400], 0.001]]
Print[Length /@ settled /@ {2.8, 3.2, 3.5}];

(* 5. A queue at a counter, with arrivals and times of service that are given: waiting times. *)
wait[arrivals_, services_] := Module[{free = 0, begin},
  MapThread[
    Function[{arrival, service},
      begin = Max[free, arrival];
      free = begin + service;
      begin - arrival],
    {arrivals, services}]]
Print[wait[{0, 1, 2, 9, 10}, {3, 3, 3, 2, 1}]];
Print[Mean[wait[{0, 1, 2, 9, 10}, {3, 3, 3, 2, 1}]]];

(* 6. A random walk: what holds for each walk is printed, whatever the numbers are. *)
SeedRandom[42];
walk = FoldList[Plus, 0, RandomChoice[{-1, 1}, 1000]];
Print[{Length[walk], Union[Abs[Differences[walk]]], EvenQ[Last[walk]]}];

(* 7. Local names: every call of counter has its own state. *)
counter[] := Module[{n = 0}, Function[{}, ++n]]
a = counter[]; b = counter[];
Print[{a[], a[], b[], a[]}];
Print[Block[{$RecursionLimit = 100}, Nest[# + 1 &, 0, 50]]];
