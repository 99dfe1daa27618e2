/**
 * `@orelse/server`: the gateway, for programs that run it in their own process. `Server.layer(config)` listens as long as its scope is
 * open; `config` comes from `Config.load` or `Config.embedded` of `@orelse/core`.
 */
export * as Server from "./Server.ts"
