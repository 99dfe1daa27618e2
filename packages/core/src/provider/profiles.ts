/**
 * The deployments that are known by name: one row each. Adding an OpenAI-compatible service is adding a row.
 *
 * A row says what the configuration need not: wire format, url, where the key lies, how it is shown, what the service does otherwise.
 * `url` is what the service's own SDK takes as base URL, empty where every account has its own (then the configuration gives it).
 * Read off the services' own API references, and their lists of models off models.dev as well, November 2026.
 */
import type { ProtocolId } from "../domain/Dialect.ts"
import type { Scheme } from "./Auth.ts"

/**
 * One deployment.
 *
 * @stability stable
 * @category models
 * @since 0.1.0
 */
export interface Profile {
  readonly name: string
  readonly protocol: ProtocolId
  readonly url: string
  /** Environment variables that hold a key, the usual one first; none where no key is needed. */
  readonly keys: ReadonlyArray<string>
  readonly auth: Scheme
  readonly quirks: Readonly<Record<string, boolean | string | number>>
  /** Where the service lists its models, for people. */
  readonly modelsPage: string
  /** Runs on one's own machine: usable without a key, and never enabled unasked. */
  readonly local: boolean
}

/** What no row leaves out, and what differs from most. */
type More = Pick<Profile, "modelsPage"> & Partial<Profile>

const row = (name: string, url: string, keys: ReadonlyArray<string>, more: More): Profile => ({
  name,
  protocol: "openai-chat",
  url,
  keys,
  auth: { type: "bearer" },
  quirks: {},
  local: false,
  ...more
})

const local = (name: string, url: string, more: More): Profile => row(name, url, [], { local: true, ...more })

