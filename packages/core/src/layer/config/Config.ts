/**
 * The configuration: one YAML or JSON file, decoded whole before any of it is used, or the embedded default.
 *
 * This is the face of the folder: `load` finds and reads the file, `decode` reads a text, `embedded` is what holds without one.
 * Nothing here opens a connection; the environment and the working directory are passed in.
 */
export { decode, embedded } from "./Decode.ts"
export { diff } from "./Diff.ts"
export type { Diff } from "./Diff.ts"
export { encodeRoute } from "./Encode.ts"
export type { Environment } from "./Environment.ts"
export { jsonSchema } from "./JsonSchema.ts"
export { find, load } from "./Load.ts"
export { ConfigError, render as renderProblem, renderPath } from "./Problem.ts"
export type { Path, Position, Problem } from "./Problem.ts"
export type * from "./Types.ts"
