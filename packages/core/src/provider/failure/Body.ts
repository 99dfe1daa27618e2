/**
 * What the body of a failed answer says, whatever its shape: an error object in a dozen spellings, an array of them, JSON inside
 * a string inside JSON, the text that an SDK or a gateway wrapped around it, a page of HTML, the events of a stream.
 *
 * Everything is read leniently and within bounds (depth, nodes, length): a body that is hostile or broken yields less, never an
 * exception. What the finds mean is for the rules.
 */
import * as Json from "../../domain/Json.ts"
import * as Broken from "./Broken.ts"
import * as Events from "./Events.ts"

/** What was found, in the order in which it stands in the body. @stability experimental @category models @since 0.1.0 */
export interface Found {
  /** Values of `code`, `type`, `status`, `reason`, … as they are written. */
  readonly codes: Array<string>
  /** Sentences, outermost first. */
  readonly messages: Array<string>
  readonly params: Array<string>
  /** Values of interest by lower-cased key without punctuation (`retrydelay`, `nctx`, …); the first of a key stays. */
  readonly values: Map<string, string | number>
  /** HTTP statuses that the body names, outermost first. */
  readonly statuses: Array<number>
  /** The body itself, where it is an object or a list in JSON. */
  whole?: Json.Json
}

const maxDepth = 8
/** Of a longer text, what stands in it is not a message of its own as well: the rules do not read that far. */
const repeated = 1400
const maxNodes = 60

const codeKeys = new Set(
  "type code status reason __type errorcode errortype errorname errcode errno statuscode blockreason finishreason stopreason limitsource exceptiontype errorstatus title quotaid name".split(
    " "
  )
)
const messageKeys = new Set(
  "message error detail details msg statusmsg errormsg errormessage errmsg description explanation finishmessage blockreasonmessage raw body title reason errors code result cause errordescription reasons remedyhint".split(
    " "
  )
)
const statusKeys = new Set("status statuscode code httpcode rawstatuscode httpstatus errorcode errorstatus".split(" "))
const valueKeys = new Set(
  "retrydelay retryafter retryafterms retryafterseconds estimatedtime resetsinseconds resetsat resetat nctx nprompttokens quotalimitvalue quotavalue quotaid requestid cferayid ray xratelimitreset xratelimitremaining xratelimitlimit limit".split(
    " "
  )
)
/** Fields that hold what the caller asked or the model answered: nothing in them is about the failure. */
const spokenKeys = new Set(
  "content parts instructions tools messages input inputs output failedgeneration flaggedinput usage usagemetadata safetyratings partialjson thinking reasoning reasoningcontent logprobs prompt text links ctx contentfilterresult contentfilterresults quotadimensions".split(
    " "
  )
)

/** @stability experimental @category constructors @since 0.1.0 */
export const read = (body: string): Found => {
  const found: Found = { codes: [], messages: [], params: [], values: new Map(), statuses: [] }
  const walk = new Walk(found)
  const text = body.trim()
  if (text.length === 0) return found
  if (Events.isStream(text)) for (const event of Events.errors(text)) walk.value(event, 0)
  else walk.text(text, 0)
  if (found.messages.length === 0) found.messages.push(...walk.elsewhere)
  return found
}

class Walk {
  /** Sentences in fields that no provider was seen to use for them: heard where there is nothing else. */
  readonly elsewhere: Array<string> = []
  readonly #found: Found
  #nodes = 0

  constructor(found: Found) {
    this.#found = found
  }

