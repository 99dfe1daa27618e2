/**
 * What the matrix of real clients asks of each, in no client's words; the sister files say it in one client's.
 */

/** What a client made of an answer. */
export interface Heard {
  readonly text: string
  readonly calls: ReadonlyArray<{ readonly id: string; readonly name: string; readonly arguments: unknown }>
}

/** One question to a model, whole or streamed. */
export interface Question {
  readonly url: string
  readonly model: string
  readonly stream: boolean
  readonly text: string
  /** A PNG in base64 beside the text. */
  readonly image?: string
  /** Offers the tool `get_weather`, whose argument is `city`. */
  readonly offersTool?: boolean
  /** A call of the tool that was made before, with its result. */
  readonly answered?: { readonly id: string; readonly city: string; readonly result: string }
}

/** A client as programs use it; a failure is what it throws. */
export interface Client {
  readonly name: string
  readonly ask: (question: Question) => Promise<Heard>
}

export const toolName = "get_weather"

export const toolSchema = {
  type: "object" as const,
  properties: { city: { type: "string" as const } },
  required: ["city"]
}

/** Arguments as JSON. */
export const parse = (text: string): unknown => (text === "" ? {} : (JSON.parse(text) as unknown))
