/**
 * What every handler of the gateway works with: the configuration in force, the router built from it, and the dialects.
 *
 * `current` is read once when a call begins, so that a call keeps to one configuration from start to end while a new one takes
 * effect for the next.
 */
import type { Config } from "@orelse/core/layer/config/Types"
import type { Provider } from "@orelse/core/provider/Provider"
import type { Route } from "@orelse/core/route/Route"
import type { Router } from "@orelse/core/route/Router"
import type * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { Callers } from "../callers/Callers.ts"
import type { Known } from "../callers/Known.ts"
import type { Reloaded, Status } from "./Reloads.ts"

/** A configuration in force, with everything that was built from it. */
export interface Loaded {
  readonly config: Config
  readonly router: Router["Service"]
  readonly providers: ReadonlyMap<string, Provider>
  /** The route for what a caller sent as `model`; `undefined` and the nearest name where there is none. */
  readonly resolve: (model: string) => Resolved
  /** The keys that it holds. */
  readonly known: Known
  /** Whether the name of a model is none, but holds a key: one that is known, or is one by its shape. */
  readonly isKey: (model: string) => boolean
}

/** What a `model` stands for. */
export type Resolved =
  | { readonly _tag: "Route"; readonly name: string; readonly route: Route }
  | { readonly _tag: "Unknown"; readonly model: string; readonly nearest: string | undefined }

/** The gateway. */
export class Gateway extends Context.Service<
  Gateway,
  {
    readonly current: () => Loaded
    readonly clock: Clock.Clock
    /** Who may call, whatever the configuration in force. */
    readonly callers: Callers["Service"]
    /** Whether the process is about to end: not ready, and no new streams. */
    readonly draining: () => boolean
    /** How the configuration in force stands to its file. */
    readonly configuration: () => Status
    /**
     * Reads the configuration again and puts it in force whole, or changes nothing. Running calls end on the one they began with. What
     * came of it is counted and logged here, for everybody who asks.
     */
    readonly reload: Effect.Effect<Reloaded>
    /** From now on the gateway drains. */
    readonly drain: () => void
  }
>()("@orelse/server/http/Gateway") {}
