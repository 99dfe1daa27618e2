/**
 * The sizes of the source files: none over 500 lines (protocols 400); median and 90th percentile are printed.
 */
import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "./install.mjs"

const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "packages/*/src"], {
  cwd: root,
  encoding: "utf8"
})
  .split("\n")
  .filter((file) => file.endsWith(".ts"))
const sizes = files.map((file) => ({ file, lines: readFileSync(join(root, file), "utf8").split("\n").length }))
const sorted = sizes.map((size) => size.lines).sort((a, b) => a - b)
const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
console.log(`${sorted.length} files, median ${at(0.5)}, p90 ${at(0.9)}, longest ${at(1)} lines`)

const tooLong = sizes.filter(({ file, lines }) => lines > (file.includes("/protocols/") ? 400 : 500))
for (const { file, lines } of tooLong) console.log(`${file}: ${lines} lines`)
process.exit(tooLong.length === 0 && sorted.length > 0 ? 0 : 1)
