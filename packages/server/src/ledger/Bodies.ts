/**
 * What is kept of requests and answers: nothing, or all of them without secrets. Decided before an entry is queued, so that
 * neither store nor spool ever holds more.
 */
import * as Redaction from "@orelse/core/domain/Redaction"
import type { Entry } from "@orelse/core/layer/Ledger"

/** The entry as it may be stored. @stability experimental @category combinators @since 0.1.0 */
export const kept = (entry: Entry, bodies: "none" | "full"): Entry => {
  if (entry._tag === "CallStart" && entry.requestBody !== undefined)
    return { ...entry, requestBody: bodyOf(entry.requestBody, bodies) }
  if (entry._tag === "CallEnd" && entry.responseBody !== undefined)
    return { ...entry, responseBody: bodyOf(entry.responseBody, bodies) }
  return entry
}

const bodyOf = (body: string, bodies: "none" | "full"): string | undefined =>
  bodies === "full" ? Redaction.secrets(body) : undefined
