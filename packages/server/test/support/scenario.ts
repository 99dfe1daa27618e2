/**
 * A gateway before two scripted providers, for the scenarios of how providers go wrong: each call is held against what the providers saw
 * and what the ledger says, whatever came of it.
 */
import { assert } from "@effect/vitest"
import type { CallStory } from "@orelse/core/layer/Ledger"
import type { Caller, Seen } from "./callers.ts"
import * as Gateway from "./gateway.ts"
import * as ScriptedServer from "./ScriptedServer.ts"
import type { RecordedRequest, Script } from "./ScriptedServer.ts"

/** What a call came to: as the caller saw it, and as it is on record. */
export interface Outcome {
  readonly seen: Seen
  readonly story: CallStory
}

export interface World {
  readonly first: ScriptedServer.ScriptedServer
  readonly second: ScriptedServer.ScriptedServer
  readonly gateway: Gateway.TestGateway
  /** Asks the route `alone` (the first provider) or `both` (the second after it). */
  readonly call: (
    model: "alone" | "both",
    scripts: { readonly first: Script; readonly second?: Script }
  ) => Promise<Outcome>
  /** As if nothing had happened. */
  readonly reset: () => void
  readonly close: () => Promise<void>
}

const url = (protocol: string, base: string) => `${base}${protocol.startsWith("openai") ? "/v1" : ""}`

/** What the calls' policy says otherwise. */
interface Patience {
  readonly deadline: string
  readonly connect: string
  readonly firstContent: string
  readonly idle: string
}

const impatient: Patience = { deadline: "8s", connect: "1s", firstContent: "600ms", idle: "500ms" }

/** The first provider's output costs 1 USD a thousand tokens, the second's 2; input costs nothing. */
const configuration = (
  [one, first]: readonly [string, string],
  [two, second]: readonly [string, string],
  { connect, deadline, firstContent, idle }: Patience
): string => `
providers:
  first: { protocol: ${one}, url: "${url(one, first)}", keys: [a], models: { m: { inputPrice: 0, outputPrice: 1000 } } }
  second: { protocol: ${two}, url: "${url(two, second)}", keys: [b], models: { m: { inputPrice: 0, outputPrice: 2000 } } }
policies:
  quick:
    from: recommended
    deadline: ${deadline}
    timeouts: { connect: ${connect}, firstContent: ${firstContent}, idle: ${idle}, total: 60s }
    backoff: { initial: 20ms }
routes:
  alone: { try: [first/m], policy: quick }
  both: { try: [first/m, second/m], policy: quick }
`

/** Starts all three; the providers speak these protocols. */
export const start = async (
  caller: Caller,
  [one, two]: readonly [string, string],
  options?: Gateway.Options,
  patience: Patience = impatient
): Promise<World> => {
  const [first, second] = await Promise.all([ScriptedServer.start(), ScriptedServer.start()])
  const yaml = configuration([one, first.url], [two, second.url], patience)
  const gateway = await Gateway.start(yaml, {}, undefined, options)
  return {
    first,
    second,
    gateway,
    call: async (model, scripts) => {
      first.use(scripts.first)
      second.use(scripts.second ?? [])
      const before = [first.requests.length, second.requests.length] as const
      const seen = await caller.stream(gateway.url, model)
      const requests = [...first.requests.slice(before[0]), ...second.requests.slice(before[1])]
      const story = (await gateway.stories())[0]
      assert.isDefined(story)
      assertConsistent(seen, story, requests)
      return { seen, story }
    },
    reset: () => {
      for (const server of [first, second]) server.forget()
      for (const name of ["first", "second"]) gateway.health.reset(name, "m")
    },
    close: async () => {
      await gateway.close()
      await Promise.all([first.close(), second.close()])
    }
  }
}

/** What holds of every call: the record tells what the caller saw and what the providers were asked, one after the other. */
const assertConsistent = (seen: Seen, story: CallStory, requests: ReadonlyArray<RecordedRequest>): void => {
  const { attempts } = story
  const inOrder = requests.toSorted((a, b) => a.at - b.at)
  assert.strictEqual(story.call.outcome, seen.error === undefined ? "answered" : "failed")
  assert.strictEqual(attempts.length, requests.length)
  assert.deepStrictEqual(
    attempts.slice(0, -1).map((attempt) => attempt.outcome),
    attempts.slice(0, -1).map(() => "failed")
  )
  assert.strictEqual(attempts.at(-1)?.outcome, story.call.outcome)
  if (story.call.outcome === "answered") assert.strictEqual(story.call.served?.provider, attempts.at(-1)?.provider)
  for (const [index, request] of inOrder.entries()) {
    const next = inOrder[index + 1]
    if (next === undefined) continue
    // A failed attempt is over before the next begins, which keeps the wait that is on record.
    assert.isAtMost(request.endedAt ?? Number.POSITIVE_INFINITY, next.at + 20)
    assert.isAtLeast(next.at - request.at, (attempts[index + 1]?.waitedBeforeMs ?? 0) - 2)
  }
}
