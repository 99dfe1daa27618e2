/**
 * A caller hangs up, in every phase of a call, in every dialect, with a provider that speaks it and one that does not: the provider's
 * connection ends within 100 ms, nobody else is asked, what was held is given back, and the record says `cancelled`.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { setTimeout as sleep } from "node:timers/promises"
import { answer, refusal } from "../support/Answers.ts"
import { callers, type Caller } from "../support/callers.ts"
import * as Gateway from "../support/gateway.ts"
import { ask, type Leaving, unreachable, type Unreachable, until } from "../support/leaving.ts"
import * as ScriptedServer from "../support/ScriptedServer.ts"
import type { Script } from "../support/ScriptedServer.ts"
import { silent } from "../support/Step.ts"

const other = (caller: Caller) => (caller.protocol === "openai-chat" ? "anthropic-messages" : "openai-chat")
const base = (protocol: string, url: string) => `${url}${protocol.startsWith("openai") ? "/v1" : ""}`

/** The caller may have one call at a time: whatever a cancelled one kept would show in the next. */
const configuration = (protocol: string, first: string, second: string, nowhere: number) => `
providers:
  first: { protocol: ${protocol}, url: "${base(protocol, first)}", keys: [a], limits: { concurrency: 1 } }
  narrow: { protocol: ${protocol}, url: "${base(protocol, first)}", keys: [a], limits: { requests: 1/h } }
  second: { protocol: ${protocol}, url: "${base(protocol, second)}", keys: [b] }
  nowhere: { protocol: ${protocol}, url: "${base(protocol, `http://127.0.0.1:${nowhere}`)}", keys: [c] }
policies:
  patient:
    from: recommended
    deadline: 2h
    timeouts: { connect: 30s, firstContent: 1h, idle: 1h, total: 2h }
    backoff: { initial: 60s, jitter: none }
    retryAfter: { cap: 2h }
    on: { LimitReached: [retry], ServerError: [retry] }
routes:
  known: { try: [first/m, second/m], policy: patient }
  queued: { try: [narrow/m, second/m], policy: patient }
  lost: { try: [nowhere/m, second/m], policy: patient }
callers:
  - { name: team, key: team-key, limits: { concurrency: 1 } }
`

interface Phase {
  readonly says: string
  readonly model?: "queued" | "lost"
  readonly stream?: false
  readonly script?: Script
  /** Attempts that have failed by then. */
  readonly failed?: number
  /** Whether the phase is reached. */
  readonly reached: (world: World, call: Leaving) => boolean | Promise<boolean>
}

interface World {
  readonly first: ScriptedServer.ScriptedServer
  readonly second: ScriptedServer.ScriptedServer
  readonly nowhere: Unreachable
  readonly gateway: Gateway.TestGateway
}

const asked = ({ first }: World) => first.requests.length > 0
const told = ({ first }: World) => first.requests.some((request) => request.piecesSent > 0)
const hasFailed = async ({ gateway }: World) => (await gateway.calls())[0]?.attempts[0]?.outcome === "failed"
const words = Array.from({ length: 400 }, (_, index) => `w${index} `)

const phases: ReadonlyArray<Phase> = [
  { says: "waiting for our own limit", model: "queued", failed: 1, reached: hasFailed },
  { says: "connecting", model: "lost", reached: ({ nowhere }) => nowhere.tried() > 0 },
  {
    says: "connecting, for a whole answer",
    model: "lost",
    stream: false,
    reached: ({ nowhere }) => nowhere.tried() > 0
  },
  { says: "waiting for the headers", script: silent, reached: asked },
  { says: "waiting for the headers of a whole answer", stream: false, script: silent, reached: asked },
  { says: "waiting for the first content", script: answer({ cutAfter: 0, ending: "stall" }), reached: asked },
  { says: "sleeping between retries", script: refusal(500, "boom"), failed: 1, reached: hasFailed },
  {
    says: "in a stream that has stalled",
    script: answer({ texts: words, cutAfter: 3, ending: "stall" }),
    reached: (_, call) => call.said().includes("w2 ")
  },
  {
    says: "in a stream that goes on",
    script: answer({ texts: words }, { betweenMs: 2 }),
    reached: (_, call) => call.said().includes("w5 ")
  },
  {
    says: "reading a whole answer",
    stream: false,
    script: answer({ texts: words, ending: "stall" }),
    reached: told
  }
]

const assertHangUp = async (world: World, caller: Caller, phase: Phase): Promise<void> => {
  const { first, gateway, nowhere, second } = world
  const model = phase.model ?? "known"
  const call = await ask(gateway.url, caller.protocol, model, { key: "team-key", stream: phase.stream ?? true })
  await until(() => phase.reached(world, call), phase.says)
  const count = first.requests.length
  const leftAt = call.leave()
  await until(() => first.openRequests === 0 && nowhere.tried() === 0, "end of the provider's connection", 1_000)
  const closedAt = model === "known" ? (first.requests.at(-1)?.endedAt ?? 0) : performance.now()
  // The kernel's table is only looked at now and then; connecting would take 30 s.
  assert.isAtMost(closedAt - leftAt, model === "known" ? 100 : 500)
  const [row] = await until(async () => {
    const rows = await gateway.calls()
    return rows[0]?.call.outcome === "cancelled" && rows
  }, "call that is cancelled")
  assert.deepStrictEqual(
    row?.attempts.map((attempt) => attempt.outcome),
    phase.failed === undefined ? ["cancelled"] : ["failed"]
  )
  assert.strictEqual(gateway.limits.open(`first/${row?.attempts[0]?.credential ?? ""}`), 0)
  await sleep(30)
  assert.strictEqual(first.requests.length, count)
  assert.strictEqual(second.requests.length, 0)
}

for (const caller of callers) {
  for (const protocol of [caller.protocol, other(caller)]) {
    describe(`A caller of ${caller.name} that hangs up on ${protocol}`, () => {
      let world: World
      beforeAll(async () => {
        const [first, second, nowhere] = await Promise.all([
          ScriptedServer.start(),
          ScriptedServer.start(),
          unreachable()
        ])
        const gateway = await Gateway.start(configuration(protocol, first.url, second.url, nowhere.port))
        world = { first, second, nowhere, gateway }
        // The hour's one request of that limit.
        const call = await ask(gateway.url, caller.protocol, "narrow/m", { key: "team-key", stream: false })
        await until(() => call.said().includes("Hello"), "an answer")
        call.leave()
      })
      afterAll(async () => {
        await world.gateway.close()
        await Promise.all([world.first.close(), world.second.close(), world.nowhere.close()])
      })

      // A busy machine may itself take longer than 100 ms.
      it.each(phases)(
        "$says: ends the provider's connection, and is on record as cancelled",
        { retry: 2 },
        async (phase) => {
          world.first.use(phase.script ?? answer())
          world.first.forget()
          world.gateway.health.reset("first", "m")
          await assertHangUp(world, caller, phase)
        }
      )
    })
  }
}
