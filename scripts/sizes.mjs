/**
 * The sizes of the source files, against the aims of the style: none over 500 lines (protocols 400). Median and 90th percentile
 * are printed; their aims (120 and 300) are for review, not for this check. The length of functions is oxlint's to check.
 */
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "./install.mjs"

const sizes = globSync("packages/*/src/**/*.ts", { cwd: root }).map((file) => ({
  file,
  lines: readFileSync(join(root, file), "utf8").trimEnd().split("\n").length
}))
const sorted = sizes.map((size) => size.lines).sort((a, b) => a - b)
const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
console.log(`${sorted.length} files, median ${at(0.5)}, p90 ${at(0.9)}, longest ${at(1)} lines`)

const tooLong = sizes.filter(({ file, lines }) => lines > (file.includes("/protocols/") ? 400 : 500))
for (const { file, lines } of tooLong) console.log(`${file}: ${lines} lines; split it by concept`)
process.exit(tooLong.length === 0 && sorted.length > 0 ? 0 : 1)
