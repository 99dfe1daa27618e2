/** Entries of made-up calls, and a folder that goes away: what the tests of the ledger write. */
import type { Attempt } from "@orelse/core/domain/Attempt"
import type { AppEvent, CallEnd, CallStart, Entry } from "@orelse/core/layer/Ledger"
import * as Effect from "effect/Effect"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** An id like those of calls, in the order of `n`. */
export const idOf = (n: number): string => `01980000-0000-7000-8000-${String(n).padStart(12, "0")}`

/** One object, as the router tells it of a call and of its attempt. */
const usage = { inputTokens: 100, outputTokens: 20, cachedTokens: 40, reasoningTokens: 5 }

export const callStart = (n: number, more: Partial<CallStart> = {}): CallStart => ({
  _tag: "CallStart",
  id: idOf(n),
  startedAt: 1_763_700_000_000 + n,
  route: "smart",
  model: "smart",
  operation: "chat",
  dialect: "openai-chat",
  stream: false,
  ...more
})

export const attempt = (ordinal: number, more: Partial<Attempt> = {}): Attempt => ({
  ordinal,
  provider: "openai",
  model: "gpt-5.2",
  credential: "main",
  startedAt: 1_763_700_000_010,
  waitedBeforeMs: 0,
  outcome: "answered",
  durationMs: 120.5,
  connectMs: 3,
  firstContentMs: 80,
  status: 200,
  requestId: "req_1",
  usage,
  costUsd: 0.002,
  costBasis: "estimated",
  ...more
})

export const callEnd = (n: number, more: Partial<CallEnd> = {}): CallEnd => ({
  _tag: "CallEnd",
  id: idOf(n),
  endedAt: 1_763_700_000_200 + n,
  outcome: "answered",
  status: 200,
  served: { provider: "openai", model: "gpt-5.2", credential: "main" },
  attempts: 1,
  fellBack: false,
  firstContentMs: 90,
  durationMs: 200,
  overheadMs: 0.4,
  usage,
  costUsd: 0.002,
  costBasis: "estimated",
  ...more
})

/** All entries of a call that fell back once (every third) or was answered at once. */
export const wholeCall = (n: number): ReadonlyArray<Entry> => {
  const start = callStart(n, { metadata: { run: `run-${n % 5}`, application: "tests", seed: n % 7 }, tags: ["t"] })
  const failed = attempt(1, {
    outcome: "failed",
    status: 429,
    reason: "RateLimited",
    action: "nextTarget",
    retryAfterMs: 1500
  })
  const attempts = n % 3 === 0 ? [failed, attempt(2, { provider: "mine", model: "llama-4" })] : [attempt(1)]
  return [
    start,
    ...attempts.flatMap((attempt): ReadonlyArray<Entry> => [
      {
        _tag: "AttemptStart",
        callId: start.id,
        ordinal: attempt.ordinal,
        provider: attempt.provider,
        model: attempt.model,
        credential: attempt.credential,
        startedAt: attempt.startedAt,
        waitedBeforeMs: attempt.waitedBeforeMs
      },
      { _tag: "AttemptEnd", callId: start.id, attempt }
    ]),
    callEnd(n, { attempts: attempts.length, fellBack: attempts.length > 1 })
  ]
}

export const appEvent = (n: number, more: Partial<AppEvent> = {}): AppEvent => ({
  _tag: "AppEvent",
  id: `event-${n}`,
  at: 1_763_700_000_000 + n,
  type: "step:start",
  metadata: { run: "run-1", step: "plan" },
  ...more
})

/** A folder of its own, deleted with the scope. */
export const temporaryFolder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "orelse-ledger-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)
