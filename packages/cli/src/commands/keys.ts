/**
 * `orelse keys`: the keys by which a gateway knows its callers. A new key is printed once, alone on standard output; only its hash is kept.
 */
import { resolve } from "node:path"
import * as Nearest from "@orelse/core/domain/Nearest"
import type { Config } from "@orelse/core/layer/config/Types"
import type { Issued } from "@orelse/server/callers/KeyBook"
import type { KeptKey } from "@orelse/server/callers/KeysFile"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Configuration from "../Configuration.ts"
import { Failure } from "../Failure.ts"
import * as Keys from "../render/keys.ts"
import { count, styleOf } from "../render/text.ts"
import { root } from "../Root.ts"
import * as SameKeys from "../SameKeys.ts"
import { Screen } from "../Screen.ts"

const modules = Effect.promise(async () => ({
  KeyBook: await import("@orelse/server/callers/KeyBook"),
  KeysFile: await import("@orelse/server/callers/KeysFile"),
  Resolve: await import("@orelse/core/route/Resolve")
}))

type Modules = Effect.Success<typeof modules>

const open = Effect.gen(function* () {
  const config = yield* Configuration.load
  const loaded = yield* modules
  const { cwd } = yield* Screen
  return { config, ...loaded, path: resolve(cwd, loaded.KeysFile.pathOf(config.ledger.path)) }
})

const toFailure = ({ message }: { readonly message: string }) => new Failure({ message })

const text = (name: string, description: string) =>
  Flag.String(name).pipe(Flag.withDescription(description), Flag.optional)

const flags = {
  caller: Argument.String("caller").pipe(
    Argument.withDescription("Whose key it is; one of the configuration, or a new name")
  ),
  routes: text(
    "routes",
    "Routes and targets it may use, with commas; by default all, or what it had; '*' is all again"
  ),
  requests: text("requests", "Requests in a time, such as 60/min"),
  tokens: text("tokens", "Tokens in a time, such as 100000/min"),
  concurrency: text("concurrency", "Calls at the same time"),
  budget: text("budget", "USD an hour, day or month, such as 50/day; none lifts this or a limit")
}

type Input = Command.Command.Config.Infer<typeof flags>

const writtenOf = (input: Input) => {
  const routes = Option.getOrUndefined(input.routes)
  return {
    routes: routes?.split(",").flatMap((name) => (name.trim() === "" ? [] : [name.trim()])),
    requests: Option.getOrUndefined(input.requests),
    tokens: Option.getOrUndefined(input.tokens),
    concurrency: Option.getOrUndefined(input.concurrency),
    budget: Option.getOrUndefined(input.budget)
  }
}

/** `--routes "$ROUTES"` must not make a key that is refused everywhere because a variable is not set. */
const noRoutes = new Failure({
  message: "--routes names nothing, and a key that may use nothing is of no use.",
  next: "Name routes or targets with commas, or leave --routes out; '*' is everything.",
  isUsage: true
})

/** The rights that the key's file keeps: none where the configuration has the caller. */
const rightsOf = Effect.fnUntraced(function* (config: Config, { KeyBook, Resolve }: Modules, input: Input) {
  const written = writtenOf(input)
  if (input.caller.trim() === "" || /\p{Cc}/u.test(input.caller))
    return yield* new Failure({
      message: "A caller's name is text without line ends and other control characters.",
      next: "Name it: orelse keys new team-a",
      isUsage: true
    })
  if (written.routes?.length === 0) return yield* noRoutes
  const isConfigured = config.callers.some(({ name }) => name === input.caller)
  const says = Object.values(written).some((value) => value !== undefined)
  if (isConfigured && !says) return undefined
  if (isConfigured) {
    const message = `What "${input.caller}" may use stands in ${config.file ?? "the configuration"}, under callers.`
    return yield* new Failure({
      message,
      next: `Change it there, and make the key without it: orelse keys new ${input.caller}`
    })
  }
  for (const route of written.routes ?? []) {
    if (route === "*" || route.endsWith("/*") || Resolve.resolve(config, route)._tag !== "Unknown") continue
    const nearest = Nearest.of(route, config.routes.keys())
    const next = nearest === undefined ? 'Name a route, or a target as "provider/model".' : `Did you mean "${nearest}"?`
    return yield* new Failure({ message: `There is no route or target "${route}".`, next })
  }
  const own = KeyBook.rights(input.caller, written)
  return Result.isSuccess(own) ? own.success : yield* new Failure({ message: `--${own.failure}`, isUsage: true })
})

