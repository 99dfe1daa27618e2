/**
 * Azure OpenAI: OpenAI's chat completions behind a deployment's own address.
 *
 * The provider's url is the resource endpoint (`https://NAME.openai.azure.com`); `/openai/deployments/MODEL/chat/completions?api-version=…`
 * is added, where MODEL is the name of the deployment. Quirk `apiVersion`: the dated version (default 2024-10-21, the newest that is generally
 * available), or `v1` for the address without dates (`/openai/v1/chat/completions`). A version in the query of the url goes before it.
 * The key goes in the header `api-key` (`profiles.ts`). Source: learn.microsoft.com "Azure OpenAI REST API reference", read 2026-11.
 *
 * What the content filter found travels as OpenAI's unknown fields (`prompt_filter_results`). The format itself is `OpenAiChat.ts`.
 */
import * as Result from "effect/Result"
import * as Endpoint from "../Endpoint.ts"
import type { Context, Protocol, WireRequest } from "../Protocol.ts"
import * as OpenAiChat from "./OpenAiChat.ts"

const defaultVersion = "2024-10-21"

/** The address of a deployment, from the path that OpenAI has for the same call. */
const at =
  (context: Context) =>
  (wire: WireRequest): WireRequest => {
    const { apiVersion } = context.quirks
    if (apiVersion === "v1") return { ...wire, path: `/openai/v1${wire.path}` }
    const version = encodeURIComponent(apiVersion === undefined ? defaultVersion : String(apiVersion))
    const deployment = `/openai/deployments/${Endpoint.segment(context.model)}`
    return { ...wire, path: `${deployment}${wire.path}?api-version=${version}` }
  }

const { embeddings } = OpenAiChat

/**
 * The protocol.
 *
 * @stability stable
 * @category constants
 * @since 0.1.0
 */
export const protocol: Protocol = {
  ...OpenAiChat.protocol,
  id: "azure-openai",
  encode: (request, context) => Result.map(OpenAiChat.protocol.encode(request, context), at(context)),
  passThrough: (text, body, context) => at(context)(OpenAiChat.protocol.passThrough(text, body, context)),
  embeddings: {
    encode: (request, context) => Result.map(embeddings.encode(request, context), at(context)),
    decode: embeddings.decode
  }
}
