/**
 * Scores the classifier over the recorded answers (`test/fixtures/errors.jsonl`): used by the test that holds the scores and by
 * `npm run classify-report`.
 */
import { readFileSync } from "node:fs"
import * as Duration from "effect/Duration"
import type { ProtocolId } from "../../../src/domain/Dialect.ts"
import * as Reason from "../../../src/domain/Reason.ts"
import * as Failure from "../../../src/provider/Failure.ts"
import { kinds } from "../../../src/provider/failure/Kinds.ts"
import type { RuleSet } from "../../../src/provider/failure/RuleSet.ts"

/** One recorded answer with its label. */
export interface Fixture {
  readonly id: string
  readonly provider: string
  readonly transport: "http" | "sse" | "network"
  readonly status: number | null
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
  readonly body_form: string
  readonly expected: { readonly kind: string; readonly retry_after_ms: number | null }
  readonly accept_kinds?: ReadonlyArray<string>
  readonly retry_after_accept?: ReadonlyArray<number | null>
}

/** How one answer was read. */
export interface Scored {
  readonly fixture: Fixture
  readonly reason: Reason.Reason
  readonly kind: string
  readonly wait: number | undefined
  readonly strict: boolean
  readonly lenient: boolean
  readonly waitRight: boolean
}

const protocols: Readonly<Record<string, ProtocolId>> = {
  anthropic: "anthropic-messages",
  gemini: "gemini",
  vertex: "gemini",
  bedrock: "bedrock-converse",
  azure: "azure-openai",
  cohere: "cohere",
  ollama: "ollama"
}

/** The clock of the report; the fixtures name no date that a wait is counted from, except where a `date` header stands beside it. */
export const now = Date.UTC(2026, 7, 1)

/**
 * `errors`: the recorded answers, which taught the rules. `found`: answers looked up later in public threads, cassettes and
 * documentation, and labelled before the rules had read them (`seen: quoted`, or `recalled` where only the wording is known).
 * `wordings`: messages of documentation and clients, known since the first rules.
 */
export const load = (file: "errors" | "found" | "wordings" = "errors"): ReadonlyArray<Fixture> =>
  readFileSync(new URL(`../../fixtures/${file}.jsonl`, import.meta.url), "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as Fixture)

export const toInput = (fixture: Fixture, family: string = fixture.provider): Failure.Input => ({
  // A rule may name a provider by its own name: where the family is unknown, so is that.
  provider: family === fixture.provider ? fixture.provider : "somebody",
  family,
  protocol: protocols[fixture.provider] ?? "openai-chat",
  transport: fixture.transport === "sse" ? "stream" : fixture.transport,
  status: fixture.status ?? undefined,
  headers: fixture.headers,
  body: typeof fixture.body === "string" ? fixture.body : JSON.stringify(fixture.body),
  now
})

export const score = (fixture: Fixture, rules?: RuleSet, family?: string): Scored => {
  const reason = Failure.classify(toInput(fixture, family), rules)
  const kind = kinds[reason._tag]
  const retryAfter = Reason.retryAfterOf(reason)
  const wait = retryAfter === undefined ? undefined : Duration.toMillis(retryAfter)
  const waits = fixture.retry_after_accept ?? [fixture.expected.retry_after_ms]
  return {
    fixture,
    reason,
    kind,
    wait,
    strict: kind === fixture.expected.kind,
    lenient: kind === fixture.expected.kind || (fixture.accept_kinds ?? []).includes(kind),
    waitRight: waits.some((one) =>
      one === null ? wait === undefined : wait !== undefined && Math.abs(wait - one) <= 1
    )
  }
}

/** Fixtures whose body is not the words of the wire are left out of the scores. */
export const isScored = (fixture: Fixture): boolean => fixture.body_form !== "paraphrased"

export interface Totals {
  readonly cases: number
  readonly strict: number
  readonly lenient: number
  readonly waits: { readonly cases: number; readonly right: number; readonly invented: number }
}

export const totals = (scored: ReadonlyArray<Scored>): Totals => {
  const waiting = scored.filter(({ fixture }) => fixture.expected.retry_after_ms !== null)
  const count = (test: (one: Scored) => boolean) => scored.filter(test).length
  return {
    cases: scored.length,
    strict: count((one) => one.strict),
    lenient: count((one) => one.lenient),
    waits: {
      cases: waiting.length,
      right: waiting.filter((one) => one.waitRight).length,
      invented: count((one) => one.fixture.expected.retry_after_ms === null && !one.waitRight)
    }
  }
}
