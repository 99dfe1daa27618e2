/**
 * The recorded answers of real providers, with what each says. They lie with core's tests.
 */
import type { Json } from "@orelse/core/domain/Json"
import { readFileSync } from "node:fs"

const folders = {
  recorded: new URL("../../../core/test/fixtures/streams/", import.meta.url),
  made: new URL("../../../core/test/fixtures/made/", import.meta.url)
}

export interface Recording {
  readonly file: string
  readonly provider: string
  /** The wire format, in the manifest's own words. */
  readonly protocol: string
  readonly what: string
  /** Written by us after a provider's documentation, for what no recording has. */
  readonly made?: boolean
  /** No official client of its own format makes sense of it. */
  readonly unread_by_own_client?: boolean
  readonly expected: {
    readonly text: string
    readonly reasoning: string
    readonly refusal?: string | null
    readonly tool_calls: ReadonlyArray<{
      readonly id: string | null
      readonly name: string
      readonly arguments_json: Json
    }>
    readonly finish_reason: string | null
    readonly finish_reason_norm: string | null
    readonly usage_norm: Readonly<Record<string, number | null>> | null
    readonly error: Json
    readonly truncated?: boolean
  }
}

/** The bytes of one. */
export const bytesOf = (recording: Recording): Buffer =>
  readFileSync(new URL(recording.file, recording.made === true ? folders.made : folders.recorded))

const read = (folder: URL) =>
  JSON.parse(readFileSync(new URL("manifest.json", folder), "utf8")) as ReadonlyArray<Recording>

/** All of them, in the manifest's order. */
export const all = read(folders.recorded)

/** What nobody recorded yet, as the documentation has it. */
export const made = read(folders.made)
