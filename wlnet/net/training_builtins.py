"""NetTrain and NetMeasurements as builtins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wlnet.expr import Expr, S, Symbol, head_of, is_list, items, make_list, system
from wlnet.kernel.registry import builtin, nearest, option_key, split_options, symbol

from . import checkpoint, observe, vocabulary  # noqa: F401  (vocabulary registers its words)
from .border import FAILED, report
from .comparisons import comparisons
from .data_sets import table_of
from .encode import encode_table
from .errors import NetError
from .file_values import is_file
from .measure import Meter
from .measurements import read_functions, read_measurements
from .net import Net
from .precision import dtype_of
from .prepare import Options, check_complete, prepare
from .progress import Clockwork
from .quantities import says
from .randomness import set_state, state_of
from .results import Run, check_property, value_of
from .schedule import rate_schedule
from .settings import count, device_of, generator, read_settings
from .step import Machine, Plan, examples_of
from .train import Trainer
from .training_net import build
from .triggers import Trigger
from .update_schedule import frozen_by_turn
from .validate import CHUNK, evaluate, read_validation

AUTOMATIC, INHERITED, NONE = S.Automatic, S.Inherited, system("None")

# Tags of the messages of this room; each text comes with the error.
TAGS = (
    "assoc checkpoint data device encoder extra generator gradient interval lengths lossfn measurement "
    "method missing "
    "multipliers netarg "
    "nothing option prop rate report resume schedule shape stopping time unspecified validation"
)
TEXTS = {tag: "`1`" for tag in TAGS.split()}
TEXTS["arrdiv"] = (
    "Training diverged: `1`. The last usable net is returned. A smaller LearningRate, or "
    '"GradientClipping" in Method, may help.'
)
TEXTS["nograd"] = (
    "The loss does not change with any array that is trained, so that training changes nothing: an "
    "integer, a "
    "rounding function or a frozen layer lies between, or LearningRateMultipliers freeze all arrays."
)
TEXTS["genstop"] = "`1` Training ends here; the net trained so far is returned."
TEXTS["novalid"] = "TrainingStoppingCriterion is checked on the training data, for there is no ValidationSet."


def guarded(ev: Any, action: Callable[[], Any], function: str = "NetTrain") -> Any:
    """The value of `action()`; a user's mistake becomes a message of `function` and $Failed."""
    try:
        return action()
    except NetError as error:
        if error.symbol == "NetTrain":
            error.symbol = function
        return report(ev, error)


@builtin("NetTrain", messages=TEXTS, evaluated=True)
def net_train(
    ev: Any,
    net: Any,
    data: Any,
    prop: Any = "TrainedNet",
    *,
    batch_size: Any = AUTOMATIC,
    learning_rate: Any = AUTOMATIC,
    learning_rate_multipliers: Any = AUTOMATIC,
    loss_function: Any = AUTOMATIC,
    max_training_rounds: Any = AUTOMATIC,
    method: Any = AUTOMATIC,
    performance_goal: Any = AUTOMATIC,
    random_seeding: Any = INHERITED,
    target_device: Any = AUTOMATIC,
    time_goal: Any = AUTOMATIC,
    training_progress_checkpointing: Any = NONE,
    training_progress_function: Any = NONE,
    training_progress_measurements: Any = AUTOMATIC,
    training_progress_reporting: Any = AUTOMATIC,
    training_stopping_criterion: Any = NONE,
    training_update_schedule: Any = AUTOMATIC,
    validation_set: Any = NONE,
    working_precision: Any = AUTOMATIC,
) -> Any:
    """NetTrain[net, data] trains net on data and gives the trained net.
    NetTrain[net, data, prop] gives a property of the training, such as "RoundLossList" or "LossPlot".
    NetTrain[net, data, All] gives a NetTrainResultsObject, which knows all properties.
    NetTrain[File["x.wlnet"], data, ...] goes on where the checkpoint was written. NetTrain[...,
    LossFunction -> spec] states what is minimized: a loss layer, an output port, "port" -> loss layer, any
    of these with a factor -> Scaled[r], or a list of them.

    >>> net = NetTrain[LinearLayer[], {1 -> 2, 2 -> 4, 3 -> 6}, MaxTrainingRounds -> 2000, RandomSeeding -> 1,
    ... LearningRate -> 0.05, TrainingProgressReporting -> None];
    >>> Round[net[5]]
    10
    """
    given = [(name, value) for name, value in locals().items() if name not in ("ev", "net", "data", "prop")]
    call = originating_call(net, data, prop, given)
    if type(prop) is Net:  # the older form: a loss layer as third argument
        loss_function, prop = prop, "TrainedNet"

    def train() -> Any:
        saved = checkpoint.read(ev, net.args[0]) if is_file(net) else None
        start = net if saved is None else saved.net
        check_net(start)
        check_property(prop)
        settings = read_settings(
            batch_size=batch_size,
            learning_rate=learning_rate,
            max_training_rounds=max_training_rounds,
            method=method,
            performance_goal=performance_goal,
            random_seeding=random_seeding,
            device=device_of(target_device, ev.state.device, "NetTrain"),
            time_goal=time_goal,
            training_stopping_criterion=training_stopping_criterion,
            training_update_schedule=training_update_schedule,
            working_precision=working_precision,
        )
        validation = read_validation(validation_set, data)
        random = generator(random_seeding, ev.random)
        options = Options(
            loss_function, learning_rate_multipliers, training_progress_measurements, validation
        )
        if saved is not None and saved.state is not None:
            set_state(random, saved.state["start"])
            settings = settings._replace(steps=saved.state["steps"])
        beginning = state_of(random)
        prepared = prepare(ev, start, data, settings, options, random)
        trainer = Trainer(ev, prepared, settings, random)
        trainer.start_random = beginning
        trainer.schedule = rate_schedule(settings.optimizer.schedule, ev.call)
        trainer.frozen = frozen_by_turn(prepared.training, settings.turns)
        if validation is not None:
            trainer.judge.when = Trigger(validation.interval)
        elif settings.criterion is not None:
            ev.message("NetTrain", "novalid")
        watched(
            ev,
            trainer,
            training_progress_reporting,
            training_progress_function,
            training_progress_checkpointing,
        )
        observe.collect(ev, trainer, prop)
        observe.measure_functions(ev, trainer, training_progress_measurements)
        run: Run = trainer.train(saved.resume if saved is not None else None)
        run.call = call
        return value_of(ev, run, prop)

    return guarded(ev, train)


