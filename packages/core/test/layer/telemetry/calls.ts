/** Made-up finished calls. */
import type { Attempt } from "@orelse/core/domain/Attempt"
import type { CallEnd, CallStart } from "@orelse/core/layer/Ledger"
import type { EndedCall } from "@orelse/core/layer/Telemetry"

export const attempt = (ordinal: number, more: Partial<Attempt> = {}): Attempt => ({
  ordinal,
  provider: "openai",
  model: "gpt-5.2",
  credential: "main",
  startedAt: 1_763_700_000_010,
  waitedBeforeMs: 0,
  outcome: "answered",
  durationMs: 120,
  connectMs: 3,
  firstContentMs: 80,
  status: 200,
  usage: { inputTokens: 100, outputTokens: 20, cachedTokens: 40 },
  costUsd: 0.002,
  costBasis: "estimated",
  ...more
})

export const ended = (
  more: {
    readonly start?: Partial<CallStart>
    readonly end?: Partial<CallEnd>
    readonly attempts?: ReadonlyArray<Attempt>
  } = {}
): EndedCall => ({
  start: {
    _tag: "CallStart",
    id: "019a0000-1111-7222-8333-444455556666",
    startedAt: 1_763_700_000_000,
    route: "smart",
    model: "smart",
    operation: "chat",
    dialect: "openai-chat",
    stream: true,
    metadata: { run: "run-1", session: "s-1" },
    ...more.start
  },
  end: {
    _tag: "CallEnd",
    id: "019a0000-1111-7222-8333-444455556666",
    endedAt: 1_763_700_000_200,
    outcome: "answered",
    status: 200,
    served: { provider: "openai", model: "gpt-5.2", credential: "main" },
    attempts: 1,
    fellBack: false,
    firstContentMs: 90,
    durationMs: 200,
    overheadMs: 0.4,
    usage: { inputTokens: 100, outputTokens: 20, cachedTokens: 40 },
    costUsd: 0.002,
    costBasis: "estimated",
    ...more.end
  },
  attempts: more.attempts ?? [attempt(1)]
})

/** A call whose first attempt was rate limited. */
export const fellBack = ended({
  attempts: [
    attempt(1, {
      provider: "bedrock",
      model: "claude",
      outcome: "failed",
      reason: "RateLimited",
      status: 429,
      action: "nextTarget",
      message: "slow down",
      usage: undefined,
      costUsd: undefined,
      costBasis: "unknown"
    }),
    attempt(2)
  ],
  end: { attempts: 2, fellBack: true }
})
