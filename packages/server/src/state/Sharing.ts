/**
 * Whether limits, cooldowns and budgets are one over all processes now: for readiness and metrics.
 */
import * as Context from "effect/Context"

/**
 * With `store: redis`, `shared` is false while Redis is away and each process goes on with what it knows itself. Times are epoch
 * milliseconds.
 *
 * @stability experimental
 * @category models
 * @since 0.1.0
 */
export type Status =
  | { readonly store: "memory" }
  | { readonly store: "redis"; readonly shared: true; readonly since: number }
  | { readonly store: "redis"; readonly shared: false; readonly since: number; readonly detail: string }

/**
 * How it stands now; `memory` unless a layer says otherwise.
 *
 * @stability experimental
 * @category services
 * @since 0.1.0
 */
export const Sharing = Context.Reference<() => Status>("@orelse/server/state/Sharing", {
  defaultValue: () => () => ({ store: "memory" }) as const
})
