/**
 * One request of a caller, from its head to the end of its answer, and what is known of it by then. Every part of the way through the
 * gateway gets the same one.
 */
import type { Call } from "@orelse/core/domain/Call"
import type { JsonObject } from "@orelse/core/domain/Json"
import type * as Scope from "effect/Scope"
import type { IncomingMessage, ServerResponse } from "node:http"
import type { Admission } from "../callers/Admission.ts"
import type { Caller } from "../callers/Caller.ts"
import type { Dialect } from "../dialects/Dialect.ts"
import type { Gateway, Loaded } from "./Gateway.ts"
import type * as Reply from "./Reply.ts"

/** How a dialect says a count of tokens. */
export type Count = (tokens: number) => JsonObject

/** What the address of a request says that others have in the body (Gemini names its model in the path). */
export interface Endpoint {
  readonly dialect: Dialect
  readonly operation: Call["operation"]
  readonly model?: string | undefined
  readonly stream?: boolean | undefined
  /** The caller only wants to know how many tokens it would be. */
  readonly count?: Count | undefined
}

/** @see the head of this file */
export interface Visit {
  readonly gateway: Gateway["Service"]
  readonly loaded: Loaded
  readonly endpoint: Endpoint
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** `undefined` where there are no callers. */
  readonly caller: Caller | undefined
  /** That of its call. */
  readonly scope: Scope.Closeable
  /** Of its call, also where there never is one; empty until the body has come. */
  id: string
  /** What its answer says in its head so far: where its caller stands. Who answers adds to it. */
  head: Reply.Pairs
  /** What its call asked for at the gate, and took. */
  admission: Admission | undefined
}
