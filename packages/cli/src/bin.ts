#!/usr/bin/env node
/**
 * Starts `orelse`; its table of contents is `orelse.ts`.
 *
 * V8 is told not to put new objects among the old ones where others from the same line of code lived long: a scope of Effect that lives
 * as long as the gateway would take those of all calls along, and each would hold its call until the next full collection
 * (`docs/decisions/0007-young-objects.md`).
 *
 * Compiled code is kept between runs by Node's own cache, which must be on before anything else is imported: it saves a third of the
 * start. `NODE_DISABLE_COMPILE_CACHE=1` switches it off.
 */
import { setFlagsFromString } from "node:v8"
import * as CompileCache from "./CompileCache.ts"

setFlagsFromString("--no-allocation-site-pretenuring")
CompileCache.enable()
const { main } = await import("./orelse.ts")
main(process.argv.slice(2))
