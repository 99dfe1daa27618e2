/**
 * `orelse check`: is the configuration right, and would a gateway start with what lies beside it? Exit 0, or 1 with every problem. `--schema` prints the JSON Schema instead.
 */
import type { Config } from "@orelse/core/layer/config/Types"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Beside from "../Beside.ts"
import * as Configuration from "../Configuration.ts"
import * as Exposure from "../Exposure.ts"
import { Failure } from "../Failure.ts"
import * as Check from "../render/check.ts"
import { styleOf } from "../render/text.ts"
import { root } from "../Root.ts"
import * as SameKeys from "../SameKeys.ts"
import { Screen } from "../Screen.ts"

const flags = {
  schema: Flag.Boolean("schema").pipe(
    Flag.withDefault(false),
    Flag.withDescription("Print the JSON Schema of the file, for editors")
  )
}

const printSchema = Effect.flatMap(Configuration.module, ({ jsonSchema }) =>
  Console.log(JSON.stringify(jsonSchema(), null, 2))
)

/** With what else is worth a look, beside the file. */
const noted = (config: Config) => Effect.flatMap(Exposure.noted(config, config.server.host), SameKeys.noted)

/** What a gateway does not start with fails the check as well. */
const assertStarts = Effect.fnUntraced(function* (config: Config, isJson: boolean) {
  const refused = yield* Beside.refused(config)
  if (refused.length === 0) return
  if (isJson)
    yield* Console.log(JSON.stringify(Check.invalid({ file: config.file ?? null, problems: refused }), null, 2))
  return yield* new Failure({ message: Check.unstartable(config, refused) })
})

/** Problems as JSON; the exit code still tells. */
const checkJson = Effect.gen(function* () {
  const { load } = yield* Configuration.module
  const config = yield* load(yield* Configuration.options).pipe(
    Effect.catch((error) =>
      Effect.andThen(
        Console.log(JSON.stringify(Check.invalid(error), null, 2)),
        Effect.fail(new Failure({ message: `${error.file} is not valid` }))
      )
    )
  )
  yield* assertStarts(config, true)
  yield* Console.log(JSON.stringify(Check.valid(yield* noted(config)), null, 2))
})

const checkText = Effect.gen(function* () {
  const config = yield* Configuration.load
  yield* assertStarts(config, false)
  yield* Console.log(Check.summary(yield* noted(config), styleOf(yield* Screen)))
})

/** The command. */
export const check = Command.make("check", flags, ({ schema }) =>
  Effect.gen(function* () {
    if (schema) return yield* printSchema
    const { json } = yield* root
    yield* json ? checkJson : checkText
  })
).pipe(
  Command.withDescription("Check the configuration: exit 0, or 1 with every problem and its place"),
  Command.withExamples([
    { command: "orelse check --config orelse.yaml", description: "Check one file" },
    { command: "orelse check --schema > orelse.schema.json", description: "Write the JSON Schema for an editor" }
  ])
)
