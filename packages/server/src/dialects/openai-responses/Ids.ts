/**
 * The ids of what an answer holds, where its provider gave none that this format knows.
 *
 * They are marked as ours: a caller sends items back with their ids, and no provider may be asked for an item that it never kept.
 */
import { mark } from "@orelse/core/provider/protocols/openai-responses/Returned"
import type { AnswerContext } from "../Dialect.ts"

/** The kinds of items, by the beginning of their ids. */
export type Kind = "msg" | "fc" | "rs" | "ig"

/** The id of an item. */
export const item = (kind: Kind, context: AnswerContext, at: number): string =>
  `${kind}_${mark}${context.callId.replaceAll("-", "")}${at}`

/** OpenAI's ids of responses begin so; the provider's own is kept where it does. */
export const response = (id: string | undefined, context: AnswerContext): string =>
  id?.startsWith("resp_") === true ? id : `resp_${context.callId}`
