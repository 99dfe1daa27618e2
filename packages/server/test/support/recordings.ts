/**
 * The recorded answers of real providers, with what each says. They lie with core's tests.
 */
import type { Json } from "@orelse/core/domain/Json"
import { readFileSync } from "node:fs"

const folder = new URL("../../../core/test/fixtures/streams/", import.meta.url)

export interface Recording {
  readonly file: string
  readonly provider: string
  /** The wire format, in the manifest's own words. */
  readonly protocol: string
  readonly what: string
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
export const bytesOf = (recording: Recording): Buffer => readFileSync(new URL(recording.file, folder))

/** All of them, in the manifest's order. */
export const all = JSON.parse(readFileSync(new URL("manifest.json", folder), "utf8")) as ReadonlyArray<Recording>
