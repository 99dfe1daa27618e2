/**
 * The command line as a table of contents. What each command does stands in `commands/`, one file a command; what is heavy is
 * imported when a command runs.
 */
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { call } from "./commands/call.ts"
import { calls } from "./commands/calls.ts"
import { check } from "./commands/check.ts"
import { failures } from "./commands/failures.ts"
import { explain } from "./commands/explain.ts"
import { keys } from "./commands/keys.ts"
import { serve } from "./commands/serve.ts"
import { targets } from "./commands/targets.ts"
import * as Main from "./Main.ts"
import * as Process from "./Process.ts"
import { root } from "./Root.ts"
import { version } from "./version.ts"

/** Every command. */
export const orelse = root.pipe(Command.withSubcommands([serve, check, explain, call, calls, failures, targets, keys]))

/** Runs these arguments as a process. */
export const main = (args: ReadonlyArray<string>): void =>
  Process.runMain(Main.run(orelse, version, args).pipe(Effect.provide(NodeServices.layer)))
