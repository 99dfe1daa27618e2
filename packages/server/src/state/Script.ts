/**
 * Programs that Redis runs in one step that nobody can come between.
 */
import { createHash } from "node:crypto"

/** A Lua program. Its keys carry one hash tag. @stability experimental @category models @since 0.1.0 */
export interface Script {
  readonly lua: string
  readonly sha: string
}

/** @stability experimental @category constructors @since 0.1.0 */
export const make = (lua: string): Script => ({ lua, sha: createHash("sha1").update(lua).digest("hex") })
