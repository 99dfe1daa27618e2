/**
 * A caller: a name, and what it may use, how much in a time, and for how much money. Its keys are not part of it.
 */
import * as TargetName from "@orelse/core/domain/TargetName"
import type { CallerConfig } from "@orelse/core/layer/config/Types"

/** @stability experimental @category models @since 0.1.0 */
export interface Caller {
  readonly name: string
  /** Routes and targets (`provider/*` for all of a provider's); absent where it may use all. */
  readonly routes: ReadonlyArray<string> | undefined
  readonly limits: CallerConfig["limits"]
  readonly budget: CallerConfig["budget"]
  /** Under which its limits are counted; and those of what it tells (`/v1/events`). */
  readonly limitKey: string
  readonly eventsKey: string
  /** Whether it may use the route or target of this name. */
  readonly may: (name: string) => boolean
}

/** What a file says of a caller. @stability experimental @category models @since 0.1.0 */
export type Rights = Pick<CallerConfig, "name"> & Partial<Pick<CallerConfig, "routes" | "limits" | "budget">>

/** @stability experimental @category constructors @since 0.1.0 */
export const make = ({ budget, limits, name, routes }: Rights): Caller => ({
  name,
  routes,
  limits: hasAny(limits) ? limits : undefined,
  budget,
  // No provider's name begins with a slash: its keys are `provider/credential`, so neither can count against the other.
  limitKey: `/callers/${name}`,
  eventsKey: `/events/${name}`,
  may: routes === undefined ? () => true : mayOf(new Set(routes))
})

const mayOf = (routes: ReadonlySet<string>) => (name: string) =>
  routes.has(name) || routes.has(`${TargetName.split(name)?.provider ?? ""}/*`)

const hasAny = (limits: Rights["limits"]): boolean =>
  limits?.requests !== undefined || limits?.tokens !== undefined || limits?.concurrency !== undefined
