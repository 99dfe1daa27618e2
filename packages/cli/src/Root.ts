/**
 * The command `orelse` itself: what every command understands.
 */
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"

/** The root. Commands read `--config` and `--json` from it. */
export const root = Command.make("orelse").pipe(
  Command.withSharedFlags({
    config: Flag.File("config").pipe(
      Flag.withAlias("c"),
      Flag.withDescription("Configuration file; else $ORELSE_CONFIG, else orelse.yaml, else the embedded default"),
      Flag.optional
    ),
    json: Flag.Boolean("json").pipe(Flag.withDefault(false), Flag.withDescription("Print JSON, for programs"))
  }),
  Command.withDescription("An LLM call answers, or else falls back.")
)
