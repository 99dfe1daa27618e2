/**
 * `@orelse/core`: an LLM call answers, or else falls back.
 *
 * Start at `Orelse` (one Layer, `run`, `stream`) and `Route` (what answers, and what answers or else). Everything else is a part to
 * look into or to put together yourself. `@orelse/core/testing` has scripted providers and the laws that every route keeps;
 * `@orelse/core/layer/LanguageModel` is the bridge to `effect/ai`.
 */
export * as Orelse from "./layer/Orelse.ts"

export * as Explain from "./route/Explain.ts"
export * as Route from "./route/Route.ts"
export * as Router from "./route/Router.ts"
export * as Walk from "./route/Walk.ts"

export * as Backoff from "./policy/Backoff.ts"
export * as Cooldown from "./policy/Cooldown.ts"
export * as Disposition from "./policy/Disposition.ts"
export * as RetryPolicy from "./policy/RetryPolicy.ts"

export * as Demo from "./provider/Demo.ts"
export * as Provider from "./provider/Provider.ts"
export * as Profiles from "./provider/profiles.ts"

export * as Health from "./target/Health.ts"
export * as Limits from "./target/Limits.ts"
export * as Recorder from "./target/Recorder.ts"

export * as Config from "./layer/config/Config.ts"
export * as Connections from "./layer/Connections.ts"
export * as Cost from "./layer/Cost.ts"
export * as Definition from "./layer/Definition.ts"
export * as Ledger from "./layer/Ledger.ts"
export * as LedgerMemory from "./layer/LedgerMemory.ts"
export * as Providers from "./layer/Providers.ts"
export * as Recording from "./layer/Recording.ts"
export * as StreamParts from "./layer/StreamParts.ts"
export * as Telemetry from "./layer/Telemetry.ts"

export type * as Answer from "./domain/Answer.ts"
export type * as Attempt from "./domain/Attempt.ts"
export type * as Call from "./domain/Call.ts"
export * as AttemptError from "./domain/AttemptError.ts"
export * as CallError from "./domain/CallError.ts"
export * as LibraryCall from "./domain/LibraryCall.ts"
export * as Reason from "./domain/Reason.ts"
export * as Redaction from "./domain/Redaction.ts"
export * as Request from "./domain/Request.ts"
export * as Response from "./domain/Response.ts"
export * as Usage from "./domain/Usage.ts"
