/**
 * What a caller's `model` means: a route's name, else `provider/model`, else a well-known family's name, else nothing.
 *
 * A pure look-up. It never guesses: a model of no known family is sent nowhere, and a family counts only where its provider is
 * configured. A provider that is disabled still resolves, so that the caller learns why it cannot answer. Some protocols write
 * the model into a path: a name that would walk out of it (`../files`) is unknown.
 */
import * as Nearest from "../domain/Nearest.ts"
import * as TargetName from "../domain/TargetName.ts"

/** What there is; a `Config` is one. @stability stable @category models @since 0.1.0 */
export interface Names {
  readonly routes: ReadonlyMap<string, unknown>
  readonly providers: ReadonlyMap<string, { readonly disabled?: string | undefined }>
}

/** What a name means; `nearest` is the closest name there is. @stability stable @category models @since 0.1.0 */
export type Resolved =
  | { readonly _tag: "Route"; readonly name: string }
  | { readonly _tag: "Target"; readonly provider: string; readonly model: string }
  | { readonly _tag: "Unknown"; readonly model: string; readonly nearest: string | undefined }

/** How a family's models begin, and the providers that make it, in order. @stability stable @category models @since 0.1.0 */
export interface Family {
  readonly prefix: RegExp
  readonly providers: ReadonlyArray<string>
}

/**
 * The well-known families.
 *
 * @stability stable
 * @category constants
 * @since 0.1.0
 */
export const families: ReadonlyArray<Family> = [
  { prefix: /^claude/, providers: ["anthropic"] },
  { prefix: /^(?:gpt-|chatgpt|o[134](?:-|$)|text-embedding-)/, providers: ["openai"] },
  { prefix: /^(?:gemini|gemma)/, providers: ["gemini", "google"] },
  { prefix: /^deepseek/, providers: ["deepseek"] },
  { prefix: /^(?:qwen|qwq)/, providers: ["dashscope", "qwen", "alibaba"] },
  { prefix: /^(?:chat)?glm/, providers: ["zai", "zhipu"] },
  { prefix: /^(?:moonshot|kimi)/, providers: ["moonshot", "kimi"] },
  { prefix: /^grok/, providers: ["xai"] },
  { prefix: /^(?:mistral|ministral|codestral|magistral|devstral|pixtral)/, providers: ["mistral"] },
  { prefix: /^command/, providers: ["cohere"] },
  { prefix: /^(?:minimax|abab)/, providers: ["minimax"] },
  { prefix: /^step/, providers: ["stepfun"] },
  { prefix: /^sonar/, providers: ["perplexity"] },
  { prefix: /^llama/, providers: ["llama", "meta"] }
]

/**
 * The route or target that answers calls for this model, or the nearest name there is.
 *
 * @stability stable
 * @category getters
 * @since 0.1.0
 */
export const resolve = (names: Names, model: string): Resolved => {
  if (names.routes.has(model)) return { _tag: "Route", name: model }
  if (walks.test(model)) return { _tag: "Unknown", model, nearest: undefined }
  const target = TargetName.split(model)
  if (target !== undefined && names.providers.has(target.provider)) return { _tag: "Target", ...target }
  const provider = model.includes("/") ? undefined : familyProvider(names, model)
  if (provider !== undefined) return { _tag: "Target", provider, model }
  return { _tag: "Unknown", model, nearest: nearest(names, model, target) }
}

/** A part of a path that stands for another place, however the slashes are written. */
const walks = /(?:^|[/\\])\.\.?(?:[/\\]|$)/

/** The first provider of the family that is configured; an enabled one comes before a disabled one. */
const familyProvider = (names: Names, model: string): string | undefined => {
  const family = families.find((one) => one.prefix.test(model.toLowerCase()))
  const configured = (family?.providers ?? []).filter((id) => names.providers.has(id))
  return configured.find((id) => names.providers.get(id)?.disabled === undefined) ?? configured[0]
}

/** A provider without a model (`demo/`) is near to nothing. */
const nearest = (names: Names, model: string, target: TargetName.TargetName | undefined): string | undefined => {
  const route = Nearest.of(model, names.routes.keys())
  if (route !== undefined || target === undefined) return route
  const provider = Nearest.of(target.provider, names.providers.keys())
  return provider && `${provider}/${target.model}`
}