def originating_call(net: Any, data: Any, prop: Any, given: list[tuple[str, Any]]) -> Expr:
    """NetTrain[...] with the options that differ from their defaults."""
    defaults = system("NetTrain").builtin.options
    rules = []
    for name, value in given:
        option = "".join(part.capitalize() for part in name.split("_"))
        if value is not defaults[option]:
            rules.append(Expr(S.Rule, (system(option), value)))
    return Expr(S.NetTrain, (net, data, *(() if says(prop, "TrainedNet") else (prop,)), *rules))


def check_net(net: Any) -> None:
    """NetError unless `net` is one."""
    if type(net) is not Net:
        # A symbol by its name; of an expression only the head, for it may be long.
        plain = net if type(net) is Symbol else head_of(net)
        found = f"{plain}[...]" if type(net) is Expr else str(plain)
        text = f"The first argument must be a net, such as LinearLayer[] or NetChain[{{...}}]; found {found}."
        raise NetError("NetTrain", "netarg", text)


def watched(ev: Any, trainer: Trainer, reporting: Any, functions: Any, checkpointing: Any) -> None:
    """Set up who watches the training."""
    reporters, hooks = observe.reporters(ev, trainer, reporting, getattr(ev.state, "progress_stream", None))
    trainer.clock = Clockwork(reporters, lambda: observe.snapshot(trainer))
    trainer.hooks = [
        *hooks,
        *observe.functions(ev, trainer, functions),
    ]
    trainer.savers = observe.checkpoints(ev, trainer, checkpointing)
    criterion = trainer.settings.criterion
    if criterion is not None and criterion.is_function:
        trainer.judge.call = observe.criterion_call(ev, trainer, criterion)


# ---- NetMeasurements


@builtin("NetMeasurements", messages=TEXTS, evaluated=True)
def net_measurements(
    ev: Any,
    net: Any,
    data: Any,
    measurement: Any,
    *,
    batch_size: Any = AUTOMATIC,
    loss_function: Any = AUTOMATIC,
    target_device: Any = AUTOMATIC,
    working_precision: Any = AUTOMATIC,
) -> Any:
    """NetMeasurements[net, data, "measurement"] measures how well net does on data, such as "Accuracy".
    NetMeasurements[net, data, {m1, m2, ...}] gives a list of measurements.
    """

    def measure() -> Any:
        check_net(net)
        device = device_of(target_device, ev.state.device, "NetMeasurements")
        size = count(batch_size, "BatchSize") or CHUNK
        several = is_list(measurement)
        wanted = list(items(measurement)) if several else [measurement]
        dtype = dtype_of(working_precision, "NetMeasurements", device)
        found = measured(ev, net, data, wanted, loss_function, dtype, device, size)
        return make_list(found) if several else found[0]

    return guarded(ev, measure, "NetMeasurements")


