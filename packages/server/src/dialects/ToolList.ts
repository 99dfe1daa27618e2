/**
 * A caller's list of tools: functions, which every dialect knows, and beside them what only the caller's own does.
 */
import type * as Json from "@orelse/core/domain/Json"
import type { Tool } from "@orelse/core/domain/Request"
import type { Fields } from "./Fields.ts"

export interface ToolList {
  /** `undefined` where the caller has no list, or one without functions. */
  readonly tools: ReadonlyArray<Tool> | undefined
  /** As the caller wrote them. */
  readonly foreign: ReadonlyArray<Json.Json> | undefined
}

/** Reads `tools`. `functionOf` reads one that is a function, and no other; `more`: functions that stand elsewhere. */
export const read = (
  fields: Fields,
  functionOf: (tool: Fields) => Tool | undefined,
  more: () => ReadonlyArray<Tool> = () => []
): ToolList => {
  const tools: Array<Tool> = []
  const foreign: Array<Json.Json> = []
  for (const tool of fields.each("tools")) {
    const known = functionOf(tool)
    if (known === undefined) foreign.push(tool.whole())
    else tools.push(known)
  }
  tools.push(...more())
  const isGiven = fields.raw("tools") !== undefined || tools.length > 0
  return {
    tools: isGiven && (tools.length > 0 || foreign.length === 0) ? tools : undefined,
    foreign: foreign.length === 0 ? undefined : foreign
  }
}
