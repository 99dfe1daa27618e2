/** Law 5: a malformed request makes exactly one attempt. */
import * as Law from "./Law.ts"
import type { World } from "./World.ts"

/** Every provider says that the request is wrong; nothing of ours keeps it from being asked, and no `orElse` asks for such requests by name. */
const adapt = (world: World): World => ({
  ...world,
  legs: world.legs.map((leg) => ({ ...leg, join: unnamed(leg.join) })),
  places: world.places.map(({ credentials }) => ({
    credentials,
    weather: [{ type: "fail", after: 0, reason: "InvalidRequest" }]
  })),
  calls: world.calls.map(({ at, stream }) => ({ at, stream }))
})

type Join = World["legs"][number]["join"]

const unnamed = (join: Join): Join =>
  join.by === "orElse" && join.on !== undefined
    ? { ...join, on: join.on.filter((tag) => tag !== "InvalidRequest") }
    : join

/**
 * Holds under the default row for `InvalidRequest`; a route whose policy says otherwise breaks it, and may, as one does that hands such
 * requests on by name (`on: ["InvalidRequest"]`).
 *
 * @stability experimental
 * @category laws
 * @since 0.1.0
 */
export const law = Law.make(
  5,
  "a malformed request makes exactly one attempt under the default policy, and the caller is told what was wrong with it",
  adapt,
  ({ calls, exchanges }) => {
    for (const call of calls) {
      const made = exchanges.filter((exchange) => exchange.call === call.call).length
      if (made !== 1) return `a malformed request was sent ${made} times`
      const rejected = call.error?._tag === "CallError" && call.error.reason._tag === "RequestRejected"
      if (!rejected) return `a malformed request ended in ${call.error?.reason._tag ?? "an answer"}`
    }
    return undefined
  }
)
