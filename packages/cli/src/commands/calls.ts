/**
 * `orelse calls [ID]`: the ledger. Recent calls with their totals, or one call with its attempts as a time line. It only looks: a gateway
 * may go on writing meanwhile.
 */
import type { Filter } from "@orelse/core/layer/Ledger"
import { Ledger } from "@orelse/core/layer/Ledger"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Failure } from "../Failure.ts"
import * as Recorded from "../Recorded.ts"
import * as Calls from "../render/calls.ts"
import { json as printable, styleOf } from "../render/text.ts"
import { root } from "../Root.ts"
import { Screen } from "../Screen.ts"
import * as When from "../When.ts"

const outcomes = ["answered", "failed", "cancelled", "unfinished", "running"] as const

const limit = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1000 }))

const flags = {
  id: Argument.String("id").pipe(Argument.withDescription("Show this call as a time line"), Argument.optional),
  since: Flag.String("since").pipe(
    Flag.withDescription("Calls of the last 15m, 2h, 7d …, or since a date"),
    Flag.optional
  ),
  until: Flag.String("until").pipe(Flag.withDescription("Calls before this"), Flag.optional),
  route: Flag.String("route").pipe(Flag.withDescription("Calls of this route"), Flag.optional),
  provider: Flag.String("provider").pipe(
    Flag.withDescription("Calls that asked this provider, whoever served them"),
    Flag.optional
  ),
  outcome: Flag.Literals("outcome", outcomes).pipe(Flag.withDescription("How they ended"), Flag.optional),
  reason: Flag.String("reason").pipe(
    Flag.withDescription("Calls with an attempt that failed so, such as RateLimited, answered ones included"),
    Flag.optional
  ),
  caller: Flag.String("caller").pipe(Flag.withDescription("Calls of this caller"), Flag.optional),
  metadata: Flag.KeyValuePair("metadata").pipe(
    Flag.withDescription("Calls with this metadata, such as user=ada; may be repeated"),
    Flag.optional
  ),
  limit: Flag.Int("limit").pipe(
    Flag.withAlias("n"),
    Flag.withSchema(limit),
    Flag.withDescription("Calls at most, 1 to 1000; 50 by default"),
    Flag.optional
  ),
  cursor: Flag.String("cursor").pipe(Flag.withDescription("Go on where the page before ended"), Flag.optional)
}

type Input = Command.Command.Config.Infer<typeof flags>

/** Which pages there are is the ledger's to say; what is no page at all is known without it. */
const cursorOf = Effect.fnUntraced(function* (cursor: string | undefined) {
  if (cursor === undefined) return undefined
  const LedgerCursor = yield* Effect.promise(() => import("@orelse/core/layer/LedgerCursor"))
  if (LedgerCursor.read(cursor) !== undefined) return cursor
  const next = 'Pass what stands behind "more:" below the page before (its "next" with --json), or none.'
  return yield* new Failure({ message: `--cursor "${cursor}" is no cursor.`, next, isUsage: true })
})

const reasonOf = Effect.fnUntraced(function* (reason: string | undefined) {
  if (reason === undefined) return undefined
  const { wrong } = yield* Effect.promise(() => import("@orelse/server/ledger/Reasons"))
  const why = wrong(reason)
  if (why === undefined) return reason
  const next = "Write it as orelse calls ID shows it."
  return yield* new Failure({ message: `--reason ${why}`, next, isUsage: true })
})

/** The conditions; a time or a cursor that cannot be read is a mistake of the command line's user. */
const filterOf = Effect.fnUntraced(function* (input: Input) {
  const now = yield* Clock.currentTimeMillis
  const filter: Filter = {
    since: yield* When.flag("since", input.since, now),
    until: yield* When.flag("until", input.until, now),
    route: Option.getOrUndefined(input.route),
    provider: Option.getOrUndefined(input.provider),
    outcome: Option.getOrUndefined(input.outcome),
    reason: yield* reasonOf(Option.getOrUndefined(input.reason)),
    caller: Option.getOrUndefined(input.caller),
    metadata: Option.getOrUndefined(input.metadata),
    limit: Option.getOrUndefined(input.limit),
    cursor: yield* cursorOf(Option.getOrUndefined(input.cursor))
  }
  return filter
})

const list = Effect.fnUntraced(function* (filter: Filter) {
  const ledger = yield* Ledger
  const page = yield* ledger.calls(filter)
  const { json } = yield* root
  yield* Console.log(json ? printable(page) : Calls.table(page, styleOf(yield* Screen)))
})

const show = Effect.fnUntraced(function* (id: string) {
  const ledger = yield* Ledger
  const story = yield* ledger.call(id)
  if (story === undefined) {
    return yield* new Failure({ message: `No call ${id} is on record.`, next: "See what there is: orelse calls" })
  }
  const { json } = yield* root
  yield* Console.log(json ? printable(story) : Calls.timeline(story, styleOf(yield* Screen)))
})

/** The command. */
export const calls = Command.make("calls", flags, (input) =>
  Effect.gen(function* () {
    const filter = yield* filterOf(input)
    yield* Recorded.ask(Option.match(input.id, { onNone: () => list(filter), onSome: show }))
  })
).pipe(
  Command.withDescription("The ledger: recent calls with their totals, or one call as a time line"),
  Command.withExamples([
    { command: "orelse calls --since 1h --outcome failed", description: "What failed in the last hour" },
    { command: "orelse calls --metadata user=ada --json", description: "Everything of one user, for programs" }
  ])
)
