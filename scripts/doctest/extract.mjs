/**
 * Finds the examples of Markdown files and docstrings: fenced blocks whose info string holds a tag, as in "ts doctest". It reads
 * text and gives back text; it runs nothing.
 */

/**
 * The blocks of one file that carry `tag`, each with its language, the line of its first line of code (from 1) and its code.
 * Of a `.ts` file only docstrings are read.
 */
export const blocks = (file, text, tag) => {
  const lines = file.endsWith(".ts") ? docstrings(text.split("\n")) : text.split("\n")
  const found = []
  let open
  for (const [index, line] of lines.entries()) {
    const fence = /^(\s*)(`{3,})(.*)$/.exec(line)
    if (open === undefined) {
      if (fence === null) continue
      const [language = "", ...tags] = fence[3].trim().split(/\s+/)
      open = { file, language, tags, line: index + 2, indent: fence[1].length, ticks: fence[2].length, code: [] }
    } else if (fence !== null && fence[2].length >= open.ticks && fence[3].trim() === "") {
      if (open.tags.includes(tag))
        found.push({ file, language: open.language, line: open.line, code: open.code.join("\n") })
      open = undefined
    } else {
      open.code.push(line.slice(Math.min(open.indent, line.length - line.trimStart().length)))
    }
  }
  if (open !== undefined && open.tags.includes(tag))
    throw new Error(`${file}:${open.line - 1}: this block has no closing fence`)
  return found
}

/** Lines of docstrings without their stars; all other lines empty, so that line numbers stay. */
const docstrings = (lines) => {
  let inside = false
  return lines.map((line) => {
    if (!inside) {
      inside = /^\s*\/\*\*/.test(line) && !line.includes("*/")
      return ""
    }
    if (line.includes("*/")) inside = false
    return inside ? line.replace(/^\s*\* ?/, "") : ""
  })
}

/**
 * The code of a block, with each `expression // => value` turned into a comparison. Lines stay where they are. What it
 * understands: an expression of one or more lines, `const name = expression`, and `console.log(...)`, whose `value` is the text
 * as printed. A `// => value` on a line of its own belongs to the statement before it.
 */
export const withChecks = ({ file, line: first, code }) => {
  const lines = code.split("\n")
  const source = [...lines]
  for (const [index, line] of source.entries()) {
    const marked = /^(.*?)\s*\/\/ => (.*)$/.exec(line)
    if (marked === null) continue
    const own = marked[1].trim() === ""
    const end = own ? lastBefore(source, index) : index
    lines[index] = own ? "" : marked[1]
    const start = startOf(lines, end)
    const where = `${file}:${first + index}`
    const statement = lines.slice(start, end + 1).join("\n")
    lines.splice(start, end - start + 1, ...check(statement, marked[2].trim(), where).split("\n"))
  }
  return lines.join("\n")
}

const lastBefore = (lines, index) => {
  for (let at = index - 1; at >= 0; at--) if (lines[at].trim() !== "") return at
  return 0
}

/** The first line of the statement that ends at `end`: brackets close, and it does not begin like the rest of another line. */
const startOf = (lines, end) => {
  for (let start = end; start > 0; start--) {
    const text = lines.slice(start, end + 1).join("\n")
    if (isBalanced(text) && !/^\s*([.)\]}?:|&+*,<=>]|\/(?!\/)|-(?!-))/.test(text)) return start
  }
  return 0
}

const isBalanced = (text) => {
  const bare = text.replaceAll(/(["'`])(?:\\.|(?!\1)[^\\])*\1/g, "").replaceAll(/\/\/.*$/gm, "")
  let depth = 0
  for (const character of bare) {
    if ("([{".includes(character)) depth++
    if (")]}".includes(character)) depth--
    if (depth < 0) return false
  }
  return depth === 0
}

const check = (statement, value, where) => {
  const indent = /^\s*/.exec(statement)[0]
  const text = statement.trim().replace(/;$/, "")
  const at = JSON.stringify(where)
  const printed = /^console\.log\(([\s\S]*)\)$/.exec(text)
  if (printed !== null) return `${indent}__printed([${printed[1]}], ${JSON.stringify(value)}, ${at})`
  const named = /^(?:export )?(?:const|let) (\w+)\b/.exec(text)
  if (named !== null) return `${indent}${text}; __equal(${named[1]}, (${value}), ${at})`
  return `${indent}__equal(${text}, (${value}), ${at})`
}
