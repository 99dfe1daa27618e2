/**
 * A gateway whose configuration a test can replace, as `POST /admin/reload` does; and helpers for its callers.
 */
import { type ConfigError, decode } from "@orelse/core/layer/config/Config"
import type { Config } from "@orelse/core/layer/config/Types"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import * as Server from "../../src/Server.ts"

export interface Reloading {
  readonly url: string
  /** Puts another configuration in force. */
  readonly reload: (yaml: string) => Promise<void>
  readonly close: () => Promise<void>
}

const configOf = (yaml: string): Config => {
  const decoded = decode(yaml, { env: {}, file: "test.yaml" })
  if (Result.isFailure(decoded))
    throw new Error(`the test's configuration is wrong: ${JSON.stringify(decoded.failure)}`)
  return decoded.success
}

/** Starts a gateway with all of this configuration. */
export const start = async (yaml: string): Promise<Reloading> => {
  let config = configOf(yaml)
  const scope = Scope.makeUnsafe()
  const reload: Effect.Effect<Config, ConfigError> = Effect.sync(() => config)
  const options: Server.Options = { host: "127.0.0.1", port: 0, reload }
  const context = await Effect.runPromise(Scope.provide(Layer.build(Server.layer(config, options)), scope))
  const url = await Effect.runPromise(Effect.provideContext(Server.address, context))
  return {
    url,
    reload: async (next) => {
      config = configOf(next)
      const response = await fetch(`${url}/admin/reload`, { method: "POST" })
      if (response.status !== 200) throw new Error(`not reloaded: ${await response.text()}`)
    },
    close: () => Effect.runPromise(Scope.close(scope, Exit.void))
  }
}

/** One call to the OpenAI endpoint; the answer is read by whoever asks. */
export const chat = (url: string, key: string, body: Readonly<Record<string, unknown>> = {}, signal?: AbortSignal) =>
  fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({ model: "smart", messages: [{ role: "user", content: "hi" }], ...body }),
    ...(signal === undefined ? {} : { signal })
  })
