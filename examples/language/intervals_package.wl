(* A package: usage, options, messages, private names, and its own tests. *)

BeginPackage["Intervals`"];

span::usage = "span[a, b] is the closed interval from a to b.";
spanUnion::usage = "spanUnion[{span1, span2, ...}] joins intervals that meet.";
spanLength::usage = "spanLength[s] is the length of an interval or of a list of intervals.";
spanText::usage = "spanText[s] writes an interval; Brackets -> {l, r} sets the brackets.";
Brackets::usage = "Brackets is an option of spanText.";

span::order = "The ends `1` and `2` are in the wrong order.";
spanText::brackets = "Brackets -> `1` should be a list of two strings.";

Options[spanText] = {Brackets -> {"[", "]"}, "Separator" -> ", "};

Begin["`Private`"];

span[a_?NumericQ, b_?NumericQ] /; a > b := (Message[span::order, a, b]; span[b, a])

spanLength[span[a_, b_]] := b - a
spanLength[list : {___span}] := Total[spanLength /@ spanUnion[list]]

spanUnion[list : {___span}] := Fold[join, {}, SortBy[list, First]]
join[{done___, span[a_, b_]}, span[c_, d_]] /; c <= b := {done, span[a, Max[b, d]]}
join[{done___}, new_span] := {done, new}

(* Intervals add and scale, by rules that belong to span. *)
span /: span[a_, b_] + span[c_, d_] := span[a + c, b + d]
span /: n_?Positive span[a_, b_] := span[n a, n b]

spanText[span[a_, b_], OptionsPattern[]] := Module[{brackets = OptionValue[Brackets]},
  If[! MatchQ[brackets, {_String, _String}],
    Message[spanText::brackets, brackets]; Return[$Failed]];
  StringJoin[First[brackets], ToString[a], OptionValue["Separator"], ToString[b], Last[brackets]]]

End[];
EndPackage[];

(* ---- use ---- *)
Print[spanUnion[{span[5, 8], span[1, 3], span[2, 4]}]];
Print[spanText[span[1, 5/2], Brackets -> {"<", ">"}]];
Print[span[1, 2] + span[3, 5], " ", 3 span[1, 2]];
Print[span::usage];
Print[Context[span], " ", Context[Brackets], " ", Names["Intervals`*"]];
Print[MemberQ[$ContextPath, "Intervals`"], " ", $Context];
SetOptions[spanText, "Separator" -> ";"];
Print[spanText[span[0, 1]], " ", Options[spanText, "Separator"]];

(* ---- tests ---- *)
report = TestReport[{
  VerificationTest[spanLength[span[2, 5]], 3, TestID -> "length"],
  VerificationTest[spanLength[{span[0, 2], span[1, 4]}], 4, TestID -> "overlap"],
  VerificationTest[spanUnion[{}], {}, TestID -> "empty"],
  VerificationTest[span[2, 1], span[1, 2], {span::order}, TestID -> "order"],
  VerificationTest[spanText[span[1, 2], Brackets -> 3], $Failed, {spanText::brackets}, TestID -> "brackets"],
  VerificationTest[1. + spanLength[span[0, 1]], 2, SameTest -> Equal, TestID -> "number"],
  VerificationTest[spanLength[span[0, 1]], 2, TestID -> "fails on purpose"]}];
Print[report["TestsSucceededCount"], " succeeded, ", report["TestsFailedCount"], " failed"];
Print[report["TestsFailedIndices"]];
failed = report["TestResults"][7];
Print[{failed["TestID"], failed["Outcome"], failed["ActualOutput"], failed["ExpectedOutput"]}];
