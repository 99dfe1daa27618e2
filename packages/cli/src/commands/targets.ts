/**
 * `orelse targets`: the health of the targets of a running gateway, asked over HTTP; with `reset`, forgets what one of them did.
 */
import * as Json from "@orelse/core/domain/Json"
import * as TargetName from "@orelse/core/domain/TargetName"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Admin from "../Admin.ts"
import { Failure } from "../Failure.ts"
import * as Targets from "../render/targets.ts"
import { json as printable, styleOf } from "../render/text.ts"
import { root } from "../Root.ts"
import { Screen } from "../Screen.ts"

const list = Effect.fnUntraced(function* (input: Admin.Flags) {
  const answer = yield* Admin.get(input, "/admin/targets", Targets.isAnswer)
  const { json } = yield* root
  const style = styleOf(yield* Screen)
  const now = yield* Clock.currentTimeMillis
  yield* Console.log(json ? printable(answer) : Targets.table(Targets.read(answer), style, now))
})

const reset = Command.make(
  "reset",
  { ...Admin.flags, target: Argument.String("target").pipe(Argument.withDescription("provider/model")) },
  Effect.fnUntraced(function* (input) {
    const target = TargetName.split(input.target)
    if (target === undefined) {
      const message = `"${input.target}" is no target.`
      return yield* new Failure({ message, next: 'Write it as "provider/model".', isUsage: true })
    }
    const provider = encodeURIComponent(target.provider)
    const model = encodeURIComponent(target.model)
    const answer = yield* Admin.post(input, `/admin/targets/${provider}/${model}/reset`, Targets.isReset)
    const { json } = yield* root
    if (json) return yield* Console.log(printable(answer))
    const isNew = Json.at(answer, "wasKnown") === false
    yield* Console.log(
      isNew ? `Nothing was held against ${input.target}.` : `${input.target} is taken for healthy again.`
    )
  })
).pipe(Command.withDescription("Forget the failures and cooldowns of one target"))

/** The command. */
export const targets = Command.make("targets", Admin.flags, list).pipe(
  Command.withSubcommands([reset]),
  Command.withDescription("Health and cooldowns of the targets of a running gateway"),
  Command.withExamples([
    { command: "orelse targets", description: "Of the gateway that this configuration describes" },
    { command: "orelse targets --url http://gateway:4100 --json", description: "Of another one, for programs" }
  ])
)