def measured(
    ev: Any, net: Net, data: Any, wanted: list[Any], loss_function: Any, dtype: str, device: str, size: int
) -> list[Any]:
    """The values of measurements of an initialized net, in order; "Loss" is the total loss."""
    if not net.initialized:
        raise NetError(
            "NetMeasurements", "netarg", "The net is not initialized. Train it, or use NetInitialize."
        )
    training, table = build(net, loss_function, table_of(ev, data, "Data", "TestData"))
    check_complete(training.net, trains=False)
    found = comparisons(training)
    specs = [spec for spec in wanted if not says(spec, "Loss")]
    if read_functions(make_list(specs)):
        text = "A measurement that is a function can be used in TrainingProgressMeasurements alone."
        raise NetError("NetMeasurements", "measurement", text)
    meter = Meter(read_measurements(make_list(specs), training, found, "NetMeasurements", ev.call), found)
    encoded = encode_table(ev, table, dict(training.net.inputs), dtype, "Data")
    plan = Plan(training.net, training.losses, meter.watched, dtype, None, {}, {})
    data_set = examples_of(training.net, encoded, table.length, "Data")
    outcome = evaluate(ev, Machine(plan, encoded, device), training.losses, [data_set], meter, size)
    values = iter(outcome.measurements.values())
    return [outcome.loss if says(spec, "Loss") else next(values) for spec in wanted]


# ---- unknown options


def strict(name: str) -> None:
    """An unknown option of the System` function `name` ends the call:
    a message with the nearest one, and $Failed.

    (In general such a call stays as it is; a training that did not happen must not pass for a net.)
    """
    record = system(name).builtin
    general = record.call

    def call(ev: Any, args: tuple[Any, ...]) -> Any:
        for rule in split_options(record, args)[1]:
            option = option_key(rule.args[0])
            if option not in record.keywords:
                near = nearest(str(option), list(record.options))
                shown = Expr(system(name), (Expr(S.Skeleton, (len(args),)),))
                ev.message(name, "optx" if near is None else "optnear", rule.args[0], shown, near or "")
                return FAILED
        return general(ev, args)

    record.call = call


strict("NetTrain")
strict("NetMeasurements")

# ---- names that belong to training

USAGES = {
    "BatchSize": "BatchSize is an option of NetTrain and of nets: the number of examples that are "
    "processed together.",
    "Inherited": "Inherited is a setting that takes what surrounds it: RandomSeeding -> Inherited follows "
    "SeedRandom.",
    "LearningRate": "LearningRate is an option of NetTrain: the base rate at which arrays are changed.",
    "LearningRateMultipliers": "LearningRateMultipliers is an option of NetTrain and of layers: factors on "
    "the learning "
    'rate, such as {"layer" -> None, _ -> 1}; None or 0 leaves arrays as they are.',
    "LossFunction": "LossFunction is an option of NetTrain that states what is minimized: Automatic, a "
    "loss layer, an "
    'output port, "port" -> losslayer, any of these -> Scaled[r], or a list of them.',
    "File": 'File["path"] stands for a file.',
    "MaxTrainingRounds": "MaxTrainingRounds is an option of NetTrain: how often every example is visited.",
    "Method": "Method is an option that states which method to use.",
    "NetTrainResultsObject": "NetTrainResultsObject[...] holds what is known of a training; obj[prop] "
    "gives a property.",
    "PerformanceGoal": "PerformanceGoal is an option that states what to favour.",
    "Quantity": 'Quantity[n, "unit"] is an amount, such as Quantity[10, "Rounds"] or Quantity[5, "Minutes"].',
    "RandomSeeding": "RandomSeeding is an option of NetTrain, NetInitialize and nets: Inherited, "
    "Automatic, or a seed.",
    "Scaled": "Scaled[r] is a factor on a loss, a share of the training data, or a scaled position.",
    "TargetDevice": 'TargetDevice is an option of NetTrain and of nets: "CPU" or "GPU".',
    "TimeGoal": "TimeGoal is an option of NetTrain: for how many seconds to train.",
    "TrainingProgressCheckpointing": "TrainingProgressCheckpointing is an option of NetTrain: "
    '{"File", name} or {"Directory", folder}, with "Interval" -> amount.',
    "TrainingProgressFunction": "TrainingProgressFunction is an option of NetTrain: a function of what the "
    "training has "
    'reached, called after every round or at an "Interval".',
    "TrainingProgressMeasurements": "TrainingProgressMeasurements is an option of NetTrain: what is "
    "measured meanwhile.",
    "TrainingProgressReporting": 'TrainingProgressReporting is an option of NetTrain: "Panel", "Print", '
    '"ProgressIndicator", a function, File["log.csv"] or None.',
    "TrainingStoppingCriterion": "TrainingStoppingCriterion is an option of NetTrain: when to stop early.",
    "TrainingUpdateSchedule": "TrainingUpdateSchedule is an option of NetTrain: which arrays change at "
    "which step.",
    "ValidationSet": "ValidationSet is an option of NetTrain: examples that are not trained on; the net "
    "that does best "
    "on them is returned.",
    "WorkingPrecision": "WorkingPrecision is an option that states the precision of a computation.",
}
for _name, _usage in USAGES.items():
    if system(_name).builtin is None:
        symbol(_name, usage=_usage)
