/**
 * What proves reasoning, and to whom.
 *
 * OpenAI hands reasoning out encrypted (`encrypted_content`) and takes it back so; Anthropic signs it. Each refuses the whole request
 * over a proof that is not its own, so a proof must say whose it is wherever it travels. In no dialect, OpenAI's begins with `openai:`,
 * which no other provider's can (they are base64). To a caller of the Responses dialect, another provider's proof goes out in the place
 * of the encrypted content, marked as `orelse:…`, and is taken for what it was when it comes back.
 */

const openai = "openai:"
/** What another provider's proof begins with, as a caller sees it. @stability experimental @category constants @since 0.1.0 */
export const mark = "orelse:"

const signed = `${mark}signature:`
const hidden = `${mark}redacted:`

/** What proves a piece of reasoning, in no dialect. @stability experimental @category models @since 0.1.0 */
export interface Proof {
  readonly signature?: string
  readonly redacted?: string
}

/** The proof that an item's encrypted content stands for; empty where there is none. @stability experimental @category conversions @since 0.1.0 */
export const read = (encrypted: string | undefined): Proof => {
  if (encrypted === undefined || encrypted === "") return {}
  if (encrypted.startsWith(signed)) return { signature: encrypted.slice(signed.length) }
  if (encrypted.startsWith(hidden)) return { redacted: encrypted.slice(hidden.length) }
  return { signature: openai + encrypted }
}

/** The encrypted content for a provider: OpenAI's own, and nobody else's. @stability experimental @category conversions @since 0.1.0 */
export const own = (proof: Proof): string | undefined =>
  isOpenAi(proof.signature) ? proof.signature!.slice(openai.length) : undefined

/** The encrypted content for a caller, whoever's it is. @stability experimental @category conversions @since 0.1.0 */
export const write = (proof: Proof): string | undefined => {
  if (proof.redacted !== undefined) return hidden + proof.redacted
  if (proof.signature === undefined || proof.signature === "") return undefined
  return own(proof) ?? signed + proof.signature
}

/** Whether a signature is OpenAI's, so that no other provider takes it. @stability experimental @category predicates @since 0.1.0 */
export const isOpenAi = (signature: string | undefined): boolean => signature?.startsWith(openai) === true
