/**
 * Where each known deployment lists its models, for people: by name of its profile row. Read off models.dev and the services' own
 * documentation, 2026-11.
 */

/**
 * The pages.
 *
 * @stability experimental
 * @category constants
 * @since 0.1.0
 */
export const modelPages: Readonly<Record<string, string>> = {
  openai: "https://platform.openai.com/docs/models",
  "openai-responses": "https://platform.openai.com/docs/models",
  anthropic: "https://platform.claude.com/docs/en/about-claude/models/overview",
  gemini: "https://ai.google.dev/gemini-api/docs/models",
  vertex: "https://cloud.google.com/vertex-ai/generative-ai/docs/models",
  bedrock: "https://docs.aws.amazon.com/bedrock/latest/userguide/models-supported.html",
  "azure-openai": "https://learn.microsoft.com/en-us/azure/ai-services/openai/concepts/models",
  groq: "https://console.groq.com/docs/models",
  deepseek: "https://api-docs.deepseek.com/quick_start/pricing",
  mistral: "https://docs.mistral.ai/getting-started/models/",
  openrouter: "https://openrouter.ai/models",
  together: "https://docs.together.ai/docs/serverless-models",
  fireworks: "https://fireworks.ai/models",
  xai: "https://docs.x.ai/docs/models",
  cohere: "https://docs.cohere.com/docs/models",
  perplexity: "https://docs.perplexity.ai",
  cerebras: "https://inference-docs.cerebras.ai/models/overview",
  sambanova: "https://docs.sambanova.ai",
  nvidia: "https://docs.api.nvidia.com/nim/",
  huggingface: "https://huggingface.co/docs/inference-providers",
  moonshot: "https://platform.moonshot.ai/docs/api/chat",
  zai: "https://docs.z.ai/guides/overview/pricing",
  dashscope: "https://www.alibabacloud.com/help/en/model-studio/models",
  minimax: "https://platform.minimax.io/docs/guides/quickstart",
  siliconflow: "https://cloud.siliconflow.com/models",
  volcengine: "https://www.volcengine.com/docs/82379/1330310",
  stepfun: "https://platform.stepfun.com/docs/zh/overview/concept",
  nebius: "https://docs.tokenfactory.nebius.com/",
  novita: "https://novita.ai/docs/guides/introduction",
  deepinfra: "https://deepinfra.com/models",
  hyperbolic: "https://docs.hyperbolic.xyz",
  baseten: "https://docs.baseten.co/inference/model-apis/overview",
  friendli: "https://friendli.ai/docs/guides/serverless_endpoints/introduction",
  featherless: "https://featherless.ai/models",
  venice: "https://docs.venice.ai",
  github: "https://docs.github.com/en/github-models",
  cloudflare: "https://developers.cloudflare.com/workers-ai/models/",
  databricks: "https://docs.databricks.com/aws/en/machine-learning/foundation-models/",
  snowflake: "https://docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-rest-api",
  scaleway: "https://www.scaleway.com/en/docs/generative-apis/",
  ovh: "https://www.ovhcloud.com/en/public-cloud/ai-endpoints/catalog/",
  ai21: "https://docs.ai21.com",
  writer: "https://dev.writer.com",
  upstage: "https://developers.upstage.ai/docs/apis/chat",
  inception: "https://platform.inceptionlabs.ai/docs",
  digitalocean: "https://docs.digitalocean.com/products/gradient-ai-platform/details/models/",
  ollama: "https://ollama.com/library",
  "ollama-native": "https://ollama.com/library",
  vllm: "https://docs.vllm.ai/en/latest/models/supported_models.html",
  lmstudio: "https://lmstudio.ai/models",
  llamacpp: "https://github.com/ggml-org/llama.cpp",
  tgi: "https://huggingface.co/docs/text-generation-inference/supported_models",
  sglang: "https://docs.sglang.ai",
  localai: "https://localai.io",
  jan: "https://jan.ai/docs"
}
