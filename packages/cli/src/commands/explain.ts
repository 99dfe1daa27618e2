/**
 * `orelse explain MODEL`: what a route is, how long it waits, what each error leads to; `--on REASON` plays a call whose every attempt fails
 * like that. Nothing is sent.
 */
import { tags } from "@orelse/core/domain/Reason"
import { positiveDuration } from "@orelse/core/layer/config/schema/Scalar"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Configuration from "../Configuration.ts"
import { Failure } from "../Failure.ts"

const flags = {
  model: Argument.String("model").pipe(Argument.withDescription("A route's name, or provider/model")),
  on: Flag.Literals("on", tags).pipe(
    Flag.withDescription("Play a call whose every attempt fails for this reason"),
    Flag.optional
  ),
  retryAfter: Flag.String("retry-after").pipe(
    Flag.withSchema(positiveDuration),
    Flag.withDescription("With --on: providers ask for this wait, such as 20s"),
    Flag.optional
  ),
  stream: Flag.Boolean("stream").pipe(Flag.withDefault(false), Flag.withDescription("With --on: the call is a stream"))
}

const withoutOn = new Failure({
  message: "--retry-after and --stream belong to a call that is played: they want --on.",
  next: "Play one: orelse explain smart --on RateLimited --retry-after 20s",
  isUsage: true
})

/** The command. */
export const explain = Command.make("explain", flags, (input) =>
  Effect.gen(function* () {
    const on = Option.getOrUndefined(input.on)
    if (on === undefined && (Option.isSome(input.retryAfter) || input.stream)) return yield* withoutOn
    const config = yield* Configuration.load
    const Explained = yield* Effect.promise(() => import("../Explained.ts"))
    if (on === undefined) return yield* Explained.explain(config, input.model)
    const retryAfter = Option.getOrUndefined(input.retryAfter)
    return yield* Explained.walk(config, input.model, { on, retryAfter, stream: input.stream })
  })
).pipe(
  Command.withDescription("Show what a route does: targets, policy, waits, and what each error leads to"),
  Command.withExamples([
    { command: "orelse explain smart", description: "The route as a tree, and its policy" },
    { command: "orelse explain smart --on RateLimited --retry-after 20s", description: "Attempt by attempt" }
  ])
)
