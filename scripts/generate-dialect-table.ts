/**
 * Writes the table of `docs/dialects.md` anew, from what the protocols really do; the words around it stay.
 *
 *     node --conditions=@orelse/source scripts/generate-dialect-table.ts
 */
import { readFileSync, writeFileSync } from "node:fs"
import { table } from "../packages/server/test/dialects/carries.ts"

const page = new URL("../docs/dialects.md", import.meta.url)
const begin = "<!-- generated: begin -->"
const end = "<!-- generated: end -->"

const text = readFileSync(page, "utf8")
const from = text.indexOf(begin)
const to = text.indexOf(end)
if (from < 0 || to < from) throw new Error(`docs/dialects.md must hold "${begin}" and "${end}" around the table`)
writeFileSync(page, `${text.slice(0, from)}${begin}\n\n${table()}\n\n${text.slice(to)}`)
