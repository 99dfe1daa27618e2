/**
 * The `/metrics` of several workers as one text: every sample gets a label `worker`, and stands with its family.
 *
 * Nothing is added up here: counters of a worker that was replaced begin at 0 again, which Prometheus knows how to handle for
 * each series, and nobody could for their sum.
 */
import type { Reply } from "./Message.ts"

interface Family {
  readonly head: Array<string>
  readonly samples: Array<string>
}

/**
 * Merges them, in the order of the workers' numbers.
 *
 * @stability experimental
 * @category combinators
 * @since 0.1.0
 */
export const merge = (texts: ReadonlyArray<Reply>): string => {
  const families = new Map<string, Family>()
  for (const { text, worker } of [...texts].sort((one, other) => one.worker - other.worker)) {
    let family: Family | undefined
    for (const line of text.split("\n")) {
      if (line === "") continue
      const declared = /^# (?:HELP|TYPE) (\S+)/.exec(line)?.[1]
      if (declared !== undefined) {
        family = familyOf(families, declared)
        if (!family.head.includes(line)) family.head.push(line)
      } else if (!line.startsWith("#")) {
        ;(family ??= familyOf(families, line)).samples.push(labelled(line, worker))
      }
    }
  }
  const lines = [...families.values()].flatMap(({ head, samples }) => [...head, ...samples])
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`
}

const familyOf = (families: Map<string, Family>, name: string): Family => {
  let family = families.get(name)
  if (family === undefined) {
    family = { head: [], samples: [] }
    families.set(name, family)
  }
  return family
}

/** `name{a="b"} 1` or `name 1`, with the worker's number as the first label. */
const labelled = (sample: string, worker: number): string => {
  const end = sample.search(/[{ ]/)
  const name = sample.slice(0, end)
  const rest = sample.slice(end)
  return rest.startsWith("{")
    ? `${name}{worker="${worker}"${rest[1] === "}" ? "" : ","}${rest.slice(1)}`
    : `${name}{worker="${worker}"}${rest}`
}
