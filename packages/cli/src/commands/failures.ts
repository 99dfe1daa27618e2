/**
 * `orelse failures export`: answers that no rule knew, from the ledger, in the shape of the recorded ones that the rules are taught
 * and tested with. They were redacted before they were written. It only looks: a gateway may go on writing meanwhile.
 */
import { Ledger } from "@orelse/core/layer/Ledger"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Recorded from "../Recorded.ts"
import * as Text from "../render/text.ts"
import * as When from "../When.ts"

const limit = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1000 }))

const flags = {
  since: Flag.String("since").pipe(
    Flag.withDescription("Answers of the last 15m, 2h, 7d …, or since a date"),
    Flag.optional
  ),
  until: Flag.String("until").pipe(Flag.withDescription("Answers before this"), Flag.optional),
  provider: Flag.String("provider").pipe(Flag.withDescription("Answers of this provider"), Flag.optional),
  limit: Flag.Int("limit").pipe(
    Flag.withAlias("n"),
    Flag.withSchema(limit),
    Flag.withDescription("Answers at most, 1 to 1000; 100 by default"),
    Flag.optional
  )
}

const exported = Command.make(
  "export",
  flags,
  Effect.fnUntraced(function* (input) {
    const now = yield* Clock.currentTimeMillis
    const filter = {
      since: yield* When.flag("since", input.since, now),
      until: yield* When.flag("until", input.until, now),
      provider: Option.getOrUndefined(input.provider),
      limit: Option.getOrUndefined(input.limit)
    }
    const lines = yield* Recorded.ask(Effect.flatMap(Ledger, (ledger) => ledger.failures(filter)))
    if (lines.length === 0) return yield* Console.error("Every answer on record was known to a rule.")
    yield* Console.log(Text.lines(lines.join("\n")))
  })
).pipe(
  Command.withDescription("Print them as fixtures, one line of JSON each"),
  Command.withExamples([
    { command: "orelse failures export >> errors.jsonl", description: "Keep them, to be labelled by hand" },
    { command: "orelse failures export --provider mine --since 7d", description: "Of one provider, of the last week" }
  ])
)

/** The command. */
export const failures = Command.make("failures").pipe(
  Command.withSubcommands([exported]),
  Command.withDescription("Answers of providers that no rule knows")
)