/** Prints a key that is not in force yet: one that nobody can have seen never will be. */
const showing = (json: boolean) =>
  Effect.map(Screen, ({ deliver }) => {
    let isShown = false
    const show = ({ caller, changes, id, key }: Issued) =>
      deliver(json ? `${JSON.stringify({ id, caller, key, changes }, null, 2)}\n` : `${key}\n`).pipe(
        Effect.mapError(({ message }) => unseen(caller, message)),
        Effect.tap(() => Effect.sync(() => (isShown = true)))
      )
    return { isShown: () => isShown, show }
  })

const unseen = (caller: string, why: string) =>
  new Failure({
    message: `The new key cannot be written out (${why}), and is not in force.`,
    next: `Make one whose output is kept: orelse keys new ${caller}`
  })

const make = Command.make("new", flags, (input) =>
  Effect.gen(function* () {
    const { config, path, ...loaded } = yield* open
    const own = yield* rightsOf(config, loaded, input)
    const { json } = yield* root
    const { isShown, show } = yield* showing(json)
    const issued = yield* loaded.KeyBook.issue(path, input.caller, own, show).pipe(
      Effect.catchTag("KeysFileError", ({ message }) =>
        Effect.fail(new Failure({ message, next: isShown() ? "The key that was printed does not work." : undefined }))
      )
    )
    if (json) return
    const { caller, changes, id, isFirst, others } = issued
    yield* Console.error(`${id} for ${caller}. It is shown this once; its hash is kept in ${path}.`)
    const changed = changes.map(({ from, right, to }) => `${right} ${from} → ${to}`)
    if (changed.length > 0)
      yield* Console.error(`This holds for ${count(others, "other key")} of ${caller} as well: ${changed.join("; ")}.`)
    const off = config.callers.find(({ name }) => name === caller)?.disabled
    if (off !== undefined) yield* Console.error(`It does not work yet: ${caller} is off, because ${off}.`)
    if (isFirst && config.callers.length === 0) yield* Console.error("From now on every call needs a key.")
  })
).pipe(
  Command.withDescription("Make a key for a caller, and print it once"),
  Command.withExamples([
    {
      command: "orelse keys new team-a",
      description: "For a caller of the configuration, or one that may use everything"
    },
    {
      command: "orelse keys new ci --routes cheap --requests 60/min --budget 5/day",
      description: "For a caller with limits"
    },
    {
      command: "orelse keys new ci --budget 9/day --requests none",
      description: "Another key of it, without that limit; its other rights stay"
    }
  ])
)

const list = Effect.gen(function* () {
  const { config, KeysFile, path } = yield* open
  const kept = yield* KeysFile.read(path).pipe(Effect.mapError(toFailure))
  const { json } = yield* root
  const rows = Keys.rows(config, kept)
  const screen = yield* Screen
  const table = () => Keys.table(rows, styleOf(screen), screen.env["ORELSE_PROGRAM"])
  yield* Console.log(json ? JSON.stringify(rows, null, 2) : table())
})

/** What is revoked in the file, and still a key of the configuration. */
const tellConfigured = Effect.fnUntraced(function* (config: Config, revoked: ReadonlyArray<KeptKey>) {
  const names = SameKeys.byHash(config)
  for (const { hash, id } of revoked) {
    const name = names.get(hash)
    if (name === undefined) continue
    const where = config.file ?? "the configuration"
    yield* Console.error(`${id} still works: it stands in ${where} too, as ${name}'s; take it out there.`)
  }
})

const revoke = Command.make(
  "revoke",
  {
    key: Argument.String("key").pipe(
      Argument.withDescription("Its id (orelse keys list), or a caller's name for all of its keys")
    )
  },
  ({ key }) =>
    Effect.gen(function* () {
      const { config, KeyBook, path } = yield* open
      const revoked = yield* KeyBook.revoke(path, key).pipe(Effect.mapError(toFailure))
      if (revoked.length > 0) {
        const ids = revoked.map(({ id }) => id)
        const { json } = yield* root
        const said = json
          ? JSON.stringify({ revoked: ids }, null, 2)
          : `Revoked ${count(ids.length, "key")}: ${ids.join(", ")}.`
        yield* Console.log(said)
        return yield* tellConfigured(config, revoked)
      }
      const isConfigured = config.callers.some(({ name }) => name === key)
      const next = isConfigured
        ? `The key of ${key} stands in ${config.file ?? "the configuration"}; take it out there.`
        : "See: orelse keys list"
      return yield* new Failure({
        message: `No key in force is "${key}", and none belongs to a caller of that name.`,
        next
      })
    })
).pipe(Command.withDescription("Make a key, or all keys of a caller, worthless"))

/** The command. */
export const keys = Command.make("keys", {}, () => list).pipe(
  Command.withSubcommands([
    make,
    Command.make("list", {}, () => list).pipe(
      Command.withDescription("Every key: whose it is, and whether it is in force")
    ),
    revoke
  ]),
  Command.withDescription("Keys of callers: list them, make one, revoke one")
)
