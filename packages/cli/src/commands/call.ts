/**
 * `orelse call MODEL [PROMPT]`: one call from the terminal, in this process. The answer goes to standard output as it comes, attempts
 * to standard error.
 */
import { positiveDuration } from "@orelse/core/layer/config/schema/Scalar"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Configuration from "../Configuration.ts"
import { Failure } from "../Failure.ts"
import { root } from "../Root.ts"
import { Screen } from "../Screen.ts"

const positive = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))

const flags = {
  model: Argument.String("model").pipe(Argument.withDescription("A route's name, or provider/model")),
  prompt: Argument.String("prompt").pipe(
    Argument.withDescription("What to say; read from standard input where absent or -"),
    Argument.variadic()
  ),
  system: Flag.String("system").pipe(Flag.withAlias("s"), Flag.withDescription("System prompt"), Flag.optional),
  whole: Flag.Boolean("no-stream").pipe(Flag.withDefault(false), Flag.withDescription("Wait for the whole answer")),
  timeout: Flag.String("timeout").pipe(
    Flag.withDescription("Deadline of the call, such as 30s"),
    Flag.withSchema(positiveDuration),
    Flag.optional
  ),
  attempts: Flag.Int("attempts").pipe(
    Flag.withSchema(positive),
    Flag.withDescription("Attempts at most, instead of the policy's"),
    Flag.optional
  ),
  maxTokens: Flag.Int("max-tokens").pipe(
    Flag.withSchema(positive),
    Flag.withDescription("Tokens to answer with at most"),
    Flag.optional
  )
}

/** What was said: the arguments, else standard input. */
const readPrompt = (words: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const screen = yield* Screen
    const given = words.join(" ").trim()
    if (given !== "" && given !== "-") return given
    if (screen.interactive && given !== "-") return yield* noPrompt
    const text = (yield* screen.input).trim()
    return text === "" ? yield* noPrompt : text
  })

const noPrompt = new Failure({
  message: "There is nothing to say: no prompt was given.",
  next: 'Give one: orelse call demo/echo "Hello" — or pipe one: echo Hello | orelse call demo/echo',
  isUsage: true
})

/** The command. */
export const call = Command.make("call", flags, (input) =>
  Effect.gen(function* () {
    const prompt = yield* readPrompt(input.prompt)
    const config = yield* Configuration.load
    const { json } = yield* root
    const InProcess = yield* Effect.promise(() => import("../InProcess.ts"))
    yield* InProcess.call(config, {
      model: input.model,
      prompt,
      json,
      stream: !input.whole && !json,
      system: Option.getOrUndefined(input.system),
      timeout: Option.getOrUndefined(input.timeout),
      attempts: Option.getOrUndefined(input.attempts),
      maxTokens: Option.getOrUndefined(input.maxTokens)
    })
  })
).pipe(
  Command.withDescription("Make one call: the answer streams to standard output, attempts to standard error"),
  Command.withExamples([
    { command: 'orelse call demo/echo "Hello"', description: "Needs no key" },
    { command: "git diff | orelse call smart -s 'Write a commit message'", description: "From standard input" }
  ])
)
