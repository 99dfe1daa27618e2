/**
 * What proves reasoning that is not Google's, as callers of Gemini see it.
 *
 * Google's proof (`thoughtSignature`) goes out as it came. Another provider's stands in its place, and Google refuses the whole request over
 * it when it comes back: it is marked. Google's SDKs read the field as bytes, so what is marked is Base64, of a text that begins with
 * `orelse:`.
 */
import type { Proof } from "../openai-responses/Proof.ts"

const signed = "orelse:signature:"
const hidden = "orelse:redacted:"

/** What every such proof begins with: Base64 of `orelse`. @stability experimental @category constants @since 0.1.0 */
export const mark = "b3JlbHNl"

/** The signature for a caller; `undefined` where nothing is proven. @stability experimental @category conversions @since 0.1.0 */
export const write = (proof: Proof): string | undefined => {
  if (proof.redacted !== undefined) return encoded(hidden + proof.redacted)
  return proof.signature === undefined || proof.signature === "" ? undefined : encoded(signed + proof.signature)
}

/** The proof that a signature stands for; `undefined` where it is Google's. @stability experimental @category conversions @since 0.1.0 */
export const read = (signature: string | undefined): Proof | undefined => {
  if (signature?.startsWith(mark) !== true) return undefined
  const text = Buffer.from(signature, "base64").toString()
  if (text.startsWith(signed)) return { signature: text.slice(signed.length) }
  return text.startsWith(hidden) ? { redacted: text.slice(hidden.length) } : undefined
}

const encoded = (text: string): string => Buffer.from(text).toString("base64")
