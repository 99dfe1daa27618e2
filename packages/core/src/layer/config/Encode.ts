/**
 * Prints a route as the configuration would say it: what `Routes.ts` decodes to the same tree.
 *
 * A retry by an Effect Schedule exists only in code; such a route cannot be printed, and says so.
 */
import * as Equal from "effect/Equal"
import * as Result from "effect/Result"
import type { Growth, Jitter } from "../../policy/Backoff.ts"
import type { RetryPolicy } from "../../policy/RetryPolicy.ts"
import type { Member, Route } from "../../route/Route.ts"
import { formatDuration } from "./schema/Scalar.ts"

/** Names that may stand instead of what they name. @stability stable @category models @since 0.1.0 */
export interface Names {
  readonly policies: ReadonlyMap<string, RetryPolicy>
}

type Encoded = Result.Result<unknown, string>

/**
 * The route as a plain value, ready to be written as YAML or JSON; or, in words, why it has no such form.
 *
 * @stability stable
 * @category encoding
 * @since 0.1.0
 */
export const encodeRoute = (route: Route, names: Names): Encoded => {
  const node = route.node
  switch (node._tag) {
    case "Target":
      return Result.succeed(`${node.provider}/${node.model}`)
    case "Named":
      return Result.succeed(node.name)
    case "OrElse":
      return encodeOrElse(node, names)
    case "Balance":
      return Result.map(collect(node.members.map((member) => encodeMember(member, names))), (across) => ({
        balance: node.strategy,
        across
      }))
    case "Retry":
      return wrap(node.route, names, { policy: encodePolicy(node.policy, names) })
    case "RetryWith":
      return Result.fail("a retry by a Schedule is code, and has no form in the configuration")
    case "Repair":
      return wrap(node.route, names, { repair: node.repair })
    case "Deadline":
      return wrap(node.route, names, { deadline: formatDuration(node.deadline) })
    case "Budget":
      return wrap(node.route, names, { attempts: node.attempts })
  }
}

const wrap = (inner: Route, names: Names, around: object): Encoded =>
  Result.map(encodeRoute(inner, names), (encoded) => ({ try: [encoded], ...around }))

/** A chain without reasons is one list; a fallback on some reasons stands by itself. */
const encodeOrElse = (node: Extract<Route["node"], { _tag: "OrElse" }>, names: Names): Encoded => {
  if (node.on !== undefined) {
    const { on } = node
    return Result.flatMap(encodeRoute(node.left, names), (left) =>
      Result.map(encodeRoute(node.right, names), (to) => ({ try: [left], orElse: { to, on } }))
    )
  }
  return Result.map(collect(chain(node.left, [node.right]).map((route) => encodeRoute(route, names))), (list) => ({
    try: list
  }))
}

const chain = (left: Route, after: ReadonlyArray<Route>): ReadonlyArray<Route> =>
  left.node._tag === "OrElse" && left.node.on === undefined
    ? chain(left.node.left, [left.node.right, ...after])
    : [left, ...after]

const encodeMember = (member: Member, names: Names): Encoded =>
  Result.map(encodeRoute(member.route, names), (target) => ({ target, weight: member.weight }))

const collect = (results: ReadonlyArray<Encoded>): Result.Result<ReadonlyArray<unknown>, string> => {
  const list: Array<unknown> = []
  for (const result of results) {
    if (Result.isFailure(result)) return Result.fail(result.failure)
    list.push(result.success)
  }
  return Result.succeed(list)
}

/**
 * By name where that is the same policy; else written out, field by field. By the name of one that makes a round of what it stands around
 * (`Presets.over`), the round that is there already would be another's.
 */
const encodePolicy = (policy: RetryPolicy, names: Names): unknown =>
  policy.report !== "chronicle" && Equal.equals(names.policies.get(policy.name), policy)
    ? policy.name
    : writePolicy(policy)

/**
 * A policy with every field, as `policies:` would say it.
 *
 * @stability stable
 * @category encoding
 * @since 0.1.0
 */
export const writePolicy = (policy: RetryPolicy): object => ({
  ...policy,
  deadline: formatDuration(policy.deadline),
  backoff: {
    ...policy.backoff,
    initial: formatDuration(policy.backoff.initial),
    cap: formatDuration(policy.backoff.cap),
    growth: writeGrowth(policy.backoff.growth),
    jitter: writeJitter(policy.backoff.jitter)
  },
  retryAfter: { ...policy.retryAfter, cap: formatDuration(policy.retryAfter.cap) },
  timeouts: {
    connect: formatDuration(policy.timeouts.connect),
    firstContent: formatDuration(policy.timeouts.firstContent),
    idle: formatDuration(policy.timeouts.idle),
    total: formatDuration(policy.timeouts.total)
  },
  commit: { ...policy.commit, maxWait: formatDuration(policy.commit.maxWait) }
})

const writeGrowth = (growth: Growth): unknown => {
  if (growth === "constant") return growth
  if ("additive" in growth) return { additive: formatDuration(growth.additive) }
  return "list" in growth ? { list: growth.list.map((wait) => formatDuration(wait)) } : growth
}

const writeJitter = (jitter: Jitter): unknown =>
  typeof jitter === "string" ? jitter : { added: formatDuration(jitter.added) }
