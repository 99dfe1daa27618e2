/**
 * Where Gemini is called: the model stands in the path, and what is to be done with it behind a colon.
 *
 * AI Studio's url is the host; Vertex's (quirk `vertex`) goes down to the location: `https://LOCATION-aiplatform.googleapis.com/v1/projects/PROJECT/locations/LOCATION`.
 * Sources: ai.google.dev "API reference", cloud.google.com "Vertex AI: generateContent", read 2026-11.
 */
import * as Endpoint from "../../Endpoint.ts"
import type { Context } from "../../Protocol.ts"

/** Whether the target is Vertex. @stability stable @category predicates @since 0.1.0 */
export const isVertex = (context: Context): boolean => context.quirks["vertex"] === true

/** The path of a call. @stability stable @category constructors @since 0.1.0 */
export const of = (context: Context, verb: string): string => {
  const name = context.model.split("/").map(Endpoint.segment).join("/")
  if (!isVertex(context)) return `/v1beta/${resource(name)}:${verb}`
  return name.startsWith("publishers/") || name.startsWith("endpoints/")
    ? `/${name}:${verb}`
    : `/publishers/google/models/${name}:${verb}`
}

/** The path of an answer that is generated: streams come as events, not as an array. @stability stable @category constructors @since 0.1.0 */
export const generate = (context: Context): string =>
  context.stream ? `${of(context, "streamGenerateContent")}?alt=sse` : of(context, "generateContent")

/** The name of a model as AI Studio writes it. @stability stable @category constructors @since 0.1.0 */
export const resource = (name: string): string =>
  name.startsWith("models/") || name.startsWith("tunedModels/") ? name : `models/${name}`