const rows: ReadonlyArray<Profile> = [
  row("openai", "https://api.openai.com/v1", ["OPENAI_API_KEY"], {
    modelsPage: "https://platform.openai.com/docs/models",
    quirks: { maxCompletionTokens: true, historyFields: "annotations refusal audio function_call" }
  }),
  row("openai-responses", "https://api.openai.com/v1", ["OPENAI_API_KEY"], {
    modelsPage: "https://platform.openai.com/docs/models",
    protocol: "openai-responses"
  }),
  row("anthropic", "https://api.anthropic.com", ["ANTHROPIC_API_KEY"], {
    modelsPage: "https://platform.claude.com/docs/en/about-claude/models/overview",
    protocol: "anthropic-messages",
    auth: { type: "header", name: "x-api-key" }
  }),
  row(
    "gemini",
    "https://generativelanguage.googleapis.com",
    ["GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY"],
    {
      modelsPage: "https://ai.google.dev/gemini-api/docs/models",
      protocol: "gemini",
      auth: { type: "header", name: "x-goog-api-key" }
    }
  ),
  row("vertex", "", ["VERTEX_ACCESS_TOKEN"], {
    modelsPage: "https://cloud.google.com/vertex-ai/generative-ai/docs/models",
    protocol: "gemini",
    quirks: { vertex: true }
  }),
  row(
    "bedrock",
    "https://bedrock-runtime.us-east-1.amazonaws.com",
    ["AWS_BEDROCK_CREDENTIAL", "AWS_BEARER_TOKEN_BEDROCK"],
    {
      modelsPage: "https://docs.aws.amazon.com/bedrock/latest/userguide/models-supported.html",
      protocol: "bedrock-converse",
      auth: { type: "sigv4", service: "bedrock" }
    }
  ),
  row("azure-openai", "", ["AZURE_OPENAI_API_KEY", "AZURE_API_KEY"], {
    modelsPage: "https://learn.microsoft.com/en-us/azure/ai-services/openai/concepts/models",
    protocol: "azure-openai",
    auth: { type: "header", name: "api-key" },
    quirks: { historyFields: "annotations refusal audio function_call" }
  }),
  row("groq", "https://api.groq.com/openai/v1", ["GROQ_API_KEY"], {
    modelsPage: "https://console.groq.com/docs/models",
    quirks: { historyFields: "reasoning" }
  }),
  row("deepseek", "https://api.deepseek.com/v1", ["DEEPSEEK_API_KEY"], {
    modelsPage: "https://api-docs.deepseek.com/quick_start/pricing",
    quirks: { noDeveloperRole: true, reasoningField: "reasoning_content", reasoningRequired: true }
  }),
  row("mistral", "https://api.mistral.ai/v1", ["MISTRAL_API_KEY"], {
    modelsPage: "https://docs.mistral.ai/getting-started/models/",
    quirks: {
      noStreamOptions: true,
      oldMaxTokens: true,
      seedField: "random_seed",
      shortToolIds: true,
      answersTools: true,
      noDeveloperRole: true,
      historyFields: ""
    }
  }),
  row("openrouter", "https://openrouter.ai/api/v1", ["OPENROUTER_API_KEY"], {
    modelsPage: "https://openrouter.ai/models"
  }),
  row("together", "https://api.together.xyz/v1", ["TOGETHER_API_KEY"], {
    modelsPage: "https://docs.together.ai/docs/serverless-models"
  }),
  row("fireworks", "https://api.fireworks.ai/inference/v1", ["FIREWORKS_API_KEY"], {
    modelsPage: "https://fireworks.ai/models",
    quirks: { historyFields: "reasoning_content" }
  }),
  row("xai", "https://api.x.ai/v1", ["XAI_API_KEY"], { modelsPage: "https://docs.x.ai/docs/models" }),
  row("cohere", "https://api.cohere.com", ["COHERE_API_KEY", "CO_API_KEY"], {
    modelsPage: "https://docs.cohere.com/docs/models",
    protocol: "cohere"
  }),
  row("perplexity", "https://api.perplexity.ai", ["PERPLEXITY_API_KEY"], { modelsPage: "https://docs.perplexity.ai" }),
  row("cerebras", "https://api.cerebras.ai/v1", ["CEREBRAS_API_KEY"], {
    modelsPage: "https://inference-docs.cerebras.ai/models/overview",
    quirks: { historyFields: "reasoning" }
  }),
  row("sambanova", "https://api.sambanova.ai/v1", ["SAMBANOVA_API_KEY"], { modelsPage: "https://docs.sambanova.ai" }),
  row("nvidia", "https://integrate.api.nvidia.com/v1", ["NVIDIA_API_KEY"], {
    modelsPage: "https://docs.api.nvidia.com/nim/"
  }),
  row("huggingface", "https://router.huggingface.co/v1", ["HF_TOKEN"], {
    modelsPage: "https://huggingface.co/docs/inference-providers"
  }),
  row("moonshot", "https://api.moonshot.ai/v1", ["MOONSHOT_API_KEY"], {
    modelsPage: "https://platform.moonshot.ai/docs/api/chat",
    quirks: { noDeveloperRole: true, fixedSampling: true, reasoningField: "reasoning_content", reasoningRequired: true }
  }),
  row("zai", "https://api.z.ai/api/paas/v4", ["ZAI_API_KEY", "ZHIPU_API_KEY"], {
    modelsPage: "https://docs.z.ai/guides/overview/pricing",
    quirks: { noDeveloperRole: true }
  }),
  row("dashscope", "https://dashscope-intl.aliyuncs.com/compatible-mode/v1", ["DASHSCOPE_API_KEY"], {
    modelsPage: "https://www.alibabacloud.com/help/en/model-studio/models",
    quirks: { noDeveloperRole: true }
  }),
  row("minimax", "https://api.minimax.io/v1", ["MINIMAX_API_KEY"], {
    modelsPage: "https://platform.minimax.io/docs/guides/quickstart"
  }),
  row("siliconflow", "https://api.siliconflow.com/v1", ["SILICONFLOW_API_KEY"], {
    modelsPage: "https://cloud.siliconflow.com/models"
  }),
  row("volcengine", "https://ark.cn-beijing.volces.com/api/v3", ["ARK_API_KEY"], {
    modelsPage: "https://www.volcengine.com/docs/82379/1330310"
  }),
  row("stepfun", "https://api.stepfun.com/v1", ["STEPFUN_API_KEY"], {
    modelsPage: "https://platform.stepfun.com/docs/zh/overview/concept"
  }),
  row("nebius", "https://api.tokenfactory.nebius.com/v1", ["NEBIUS_API_KEY"], {
    modelsPage: "https://docs.tokenfactory.nebius.com/"
  }),
  row("novita", "https://api.novita.ai/openai", ["NOVITA_API_KEY"], {
    modelsPage: "https://novita.ai/docs/guides/introduction"
  }),
  row("deepinfra", "https://api.deepinfra.com/v1/openai", ["DEEPINFRA_API_KEY"], {
    modelsPage: "https://deepinfra.com/models",
    quirks: { noDeveloperRole: true }
  }),
  row("hyperbolic", "https://api.hyperbolic.xyz/v1", ["HYPERBOLIC_API_KEY"], {
    modelsPage: "https://docs.hyperbolic.xyz"
  }),
  row("baseten", "https://inference.baseten.co/v1", ["BASETEN_API_KEY"], {
    modelsPage: "https://docs.baseten.co/inference/model-apis/overview"
  }),
  row("friendli", "https://api.friendli.ai/serverless/v1", ["FRIENDLI_TOKEN"], {
    modelsPage: "https://friendli.ai/docs/guides/serverless_endpoints/introduction"
  }),
  row("featherless", "https://api.featherless.ai/v1", ["FEATHERLESS_API_KEY"], {
    modelsPage: "https://featherless.ai/models"
  }),
  row("venice", "https://api.venice.ai/api/v1", ["VENICE_API_KEY"], { modelsPage: "https://docs.venice.ai" }),
  row("github", "https://models.github.ai/inference", ["GITHUB_TOKEN"], {
    modelsPage: "https://docs.github.com/en/github-models"
  }),
  row("cloudflare", "", ["CLOUDFLARE_API_TOKEN", "CLOUDFLARE_API_KEY"], {
    modelsPage: "https://developers.cloudflare.com/workers-ai/models/"
  }),
  row("databricks", "", ["DATABRICKS_TOKEN"], {
    modelsPage: "https://docs.databricks.com/aws/en/machine-learning/foundation-models/"
  }),
  row("snowflake", "", ["SNOWFLAKE_CORTEX_PAT", "SNOWFLAKE_TOKEN"], {
    modelsPage: "https://docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-rest-api"
  }),
  row("scaleway", "https://api.scaleway.ai/v1", ["SCW_SECRET_KEY", "SCALEWAY_API_KEY"], {
    modelsPage: "https://www.scaleway.com/en/docs/generative-apis/"
  }),
  row(
    "ovh",
    "https://oai.endpoints.kepler.ai.cloud.ovh.net/v1",
    ["OVH_AI_ENDPOINTS_ACCESS_TOKEN", "OVHCLOUD_API_KEY"],
    { modelsPage: "https://www.ovhcloud.com/en/public-cloud/ai-endpoints/catalog/" }
  ),
  row("ai21", "https://api.ai21.com/studio/v1", ["AI21_API_KEY"], { modelsPage: "https://docs.ai21.com" }),
  row("writer", "https://api.writer.com/v1", ["WRITER_API_KEY"], { modelsPage: "https://dev.writer.com" }),
  row("upstage", "https://api.upstage.ai/v1", ["UPSTAGE_API_KEY"], {
    modelsPage: "https://developers.upstage.ai/docs/apis/chat"
  }),
  row("inception", "https://api.inceptionlabs.ai/v1", ["INCEPTION_API_KEY"], {
    modelsPage: "https://platform.inceptionlabs.ai/docs"
  }),
  row("digitalocean", "https://inference.do-ai.run/v1", ["DIGITALOCEAN_INFERENCE_KEY", "DIGITALOCEAN_ACCESS_TOKEN"], {
    modelsPage: "https://docs.digitalocean.com/products/gradient-ai-platform/details/models/"
  }),
  local("ollama", "http://127.0.0.1:11434/v1", { modelsPage: "https://ollama.com/library" }),
  local("ollama-native", "http://127.0.0.1:11434", { modelsPage: "https://ollama.com/library", protocol: "ollama" }),
  local("vllm", "http://127.0.0.1:8000/v1", {
    modelsPage: "https://docs.vllm.ai/en/latest/models/supported_models.html"
  }),
  local("lmstudio", "http://127.0.0.1:1234/v1", { modelsPage: "https://lmstudio.ai/models" }),
  local("llamacpp", "http://127.0.0.1:8080/v1", { modelsPage: "https://github.com/ggml-org/llama.cpp" }),
  local("tgi", "http://127.0.0.1:3000/v1", {
    modelsPage: "https://huggingface.co/docs/text-generation-inference/supported_models"
  }),
  local("sglang", "http://127.0.0.1:30000/v1", { modelsPage: "https://docs.sglang.ai" }),
  local("localai", "http://127.0.0.1:8080/v1", { modelsPage: "https://localai.io" }),
  local("jan", "http://127.0.0.1:1337/v1", { modelsPage: "https://jan.ai/docs" })
]

/**
 * The table, by name.
 *
 * @stability stable
 * @category constants
 * @since 0.1.0
 */
export const profiles: Readonly<Record<string, Profile>> = Object.fromEntries(
  rows.map((profile) => [profile.name, profile])
)

/** The row of a name. @stability stable @category getters @since 0.1.0 */
export const find = (name: string): Profile | undefined => (Object.hasOwn(profiles, name) ? profiles[name] : undefined)

/** How a protocol is shown a key where no row says so. @stability stable @category getters @since 0.1.0 */
export const authOf = (protocol: ProtocolId): Scheme => {
  switch (protocol) {
    case "anthropic-messages":
      return { type: "header", name: "x-api-key" }
    case "gemini":
      return { type: "header", name: "x-goog-api-key" }
    case "azure-openai":
      return { type: "header", name: "api-key" }
    case "bedrock-converse":
      return { type: "sigv4", service: "bedrock" }
    case "openai-chat":
    case "openai-responses":
    case "ollama":
    case "cohere":
      return { type: "bearer" }
  }
}
