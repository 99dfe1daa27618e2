/**
 * The recorded streams of real providers, with what each folds to (`fixtures/streams/manifest.json`).
 */
import { readFileSync } from "node:fs"
import type * as Json from "../../src/domain/Json.ts"

const folders = {
  recorded: new URL("../fixtures/streams/", import.meta.url),
  made: new URL("../fixtures/made/", import.meta.url)
}

export interface Recording {
  readonly file: string
  readonly provider: string
  readonly what: string
  /** The wire format, in the manifest's own words. */
  readonly protocol: string
  /** Written by us after a provider's documentation, for what no recording has. */
  readonly made?: boolean
  readonly utf8_split_points: ReadonlyArray<number>
  readonly expected: {
    readonly text: string
    readonly reasoning: string
    readonly tool_calls: ReadonlyArray<{
      readonly id: string | null
      readonly name: string
      readonly arguments: string
      readonly arguments_json: Json.Json
    }>
    readonly finish_reason: string | null
    readonly finish_reason_norm: string | null
    readonly usage_norm: Readonly<Record<string, number | null>> | null
    readonly refusal?: string | null
    readonly incomplete_reason?: string | null
    readonly error: Json.Json
    readonly truncated?: boolean
    readonly done_marker?: boolean
    readonly terminal_event?: boolean
    readonly signature_length?: number
  }
}

const read = (folder: URL) =>
  JSON.parse(readFileSync(new URL("manifest.json", folder), "utf8")) as ReadonlyArray<Recording>

/** All recordings. */
export const all = read(folders.recorded)

/** What nobody recorded yet, as the documentation has it. */
export const made = read(folders.made)

/** The recordings in one of these formats. */
export const of = (...protocols: ReadonlyArray<string>): ReadonlyArray<Recording> =>
  all.filter((one) => protocols.includes(one.protocol))

/** The bytes as recorded. */
export const bytes = (recording: Recording): Buffer =>
  readFileSync(new URL(recording.file, recording.made === true ? folders.made : folders.recorded))
