/**
 * One thing that is wrong with a configuration file: where, what was found, what is expected, and what was probably meant.
 */
import * as Data from "effect/Data"
import * as Redaction from "../../domain/Redaction.ts"

/** Where something stands in the file; line and column count from 1; 0 is the file as a whole. @stability stable @category models @since 0.1.0 */
export interface Position {
  readonly line: number
  readonly column: number
}

/** Keys and indices from the top of the file. @stability stable @category models @since 0.1.0 */
export type Path = ReadonlyArray<string | number>

/** One thing that is wrong, with its place in the file. @stability stable @category models @since 0.1.0 */
export interface Problem extends Position {
  readonly file: string
  readonly path: Path
  /** What stands there. */
  readonly found: string
  /** What should stand there. */
  readonly expected: string
  /** The nearest name that exists. */
  readonly nearest?: string | undefined
}

/**
 * A file that cannot be used, with every problem in the order of the file.
 *
 * @stability stable
 * @category errors
 * @since 0.1.0
 */
export class ConfigError extends Data.TaggedError("ConfigError")<{
  readonly file: string
  readonly problems: ReadonlyArray<Problem>
}> {
  override get message(): string {
    return this.problems.map(render).join("\n")
  }
}

/**
 * The path as people write it: `providers.mine.keys[0]`.
 *
 * @stability stable
 * @category conversions
 * @since 0.1.0
 */
export const renderPath = (path: Path): string =>
  path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`
    const name = /^[\w-]+$/.test(step) ? step : JSON.stringify(step)
    return text === "" ? name : `${text}.${name}`
  }, "")

/**
 * One line: `orelse.yaml:7:5: routes.smart.polcy: found the unknown key "polcy"; expected one of …; did you mean "policy"?`
 *
 * @stability stable
 * @category conversions
 * @since 0.1.0
 */
export const render = (problem: Problem): string => {
  const where = problem.line === 0 ? problem.file : `${problem.file}:${problem.line}:${problem.column}`
  const path = problem.path.length === 0 ? "" : `${renderPath(problem.path)}: `
  const meant = problem.nearest === undefined ? "" : `; did you mean "${problem.nearest}"?`
  return `${where}: ${path}found ${problem.found}; expected ${problem.expected}${meant}`
}

/**
 * The problem without what looks like a key: one may stand where a name should (`openai: { sk-… }`), and what is wrong there is shown and logged.
 *
 * @stability stable
 * @category combinators
 * @since 0.1.0
 */
export const withoutSecrets = (problem: Problem): Problem => ({
  ...problem,
  path: problem.path.map((step) => (typeof step === "string" ? Redaction.secrets(step) : step)),
  found: Redaction.secrets(problem.found)
})

/** In the order of the file. @stability stable @category combinators @since 0.1.0 */
export const sort = (problems: ReadonlyArray<Problem>): ReadonlyArray<Problem> =>
  problems.toSorted((a, b) => a.line - b.line || a.column - b.column)
