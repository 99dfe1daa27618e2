#!/usr/bin/env node
/**
 * `orelse`: the table of contents of the command line. What each command does stands in `commands/`.
 */
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { call } from "./commands/call.ts"
import { check } from "./commands/check.ts"
import { serve } from "./commands/serve.ts"
import { targets } from "./commands/targets.ts"
import * as Main from "./Main.ts"
import * as Process from "./Process.ts"
import { root } from "./Root.ts"
import { version } from "./version.ts"

/** Every command. */
export const orelse = root.pipe(Command.withSubcommands([serve, check, call, targets]))

if (import.meta.main) {
  Process.runMain(Main.run(orelse, version, process.argv.slice(2)).pipe(Effect.provide(NodeServices.layer)))
}
