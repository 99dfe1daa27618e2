/**
 * A call that was only supposed, attempt by attempt: who is asked when, what follows, and what the caller gets.
 */
import type { Attempt, NextAction } from "@orelse/core/domain/Attempt"
import type { Tag } from "@orelse/core/domain/Reason"
import type { Walk } from "@orelse/core/route/Walk"
import * as ErrorResponse from "@orelse/server/http/ErrorResponse"
import { columns, count, duration, type Style } from "./text.ts"

/** One line an attempt, then how the call ends. */
export const text = (name: string, on: Tag, walk: Walk, style: Style): string =>
  [
    `${style.bold(name)}, where every attempt ends in ${on}`,
    columns(
      walk.attempts.map((attempt) => [style.dim(`at ${duration(attempt.startedAt)}`), who(attempt), what(attempt)]),
      "  "
    ),
    ...walk.skipped.map((skipped) => `  ${skipped.provider}/${skipped.model} is not asked: ${skipped.why}`),
    ending(walk)
  ]
    .filter((line) => line !== "")
    .join("\n")

/** For programs; times are milliseconds from the start of the call. */
export const data = (name: string, on: Tag, walk: Walk): object => {
  return {
    model: name,
    on,
    attempts: walk.attempts.map(
      ({ action, credential, durationMs, model, ordinal, provider, reason, startedAt, waitedBeforeMs }) => ({
        ordinal,
        provider,
        model,
        credential,
        startedAtMs: startedAt,
        waitedBeforeMs,
        durationMs,
        reason,
        action
      })
    ),
    skipped: walk.skipped,
    tookMs: walk.tookMs,
    answer: answerOf(walk)
  }
}

const who = ({ credential, model, ordinal, provider }: Attempt): string =>
  `${ordinal}. ${provider}/${model}${credential === "none" ? "" : ` (${credential})`}`

const what = ({ action, durationMs, reason, status, waitedBeforeMs }: Attempt): string => {
  const waited = waitedBeforeMs > 0 ? `waited ${duration(waitedBeforeMs)}, ` : ""
  const took = durationMs > 0 ? ` after ${duration(durationMs)}` : ""
  const failed = [reason ?? "failed", status].filter((part) => part !== undefined).join(" ")
  return `${waited}${failed}${took} → ${words(action)}`
}

const words = (action: NextAction | undefined): string => {
  switch (action) {
    case "retry":
      return "again, after a wait"
    case "nextCredential":
      return "next credential"
    case "nextTarget":
      return "next target"
    case "abort":
    case undefined:
      return "fails"
    default:
      return `again, with ${action.slice("repair:".length)}`
  }
}

const ending = (walk: Walk): string => {
  const { message, retryAfter, status } = answerOf(walk)
  const made = `${count(walk.attempts.length, "attempt")} in ${duration(walk.tookMs)}`
  const after = retryAfter === undefined ? "" : ` with retry-after: ${retryAfter}`
  return `The caller gets ${status}${after} after ${made}: ${message}`
}

/** What a caller of the gateway gets. */
const answerOf = ({ error }: Walk) => {
  const { facts, headers } = ErrorResponse.of(error)
  const retryAfter = headers["retry-after"]
  return {
    status: facts.status,
    code: facts.code,
    reason: error.reason._tag,
    message: facts.message,
    ...(retryAfter === undefined ? {} : { retryAfter })
  }
}
