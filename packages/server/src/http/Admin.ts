/**
 * What is configured, how targets are, and what was called: JSON for operators and for `orelse targets`, `orelse calls`.
 *
 * Read-only but for the reset of a target, the reload of the configuration and the restart of workers. Secrets are never part of an answer.
 */
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import * as TargetName from "@orelse/core/domain/TargetName"
import { encodeRoute } from "@orelse/core/layer/config/Config"
import { Ledger } from "@orelse/core/layer/Ledger"
import { Health } from "@orelse/core/target/Health"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerError from "effect/http/HttpServerError"
import { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type { IncomingMessage } from "node:http"
import * as AdminAccess from "./AdminAccess.ts"
import { Peers } from "../workers/Peers.ts"
import * as Filters from "./Filters.ts"
import { Gateway, type Loaded } from "./Gateway.ts"
import * as Targets from "./Targets.ts"

/** The admin routes. */
export const layer = HttpRouter.use((router) =>
  Effect.gen(function* () {
    const gateway = yield* Gateway
    const health = yield* Health
    const ledger = yield* Ledger
    const peers = yield* Peers
    const guard = guarded(gateway)
    yield* router.add(
      "GET",
      "/admin/routes",
      guard(() => Effect.succeed(ok({ routes: routes(gateway.current()) })))
    )
    yield* router.add(
      "GET",
      "/admin/routes/:name",
      guard(({ params }) => Effect.succeed(route(gateway.current(), params["name"] ?? "")))
    )
    yield* router.add(
      "GET",
      "/admin/targets",
      guard(() =>
        Effect.map(Clock.currentTimeMillis, (now) => ok({ targets: targets(gateway.current(), health, now) }))
      )
    )
    yield* router.add(
      "POST",
      "/admin/targets/:provider/*",
      guard((asked) => reset(health, peers, asked))
    )
    yield* router.add(
      "GET",
      "/admin/calls",
      guard(({ query }) => calls(ledger, query))
    )
    yield* router.add(
      "GET",
      "/admin/calls/:id",
      guard(({ params }) => call(ledger, params["id"] ?? ""))
    )
    yield* router.add(
      "GET",
      "/admin/failures",
      guard(({ query }) => failures(ledger, query))
    )
    yield* router.add(
      "POST",
      "/admin/reload",
      guard(() => reload(gateway, peers))
    )
    yield* router.add(
      "POST",
      "/admin/restart",
      guard(() => Effect.map(peers.restart, restarted))
    )
  })
)

interface Asked {
  readonly request: HttpServerRequest
  readonly params: Readonly<Record<string, string | undefined>>
  readonly query: URLSearchParams
}

type Answer = Effect.Effect<HttpServerResponse.HttpServerResponse, HttpServerError.HttpServerError>

const guarded = (gateway: Gateway["Service"]) => (answer: (asked: Asked) => Answer) =>
  Effect.gen(function* () {
    const request = yield* HttpServerRequest
    const incoming = NodeHttpServerRequest.toIncomingMessage(request) as IncomingMessage
    const refused = AdminAccess.refusal(incoming, gateway.current().config.server.adminKey)
    if (refused !== undefined) return failed(refused.status, refused.message)
    const params = yield* HttpRouter.params
    return yield* answer({ request, params, query: new URL(incoming.url ?? "/", "http://localhost").searchParams })
  })

const ok = (body: unknown) => HttpServerResponse.jsonUnsafe(body)

const failed = (status: number, message: string) =>
  HttpServerResponse.jsonUnsafe(
    { error: { message, type: "invalid_request_error", param: null, code: null } },
    { status }
  )

const routes = (loaded: Loaded) =>
  [...loaded.config.routes.values()].map(({ name, policy, source }) => ({ name, policy: policy.name, source }))

const route = (loaded: Loaded, name: string) => {
  const found = loaded.config.routes.get(name)
  if (found === undefined) return failed(404, `no route "${name}"; GET /admin/routes lists them`)
  const { policies } = loaded.config
  const encoded = Result.getOrElse(encodeRoute(found.route, { policies }), (why) => why)
  return ok({ name, policy: found.policy.name, source: found.source, route: encoded })
}

/** Everything that has a record of failures, and every target of a route as healthy where it has none. */
const targets = (loaded: Loaded, health: Health["Service"], now: number) => {
  const rows = health.rows(now)
  const known = new Set(rows.map((row) => `${row.provider}/${row.model ?? "*"}`))
  const named = new Set([...loaded.config.routes.values()].flatMap(({ route }) => Targets.of(route)))
  const quiet = [...named]
    .filter((id) => !known.has(id))
    .flatMap((id) => {
      const target = TargetName.split(id)
      if (target === undefined) return []
      const disabled = loaded.providers.get(target.provider)?.disabled
      return [{ ...target, state: disabled === undefined ? "healthy" : "disabled", failures: 0, why: disabled }]
    })
  return [...rows.map((row) => ({ ...row, model: row.model ?? "*" })), ...quiet]
}

/** A model's name may hold slashes, written as they are or encoded. */
const resets = /^(.+)\/reset$/

const reset = (health: Health["Service"], peers: Peers, { params, request }: Asked): Answer => {
  const { "*": rest = "", provider = "" } = params
  const model = resets.exec(rest)?.[1]
  if (model === undefined) return Effect.fail(noRoute(request))
  const wasKnown = health.reset(provider, model)
  return Effect.map(peers.ask({ _tag: "reset", provider, model }), (replies) =>
    ok({ provider, model, wasKnown: wasKnown || replies.some(({ text }) => text === "true") })
  )
}

const noRoute = (request: HttpServerRequest) =>
  new HttpServerError.HttpServerError({ reason: new HttpServerError.RouteNotFound({ request }) })

/** Answers that no rule knew: one fixture a line, as `errors.jsonl` holds them. */
const failures = (ledger: Ledger["Service"], query: URLSearchParams): Answer => {
  const filter = Filters.failures(query)
  if (typeof filter === "string") return Effect.succeed(failed(400, filter))
  return ledger.failures(filter).pipe(
    Effect.map((lines) =>
      HttpServerResponse.text(lines.map((line) => `${line}\n`).join(""), { contentType: "application/jsonl" })
    ),
    Effect.catch((error) => Effect.succeed(failed(503, error.message)))
  )
}

const calls = (ledger: Ledger["Service"], query: URLSearchParams): Answer => {
  const filter = Filters.calls(query)
  if (typeof filter === "string") return Effect.succeed(failed(400, filter))
  return ledger.calls(filter).pipe(
    Effect.map(ok),
    Effect.catch((error) => Effect.succeed(failed(503, error.message)))
  )
}

const call = (ledger: Ledger["Service"], id: string): Answer =>
  ledger.call(id).pipe(
    Effect.map((found) => (found === undefined ? failed(404, `no call ${id} on record`) : ok(found))),
    Effect.catch((error) => Effect.succeed(failed(503, error.message)))
  )

/** Answers once every worker has taken it, so that a call right after finds the new configuration wherever it arrives. */
const reload = (gateway: Gateway["Service"], peers: Peers): Answer =>
  gateway.reload.pipe(
    Effect.tap((outcome) => (outcome.taken ? peers.ask({ _tag: "reload" }) : Effect.void)),
    Effect.map((outcome) => HttpServerResponse.jsonUnsafe(outcome, { status: outcome.taken ? 200 : 422 }))
  )

const restarted = (isAsked: boolean) =>
  isAsked
    ? HttpServerResponse.jsonUnsafe({ status: "workers are replaced one by one" }, { status: 202 })
    : failed(409, "this gateway is one process; start it with orelse serve --workers N to restart it while it serves")
