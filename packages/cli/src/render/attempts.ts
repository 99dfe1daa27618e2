/**
 * Attempts as `orelse call` shows them on standard error: one line each, and one for how the call ended.
 */
import type { Served } from "@orelse/core/domain/Answer"
import type { Attempt } from "@orelse/core/domain/Attempt"
import { duration, type Style, visible } from "./text.ts"

/** `2. openai/gpt-5 (main): RateLimited 429, asked to wait 2 s, after 310 ms → nextTarget: slow down` */
export const attempt = (ended: Attempt, style: Style): string => {
  const one = visible(ended)
  const waited = one.waitedBeforeMs > 0 ? `waited ${duration(one.waitedBeforeMs)}, ` : ""
  const who = `${one.ordinal}. ${one.provider}/${one.model}${one.credential === "none" ? "" : ` (${one.credential})`}`
  const took = `${waited}${duration(one.durationMs)}`
  if (one.outcome === "answered") return `${who}: ${style.good("answered")}, ${took}${tokens(one)}`
  if (one.outcome === "cancelled") return `${who}: ${style.warn("cancelled")}, ${took}`
  const reason = [one.reason ?? "failed", one.status].filter((part) => part !== undefined).join(" ")
  const asked = one.retryAfterMs === undefined ? "" : `, asked to wait ${duration(one.retryAfterMs)}`
  const then = one.action === undefined ? "" : ` → ${one.action}`
  const message = one.message === undefined || one.message === "" ? "" : style.dim(`: ${one.message}`)
  return `${who}: ${style.bad(reason)}${asked}, ${took}${then}${message}`
}

const tokens = ({ costUsd, usage }: Attempt): string => {
  const counted =
    usage?.inputTokens === undefined && usage?.outputTokens === undefined
      ? ""
      : `, ${usage.inputTokens ?? "?"} + ${usage.outputTokens ?? "?"} tokens`
  return costUsd === undefined || costUsd === 0 ? counted : `${counted}, ${costUsd.toFixed(6)} USD`
}

/** `served by openai/gpt-5 after 2 attempts (fell back)` */
export const served = (by: Served): string => {
  const attempts = by.attempts === 1 ? "1 attempt" : `${by.attempts} attempts`
  const repairs = by.repairs.length === 0 ? "" : `, repaired by ${by.repairs.join(", ")}`
  return `served by ${by.provider}/${by.model} after ${attempts}${by.fellBack ? " (fell back)" : ""}${repairs}`
}
