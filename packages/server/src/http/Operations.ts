/**
 * What operators and load balancers ask: alive, ready, metrics.
 */
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import { Ledger, type Status as LedgerStatus } from "@orelse/core/layer/Ledger"
import { Telemetry } from "@orelse/core/layer/Telemetry"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type { IncomingMessage } from "node:http"
import { Sharing, type Status } from "../state/Sharing.ts"
import * as Exposition from "../workers/Exposition.ts"
import { Peers } from "../workers/Peers.ts"
import * as AdminAccess from "./AdminAccess.ts"
import { Gateway } from "./Gateway.ts"

/** The operational routes. */
export const layer = HttpRouter.use((router) =>
  Effect.gen(function* () {
    const gateway = yield* Gateway
    const ledger = yield* Ledger
    const telemetry = yield* Telemetry
    const peers = yield* Peers
    const sharing = yield* Sharing
    yield* router.add("GET", "/health/live", HttpServerResponse.jsonUnsafe({ status: "live" }))
    yield* router.add(
      "GET",
      "/health/ready",
      Effect.suspend(() => ready(gateway, ledger, sharing))
    )
    yield* router.add(
      "GET",
      "/metrics",
      Effect.flatMap(hidden(gateway), (refused) =>
        refused === undefined
          ? Effect.map(metrics(telemetry, peers), (text) =>
              HttpServerResponse.text(text, { contentType: "text/plain; version=0.0.4" })
            )
          : Effect.succeed(HttpServerResponse.text(refused.message, { status: refused.status }))
      )
    )
  })
)

/** Metrics name providers: where callers must not know them, they are for whoever may use the admin endpoints. */
const hidden = (gateway: Gateway["Service"]) =>
  Effect.map(HttpServerRequest, (request) => {
    const { adminKey, sanitize } = gateway.current().config.server
    if (!sanitize) return undefined
    return AdminAccess.refusal(NodeHttpServerRequest.toIncomingMessage(request) as IncomingMessage, adminKey)
  })

/** Of this process, or of all workers, told apart by the label `worker`. */
const metrics = (telemetry: Telemetry["Service"], peers: Peers): Effect.Effect<string> => {
  const { number } = peers
  if (number === undefined) return Effect.sync(() => telemetry.prometheus())
  return Effect.map(peers.ask({ _tag: "metrics" }), (others) =>
    Exposition.merge([...others, { worker: number, text: telemetry.prometheus() }])
  )
}

/**
 * Ready when something can answer, and no longer once draining, or while calls wait for a record that has no room anywhere. What is wrong
 * besides (a ledger or Redis that is away, a new configuration that was refused) is said, and is no reason not to serve.
 */
const ready = (gateway: Gateway["Service"], ledger: Ledger["Service"], sharing: () => Status) =>
  Effect.map(ledger.status, (status) => {
    const enabled = [...gateway.current().providers.values()].filter((provider) => provider.disabled === undefined)
    const state = whyNot(gateway.draining(), enabled.length, status) ?? "ready"
    return HttpServerResponse.jsonUnsafe(
      { status: state, configuration: gateway.configuration(), ledger: status, state: sharing() },
      { status: state === "ready" ? 200 : 503 }
    )
  })

const whyNot = (isDraining: boolean, enabled: number, ledger: LedgerStatus): string | undefined => {
  if (isDraining) return "draining"
  if (enabled === 0) return "no provider is enabled"
  return ledger.full === true
    ? "calls wait, for neither the ledger's store nor its spool takes more; make room on the disk"
    : undefined
}
