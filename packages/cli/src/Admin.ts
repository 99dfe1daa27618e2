/**
 * Asks a running gateway's admin endpoints: where it is, which key opens it, and what to say where it does not answer.
 */
import * as Json from "@orelse/core/domain/Json"
import type { Config } from "@orelse/core/layer/config/Types"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Configuration from "./Configuration.ts"
import { causes, Failure } from "./Failure.ts"
import { Screen } from "./Screen.ts"

/** The flag of every command that asks a gateway. */
export const flags = {
  url: Flag.String("url").pipe(
    Flag.withDescription("The gateway's address; else the one of the configuration"),
    Flag.optional
  )
}

/** The values of `flags`. */
export interface Flags {
  readonly url: Option.Option<string>
}

/** Whether an answer has what a gateway tells there: any server answers with some JSON. */
export type IsAnswer = (answer: Json.JsonObject) => boolean

/** The parsed answer. */
export const get = (input: Flags, path: string, isAnswer: IsAnswer) => request(input, "GET", path, isAnswer)

/** The parsed answer. */
export const post = (input: Flags, path: string, isAnswer: IsAnswer) => request(input, "POST", path, isAnswer)

const request = Effect.fnUntraced(function* (input: Flags, method: "GET" | "POST", path: string, isAnswer: IsAnswer) {
  if (Option.isSome(input.url) && !isAddress(input.url.value)) return yield* noAddress(input.url.value)
  const config = yield* configured(input)
  const base = Option.getOrElse(input.url, () => (config === undefined ? "" : addressOf(config))).replace(/\/+$/, "")
  const key = yield* keyOf(config)
  const response = yield* Effect.tryPromise({
    try: async (signal) => {
      const headers = key === undefined ? {} : { authorization: `Bearer ${key}` }
      const answer = await fetch(`${base}${path}`, { method, headers, signal, redirect: "error" })
      return { status: answer.status, text: await answer.text() }
    },
    catch: (error) => unreachable(error, base)
  }).pipe(Effect.timeoutOrElse({ duration: "10 seconds", orElse: () => Effect.fail(unreachable(undefined, base)) }))
  if (response.status !== 200) return yield* refused(response, base)
  const answer = Json.parseObject(response.text)
  return answer !== undefined && isAnswer(answer) ? answer : yield* another(base)
})

const isAddress = (text: string): boolean => {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === ""
}

/** A password in it is not shown. */
const noAddress = (text: string): Failure => {
  const message = text.includes("@")
    ? "The address of a gateway has no user or password."
    : `"${text}" is no address of a gateway.`
  return new Failure({ message, next: "Write it as --url http://host:4100", isUsage: true })
}

/** The key of the environment, where it holds one; else the one of the configuration. What no header takes is never sent, nor shown by who refuses it. */
const keyOf = Effect.fnUntraced(function* (config: Config | undefined) {
  const { env } = yield* Screen
  const given = env["ORELSE_ADMIN_KEY"]?.trim() ?? ""
  if (given === "") return config?.server.adminKey && Redacted.value(config.server.adminKey)
  if (/^[\x21-\x7e]+$/.test(given)) return given
  return yield* new Failure({
    message: "$ORELSE_ADMIN_KEY holds spaces, line ends or characters that no key has.",
    next: "Give the gateway's admin key (server.adminKey) alone."
  })
})

/** With an address of its own, the command needs no valid file here. */
const configured = (input: Flags) =>
  Option.isSome(input.url)
    ? Effect.succeed(undefined)
    : (Configuration.load as Effect.Effect<Config | undefined, Failure>)

/** Where a gateway with this configuration listens, as seen from this machine. */
export const addressOf = ({ server }: Pick<Config, "server">): string => {
  const host = server.host === "0.0.0.0" ? "127.0.0.1" : server.host === "::" ? "::1" : server.host
  return `http://${host.includes(":") ? `[${host}]` : host}:${server.port}`
}

const unreachable = (error: unknown, base: string): Failure => {
  const chain = causes(error)
  const why = chain.find((cause) => cause.code !== undefined)?.code ?? chain.at(-1)?.message ?? "no answer within 10 s"
  return new Failure({
    message: `No gateway answers at ${base} (${why}).`,
    next: "Start one: orelse serve — or say where it is: --url http://host:4100"
  })
}

/** A proxy's own page, or another program's. */
const another = (base: string): Failure =>
  new Failure({
    message: `What answers at ${base} is no gateway of Orelse.`,
    next: "Say where it is: --url http://host:4100"
  })

/** Where a key is set, this machine needs it too. */
const nextOf: Readonly<Record<number, string>> = {
  401: "Give the gateway's admin key (server.adminKey) as $ORELSE_ADMIN_KEY.",
  403: "Give the gateway's admin key (server.adminKey) as $ORELSE_ADMIN_KEY or, where it has none, ask from its own machine."
}

const elsewhere = "Say where the gateway is: --url http://host:4100"

const refused = (response: { readonly status: number; readonly text: string }, base: string): Failure => {
  const message = Json.string(Json.at(Json.parse(response.text), "error", "message"))
  // A gateway says why.
  const next = nextOf[response.status] ?? (message === undefined ? elsewhere : undefined)
  return new Failure({
    message: `${base} answered ${response.status}${message === undefined ? "" : `: ${message}`}`,
    next
  })
}
