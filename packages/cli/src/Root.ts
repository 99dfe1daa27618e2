/**
 * The command `orelse` itself: what every command understands.
 */
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Schema from "effect/Schema"
import { statSync } from "node:fs"

/** A pipe (`-c <(…)`, `-c /dev/stdin`) is as good as a file; what is not there is said when it is read. */
const file = Schema.String.check(Schema.makeFilter((path) => !isFolder(path) || "Expected a file, found a folder"))

const isFolder = (path: string): boolean => {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

/** The root. Commands read `--config` and `--json` from it. */
export const root = Command.make("orelse").pipe(
  Command.withSharedFlags({
    config: Flag.Path("config", { pathType: "either", typeName: "file" }).pipe(
      Flag.withSchema(file),
      Flag.withAlias("c"),
      Flag.withDescription("Configuration file; else $ORELSE_CONFIG, else orelse.yaml, else the embedded default"),
      Flag.optional
    ),
    json: Flag.Boolean("json").pipe(Flag.withDefault(false), Flag.withDescription("Print JSON, for programs"))
  }),
  Command.withDescription("An LLM call answers, or else falls back.")
)