  /** A text that may be JSON, hold JSON, be a page, or be the message itself. */
  text(text: string, depth: number): void {
    if (depth > maxDepth || text.length === 0) return
    const first = text.charCodeAt(0)
    if (first === 123 || first === 91) {
      const parsed = tangle.test(text) ? undefined : Json.parse(text)
      if (typeof parsed === "object" && parsed !== null) {
        if (depth === 0) this.#found.whole = parsed
        return this.value(parsed, depth)
      }
      if (depth < 3) return this.broken(text)
    }
    if (first === 60 && isPage(text)) return void this.#found.messages.push(pageText(text))
    this.#found.messages.push(text)
    const open = depth > 4 ? -1 : text.search(/[{[]\s*["'{]/)
    if (open < 0) return
    const close = Math.max(text.lastIndexOf("}"), text.lastIndexOf("]"))
    const inner = close > open ? Json.parse(text.slice(open, close + 1)) : undefined
    if (typeof inner === "object" && inner !== null) this.value(inner, depth + 1)
    else if (open > 0) this.broken(text.slice(open), text.length <= repeated)
  }

  /** JSON that was cut, or printed by another language: the fields that can still be seen. */
  broken(text: string, isMessage = true): void {
    if (isMessage) this.#found.messages.push(text)
    Broken.fields(text, (name, value) => {
      const key = plain(name)
      if (codeKeys.has(key)) this.scalar(key, value)
    })
  }

  value(value: Json.Json | undefined, depth: number): void {
    if (depth > maxDepth || ++this.#nodes > maxNodes) return
    if (typeof value === "string") return this.text(value.trim(), depth + 1)
    if (typeof value !== "object" || value === null) return
    if (Array.isArray(value)) {
      for (let at = 0; at < value.length && at < 20; at++) this.value(value[at] as Json.Json, depth + 1)
      return
    }
    this.object(value as Json.JsonObject, depth)
  }

  object(object: Json.JsonObject, depth: number): void {
    let keys = 0
    for (const name in object) {
      if (++keys > 60) return
      const key = plain(name)
      const value = object[name]
      if (value === null || value === undefined || spokenKeys.has(key)) continue
      if (key === "param" && typeof value === "string") this.#found.params.push(value)
      else if (key === "loc" && Array.isArray(value)) this.#found.params.push(placeOf(value))
      else if (typeof value === "object") this.value(value, depth + 1)
      else if (typeof value !== "boolean") this.scalar(key, value, depth)
    }
  }

  scalar(key: string, value: string | number, depth = 0): void {
    const { codes, statuses, values } = this.#found
    if (statusKeys.has(key)) {
      const status = Number(value)
      if (Number.isInteger(status) && status >= 400 && status < 600) statuses.push(status)
    }
    if (valueKeys.has(key) && !values.has(key)) values.set(key, value)
    if (codeKeys.has(key) && codes.length < 16) {
      const code = String(value)
      if (code.length <= 100) codes.push(code)
    }
    if (typeof value !== "string") return
    if (!messageKeys.has(key)) {
      if (value.includes(" ") && this.elsewhere.length < 10) this.elsewhere.push(value)
    } else if (isSentence(key, value)) this.text(value.trim(), depth + 1)
  }
}

/** Whether a field of this name holds what the provider says. @stability experimental @category predicates @since 0.1.0 */
export const isMessageKey = (key: string): boolean => messageKeys.has(plain(key))

/** A key in lower case without punctuation, so that `retry_after`, `retryAfter` and ` @type` are one spelling each. */
const plain = (key: string): string => (/[^a-z]/.test(key) ? key.toLowerCase().replace(/[^a-z]/g, "") : key)

/** Where a validator says that the fault is: its names and numbers, without the body itself. */
const placeOf = (steps: ReadonlyArray<Json.Json>): string =>
  steps
    .slice(0, 20)
    .filter((step) => typeof step === "string" || typeof step === "number")
    .join(".")
    .replace(/^body\./, "")

/** `code` and `reason` are messages only where they are written as one. */
const isSentence = (key: string, value: string): boolean =>
  key === "code" || key === "reason" || key === "title" ? value.includes(" ") : value.length > 0

/** Brackets within brackets, beyond anything that is read: to parse hundreds of them takes longer than all the rest. */
const tangle = /^\[\s{0,9}(?:\[\s{0,9}){31}/

const isPage = (text: string): boolean => /^<(?:!doctype|html|head|body|center|h1|\?xml|error)/i.test(text)

/** Title, headings and first words of a page, without its markup. */
const pageText = (text: string): string => {
  const page = text.length > 20_000 ? text.slice(0, 20_000) : text
  const titles = new Set<string>()
  for (const match of page.matchAll(/<(?:title|h1|h2|message|code)[^>]{0,200}>([^<]{1,300})/gi))
    titles.add(match[1]!.trim())
  return [...titles, firstWords(page).trim()].filter((words) => words !== "").join(". ")
}

/** How much of a page's words is read. */
const pageWords = 600

/** The first words, each tag as a blank: as far as is read, so that the rest of the page costs nothing. From a tag that is not closed on, nothing. */
const firstWords = (page: string): string => {
  let out = ""
  let at = 0
  // Each piece is at least half words once blanks are one.
  while (at < page.length && out.length < 2 * pageWords) {
    const open = page.indexOf("<", at)
    const piece = open < 0 ? page.slice(at) : page.slice(at, open)
    if (/\S/.test(piece)) out += `${piece.replace(/\s+/g, " ")} `
    at = open < 0 ? page.length : behindTag(page, open)
  }
  return out.replace(/ {2,}/g, " ").trimStart().slice(0, pageWords)
}

/** The place behind a tag, and behind the code that it holds. */
const behindTag = (page: string, open: number): number => {
  const close = page.indexOf(">", open)
  if (close < 0) return page.length
  const code = /^<(script|style)\b/i.exec(page.slice(open, open + 8))
  if (code === null) return close + 1
  const end = code[1]!.toLowerCase() === "style" ? /<\/style>/gi : /<\/script>/gi
  end.lastIndex = close
  return end.test(page) ? end.lastIndex : page.length
}
