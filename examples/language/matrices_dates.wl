(* Matrices, statistics, templates and dates: the small reports of an office. *)

(* 1. Matrices: exact, then by floating-point numbers. *)
m = {{2, 1, 0}, {1, 3, 1}, {0, 1, 2}};
Print[{Det[m], Tr[m], MatrixRank[m]}];
Print[Inverse[m]];
Print[m . Inverse[m] === IdentityMatrix[3]];
Print[Eigenvalues[m]];
Print[LinearSolve[m, {3, 5, 3}]];
Print[CharacteristicPolynomial[m, x]];
Print[RowReduce[{{1, 2, 3}, {2, 4, 7}}], " ", NullSpace[{{1, 2, 3}}]];
{u, s, v} = SingularValueDecomposition[N[m]];
Print[Norm[u . s . Transpose[v] - m] < 10^-10];
Print[MatrixForm[Transpose[{{1, 20}, {300, 4}}]]];

(* 2. Marks of a class. *)
marks = {72, 85, 91, 60, 85, 78, 99};
Print[{Mean[marks], Median[marks], Commonest[marks], Variance[marks]}];
Print[N[StandardDeviation[marks]]];
Print[Quartiles[marks]];
Print[BinCounts[marks, {60, 100, 10}]];
Print[Correlation[{1, 2, 3, 4}, {2, 4, 6, 8}]];
Print[Ordering[marks, -3]];
Print[MovingAverage[{1, 2, 6, 9}, 2], " ", Accumulate[{1, 2, 6, 9}]];

(* 3. A form letter. *)
letter = StringTemplate["Dear `name`, your mark is `mark`: `result`."];
grade[n_] := Which[n >= 90, "very good", n >= 70, "good", True, "passed"]
Scan[Print[letter[<|"name" -> #1, "mark" -> #2, "result" -> grade[#2]|> & @@ #]] &,
  {{"Ann", 72}, {"Bob", 91}, {"Cy", 60}}];
Print[TemplateApply["`1` of `2` is <* Round[100 #1/#2] *> %", {3, 8}]];
Print[StringForm["`1` + `1` = `2`", 2, 4]];

(* 4. Numbers as text. *)
Print[{NumberForm[3.14159, 3], PaddedForm[2.5, {5, 2}]}];
Print[IntegerString[255, 16], " ", IntegerString[7, 10, 3], " ", RomanNumeral[2024]];

(* 5. Dates. *)
Print[DateString[{2024, 2, 29}, {"Day", ".", "Month", ".", "Year"}]];
Print[DayName[{2024, 2, 29}]];
Print[DateString[DatePlus[{2024, 2, 28}, 2], "ISODate"]];
Print[QuantityMagnitude[DateDifference[{2024, 1, 1}, {2024, 12, 31}]]];
Print[AbsoluteTime[{1900, 1, 2}]];
Print[Select[Range[1896, 1912], LeapYearQ[{#}] &]];
