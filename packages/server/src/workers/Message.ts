/**
 * What the primary process and its workers say to each other, over the channel that `node:cluster` gives them.
 *
 * Both ends are this program in the same version. What comes over the channel and is no message of ours (Node sends some of its
 * own) is left alone.
 */

/** What one worker asks of all others, by way of the primary. @stability experimental @category models @since 0.1.0 */
export type Question =
  /** Read the configuration again. */
  | { readonly _tag: "reload" }
  /** The text of its `/metrics`. */
  | { readonly _tag: "metrics" }
  /** Forget what is known of a target. */
  | { readonly _tag: "reset"; readonly provider: string; readonly model: string }

/** What a worker answered. @stability experimental @category models @since 0.1.0 */
export interface Reply {
  /** Its number, from 1. */
  readonly worker: number
  readonly text: string
}

/** From the primary to a worker. @stability experimental @category models @since 0.1.0 */
export type ToWorker =
  /** Drain and end, with the whole gateway. */
  | { readonly orelse: "stop" }
  /** Drain and end; another worker has taken over. */
  | { readonly orelse: "retire" }
  | { readonly orelse: "question"; readonly id: number; readonly question: Question }
  | { readonly orelse: "replies"; readonly id: number; readonly replies: ReadonlyArray<Reply> }

/** From a worker to the primary. @stability experimental @category models @since 0.1.0 */
export type ToPrimary =
  | { readonly orelse: "ready"; readonly address: string }
  | { readonly orelse: "failed"; readonly message: string; readonly next: string | undefined }
  /** Replace all workers, one by one. */
  | { readonly orelse: "restart" }
  | { readonly orelse: "ask"; readonly id: number; readonly question: Question }
  | { readonly orelse: "reply"; readonly id: number; readonly text: string }

const isOurs = (message: unknown): message is { readonly orelse: string } =>
  typeof message === "object" && message !== null && "orelse" in message && typeof message.orelse === "string"

/** Whether it is for a worker. @stability experimental @category guards @since 0.1.0 */
export const isToWorker = (message: unknown): message is ToWorker =>
  isOurs(message) && ["stop", "retire", "question", "replies"].includes(message.orelse)

/** Whether it is for the primary. @stability experimental @category guards @since 0.1.0 */
export const isToPrimary = (message: unknown): message is ToPrimary =>
  isOurs(message) && ["ready", "failed", "restart", "ask", "reply"].includes(message.orelse)
