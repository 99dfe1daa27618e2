/**
 * One attempt at a provider, as the runner would make it, with a dispatcher of the test's in the place of the network.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Dispatcher } from "undici"
import * as Alarms from "../../src/domain/Alarms.ts"
import * as LibraryCall from "../../src/domain/LibraryCall.ts"
import * as RequestOf from "../../src/domain/Request.ts"
import { fromProfile } from "../../src/layer/config/Providers.ts"
import * as Providers from "../../src/layer/Providers.ts"
import { Expiry } from "../../src/provider/Expiry.ts"
import type { Provider, Trace } from "../../src/provider/Provider.ts"
import type { Profile } from "../../src/provider/profiles.ts"

/** The value of every key. */
export const secret = "sk-a-secret"

export interface Options {
  readonly stream?: boolean
  /** Of the attempt's own time, where the test ends it. */
  readonly expiry?: Expiry
  /** What the attempt is measured into, where the test looks at it. */
  readonly trace?: Trace
}

/** At the provider of this row, with the first of its keys. */
export const at = (row: Profile, dispatcher: Dispatcher, options?: Options) =>
  of(Providers.one(fromProfile(row, { [row.keys[0] ?? "NONE"]: secret }), { to: () => dispatcher }), options)

/** At this provider, with the first of its keys. */
export const of = Effect.fnUntraced(function* (
  provider: Pick<Provider, "attempt" | "credentials">,
  { expiry = new Expiry(), stream = false, trace = {} }: Options = {}
) {
  return yield* provider.attempt({
    call: yield* LibraryCall.make(RequestOf.text("Hello."), { stream }),
    model: "model-x",
    credential: provider.credentials[0]!,
    request: undefined,
    connectTimeout: Duration.seconds(5),
    commit: { on: "firstContent", maxEvents: 16, maxWait: Duration.seconds(2) },
    trace,
    expiry,
    alarms: yield* Alarms.make
  })
})
