/**
 * Requests made by chance: what all dialects share, and what one dialect alone knows.
 */
import * as Schema from "effect/Schema"

/** Not of white space alone, which Anthropic takes in no text. */
const text = Schema.NonEmptyString.check(Schema.makeFilter((value) => value.trim() !== ""))
const word = Schema.Literals(["alpha", "get_weather", "b-2", "Zoë", "x_y"])
const base64 = Schema.Literals(["iVBORw0KGgo=", "AAAA", "JVBERi0xLjQK"])
const count = Schema.Literals([1, 17, 4096])
const fraction = Schema.Literals([0, 0.25, 0.5, 1])
const schema = Schema.Record(Schema.String, Schema.Json)
/** What every format can bind an answer to. */
const boundSchema = Schema.Struct({
  type: Schema.tag("object"),
  properties: Schema.Struct({
    a: Schema.Struct({ type: Schema.tag("string"), format: Schema.optionalKey(Schema.Literals(["date", "uuid"])) }),
    b: Schema.Struct({ type: Schema.tag("array"), items: Schema.Struct({ enum: Schema.Array(fraction) }) })
  }),
  required: Schema.Array(Schema.Literals(["a", "b"])),
  additionalProperties: Schema.tag(false)
})
/** The text of a JSON object, written as `JSON.stringify` writes. */
const json = Schema.Literals(["{}", '{"city":"Köln"}', '{"a":[1,{"b":null}],"c":"\\"quoted\\""}'])

const textPart = Schema.Struct({ type: Schema.tag("text"), text })
const imageByUrl = Schema.Struct({
  type: Schema.tag("image"),
  url: Schema.Literals(["https://example.org/a.png", "http://example.org/b?c=d"])
})
const imageInLine = Schema.Struct({
  type: Schema.tag("image"),
  mediaType: Schema.Literals(["image/png", "image/webp"]),
  data: base64
})
const document = Schema.Struct({
  type: Schema.tag("document"),
  mediaType: Schema.tag("application/pdf"),
  data: base64,
  name: Schema.Literals(["alpha.pdf", "Zoë.pdf"])
})
const toolCall = Schema.Struct({ type: Schema.tag("toolCall"), id: word, name: word, arguments: json })

const someOf = <S extends Schema.Constraint>(item: S) =>
  Schema.Array(item).check(Schema.isMinLength(1), Schema.isMaxLength(3))

const system = Schema.Struct({ role: Schema.tag("system"), content: someOf(textPart) })
const user = Schema.Struct({
  role: Schema.tag("user"),
  content: someOf(Schema.Union([textPart, imageByUrl, imageInLine, document]))
})
const says = Schema.Struct({ role: Schema.tag("assistant"), content: someOf(textPart) })
const calls = Schema.Struct({ role: Schema.tag("assistant"), content: someOf(toolCall) })
const saysAndCalls = Schema.Struct({
  role: Schema.tag("assistant"),
  content: Schema.Tuple([textPart, toolCall, toolCall])
})
const result = Schema.Struct({
  role: Schema.tag("tool"),
  toolCallId: word,
  content: Schema.Array(textPart).check(Schema.isMaxLength(2))
})

const parameters = Schema.Struct({ type: Schema.tag("object"), properties: Schema.Record(Schema.String, schema) })
const described = { name: word, description: Schema.optionalKey(text) }
const tool = Schema.Union([
  Schema.Struct({ ...described, parameters, strict: Schema.optionalKey(Schema.tag(false)) }),
  Schema.Struct({ ...described, parameters: boundSchema, strict: Schema.tag(true) })
])

const optional = Schema.optionalKey

/** How the model is to answer: with sampling or with reasoning, for some formats know no sampling beside reasoning. */
const settings = {
  maxTokens: count,
  stop: optional(someOf(Schema.Literals(["END", "\nHuman:", "###"]))),
  user: optional(word)
}

/** Not both: some models take only one. */
const temperature = { temperature: optional(fraction) }
const topP = { topP: optional(fraction) }
const reasoning = {
  reasoning: Schema.Union([
    Schema.Struct({ enabled: Schema.tag(true), effort: Schema.Literals(["low", "medium", "high"]) }),
    Schema.Struct({ enabled: Schema.tag(false) })
  ])
}

const tools = {
  tools: someOf(tool),
  toolChoice: Schema.Union([Schema.Literals(["auto", "required"]), Schema.Struct({ name: word })]),
  parallelToolCalls: optional(Schema.Boolean)
}

const turns = someOf(Schema.Union([user, says, calls, saysAndCalls, result]))
const plain = { messages: turns }
const led = {
  messages: Schema.TupleWithRest(Schema.Tuple([system]), [Schema.Union([user, says, calls, saysAndCalls, result])])
}

/** Requests that every dialect can say: no pair of dialects may change anything of them. */
export const shared = Schema.Union([
  Schema.Struct({ ...led, ...settings, ...temperature }),
  Schema.Struct({ ...plain, ...settings, ...topP, ...tools }),
  Schema.Struct({ ...plain, ...settings, ...reasoning })
])

const own = (dialect: string, fields: Schema.Constraint) => ({ extra: optional(Schema.Struct({ [dialect]: fields })) })
const novelties = Schema.Struct({ x_novel: Schema.Json.check(Schema.makeFilter((value) => value !== null)) })

const openai = own("openai-chat", novelties)
/** As both dialects of OpenAI have it: a schema with a name. */
const openaiFormat = Schema.Union([
  Schema.Struct({ type: Schema.Literals(["text", "json"]) }),
  Schema.Struct({
    type: Schema.tag("jsonSchema"),
    name: word,
    description: optional(text),
    schema,
    strict: optional(Schema.Boolean)
  })
])
const openaiText = Schema.Struct({ ...textPart.fields, ...openai })

/** Requests that OpenAI's chat format alone can say. */
export const openaiOnly = Schema.Struct({
  messages: someOf(
    Schema.Union([
      Schema.Struct({
        role: Schema.tag("system"),
        content: someOf(openaiText),
        developer: optional(Schema.tag(true)),
        name: optional(word),
        ...openai
      }),
      Schema.Struct({
        role: Schema.tag("user"),
        name: optional(word),
        content: someOf(
          Schema.Union([
            openaiText,
            Schema.Struct({ ...imageByUrl.fields, detail: optional(Schema.Literals(["low", "high"])), ...openai }),
            Schema.Struct({ type: Schema.tag("audio"), data: base64, format: Schema.Literals(["wav", "mp3"]) }),
            Schema.Struct({ type: Schema.tag("document"), fileId: Schema.tag("file-abc") }),
            Schema.Struct({
              type: Schema.tag("text"),
              text: Schema.tag(""),
              extra: Schema.Struct({
                "openai-chat": Schema.Struct({
                  block: Schema.Struct({
                    type: Schema.tag("video_url"),
                    video_url: Schema.Json.check(Schema.makeFilter((value) => value !== null))
                  })
                })
              })
            })
          ])
        ),
        ...openai
      }),
      Schema.Struct({
        role: Schema.tag("assistant"),
        content: Schema.Tuple([Schema.Struct({ type: Schema.tag("refusal"), text })])
      }),
      Schema.Struct({
        role: Schema.tag("assistant"),
        content: Schema.Tuple([
          Schema.Struct({
            type: Schema.tag("reasoning"),
            text,
            extra: Schema.Struct({
              "openai-chat": Schema.Struct({ field: Schema.Literals(["reasoning", "reasoning_content"]) })
            })
          }),
          openaiText,
          Schema.Struct({ ...toolCall.fields, signature: optional(word), ...openai })
        ])
      })
    ])
  ),
  maxTokens: count,
  seed: optional(count),
  frequencyPenalty: optional(fraction),
  presencePenalty: optional(fraction),
  logprobs: optional(Schema.Boolean),
  topLogprobs: optional(count),
  n: optional(count),
  responseFormat: optional(openaiFormat),
  extra: optional(
    Schema.Struct({
      "openai-chat": Schema.Struct({
        logit_bias: Schema.Struct({ "5": fraction }),
        maxTokensField: Schema.tag("max_completion_tokens"),
        tools: optional(
          Schema.Tuple([Schema.Struct({ type: Schema.tag("custom"), custom: Schema.Struct({ name: word }) })])
        )
      })
    })
  )
})

const cache = {
  extra: optional(
    Schema.Struct({
      "anthropic-messages": Schema.Struct({ cache_control: Schema.Struct({ type: Schema.tag("ephemeral") }) })
    })
  )
}
const cachedText = Schema.Struct({ ...textPart.fields, ...cache })
const block = Schema.Struct({
  type: Schema.tag("text"),
  text: Schema.tag(""),
  extra: Schema.Struct({
    "anthropic-messages": Schema.Struct({
      block: Schema.Struct({ type: Schema.Literals(["search_result", "server_tool_use"]), content: Schema.Json })
    })
  })
})

const anthropicFields = {
  messages: someOf(
    Schema.Union([
      Schema.Struct({
        role: Schema.tag("user"),
        content: someOf(
          Schema.Union([
            cachedText,
            block,
            Schema.Struct({ type: Schema.tag("image"), fileId: Schema.tag("file_011"), ...cache }),
            Schema.Struct({ type: Schema.tag("document"), url: Schema.tag("https://example.org/a.pdf"), ...cache }),
            Schema.Struct({
              type: Schema.tag("document"),
              mediaType: Schema.tag("text/plain"),
              data: Schema.Literals(["aGk=", "R3LDvMOfZQ=="]),
              name: optional(word)
            })
          ])
        )
      }),
      Schema.Struct({
        role: Schema.tag("assistant"),
        content: someOf(
          Schema.Union([
            Schema.Struct({ type: Schema.tag("reasoning"), text: Schema.String, signature: word }),
            Schema.Struct({ type: Schema.tag("reasoning"), text: Schema.tag(""), redacted: word }),
            cachedText,
            block,
            Schema.Struct({ ...toolCall.fields, ...cache })
          ])
        )
      }),
      Schema.Struct({
        role: Schema.tag("tool"),
        toolCallId: word,
        isError: optional(Schema.Boolean),
        content: Schema.Array(Schema.Union([cachedText, imageInLine, document])).check(Schema.isMaxLength(2)),
        ...cache
      })
    ])
  ),
  maxTokens: Schema.tag(8000),
  responseFormat: optional(Schema.Struct({ type: Schema.tag("jsonSchema"), schema: boundSchema })),
  extra: optional(
    Schema.Struct({
      "anthropic-messages": Schema.Struct({
        service_tier: Schema.tag("auto"),
        metadata: Schema.Struct({ team: word }),
        tools: optional(
          Schema.Tuple([Schema.Struct({ type: Schema.tag("web_search_20250305"), name: Schema.tag("web_search") })])
        )
      })
    })
  )
}

const thinking = Schema.Union([
  Schema.Struct({ enabled: Schema.tag(true), budgetTokens: Schema.Literals([1024, 4096]) }),
  Schema.Struct({ enabled: Schema.tag(false) })
])

/** Requests that Anthropic's format alone can say. It samples or thinks, not both. */
export const anthropicOnly = Schema.Union([
  Schema.Struct({ ...anthropicFields, topK: optional(count) }),
  Schema.Struct({ ...anthropicFields, reasoning: thinking })
])

const responses = own("openai-responses", novelties)
const responsesText = Schema.Struct({ ...textPart.fields, ...responses })
const item = { id: Schema.Literals(["msg_1", "msg_2"]), status: Schema.tag("completed") }
/** An item, or a piece of a message, that stands for itself. */
const responsesBlock = (type: string) =>
  Schema.Struct({
    type: Schema.tag("text"),
    text: Schema.tag(""),
    extra: Schema.Struct({
      "openai-responses": Schema.Struct({ block: Schema.Struct({ type: Schema.tag(type), id: word }) })
    })
  })

/** Requests that OpenAI's Responses alone can say. */
export const responsesOnly = Schema.Struct({
  messages: Schema.TupleWithRest(
    Schema.Tuple([
      Schema.Struct({
        role: Schema.tag("system"),
        content: Schema.Tuple([textPart]),
        extra: Schema.Struct({ "openai-responses": Schema.Struct({ field: Schema.tag("instructions") }) })
      })
    ]),
    [
      Schema.Union([
        Schema.Struct({
          role: Schema.tag("system"),
          content: someOf(responsesText),
          developer: optional(Schema.tag(true)),
          ...responses
        }),
        Schema.Struct({
          role: Schema.tag("user"),
          content: someOf(
            Schema.Union([
              responsesText,
              responsesBlock("input_video"),
              Schema.Struct({ ...imageByUrl.fields, detail: optional(Schema.Literals(["low", "high"])), ...responses }),
              Schema.Struct({ type: Schema.tag("image"), fileId: Schema.tag("file-abc"), ...responses }),
              Schema.Struct({
                type: Schema.tag("document"),
                url: Schema.tag("https://example.org/a.pdf"),
                ...responses
              }),
              Schema.Struct({ type: Schema.tag("document"), fileId: Schema.tag("file-abc") })
            ])
          ),
          ...responses
        }),
        Schema.Struct({
          role: Schema.tag("assistant"),
          content: someOf(
            Schema.Union([
              textPart,
              responsesBlock("web_search_call"),
              Schema.Struct({
                ...textPart.fields,
                extra: Schema.Struct({
                  "openai-responses": Schema.Struct({
                    item: Schema.Struct(item),
                    annotations: Schema.Tuple([Schema.Struct({ type: Schema.tag("url_citation"), url: word })])
                  })
                })
              }),
              Schema.Struct({ type: Schema.tag("refusal"), text }),
              Schema.Struct({ type: Schema.tag("reasoning"), text, signature: Schema.Literals(["openai:gAAAA"]) }),
              Schema.Struct({
                type: Schema.tag("reasoning"),
                text: Schema.String,
                signature: optional(Schema.tag("openai:gAAAA")),
                extra: Schema.Struct({
                  "openai-responses": Schema.Struct({ item: Schema.Struct({ id: Schema.tag("rs_1") }) })
                })
              }),
              Schema.Struct({ ...toolCall.fields, ...responses })
            ])
          )
        }),
        Schema.Struct({
          role: Schema.tag("tool"),
          toolCallId: word,
          content: Schema.Array(Schema.Union([responsesText, imageInLine, document])).check(Schema.isMaxLength(2)),
          ...responses
        })
      ])
    ]
  ),
  maxTokens: count,
  logprobs: optional(Schema.tag(true)),
  topLogprobs: optional(count),
  reasoning: optional(
    Schema.Struct({
      enabled: Schema.tag(true),
      effort: Schema.Literals(["minimal", "xhigh"]),
      summary: Schema.Literals(["auto", "detailed"])
    })
  ),
  responseFormat: optional(openaiFormat),
  extra: optional(
    Schema.Struct({
      "openai-responses": Schema.Struct({
        truncation: Schema.tag("auto"),
        metadata: Schema.Struct({ team: word }),
        store: optional(Schema.tag(true)),
        include: optional(Schema.Tuple([Schema.tag("file_search_call.results")])),
        text: optional(Schema.Struct({ verbosity: Schema.tag("low") })),
        previous_response_id: optional(Schema.tag("resp_1")),
        tools: optional(Schema.Tuple([Schema.Struct({ type: Schema.tag("web_search") })])),
        tool_choice: optional(Schema.Struct({ type: Schema.tag("web_search") }))
      })
    })
  )
})

const geminiOwn = own("gemini", Schema.Struct({ mediaResolution: Schema.Struct({ level: word }) }))
const geminiText = Schema.Struct({ ...textPart.fields, ...geminiOwn })
const geminiBlock = Schema.Struct({
  type: Schema.tag("text"),
  text: Schema.tag(""),
  extra: Schema.Struct({
    gemini: Schema.Struct({
      block: Schema.Struct({ executableCode: Schema.Struct({ language: word, code: Schema.String }) })
    })
  })
})

/** Requests that Gemini's format alone can say. */
export const geminiOnly = Schema.Struct({
  messages: someOf(
    Schema.Union([
      Schema.Struct({
        role: Schema.tag("user"),
        content: someOf(
          Schema.Union([
            geminiText,
            geminiBlock,
            Schema.Struct({ type: Schema.tag("document"), url: Schema.tag("https://example.org/a.pdf"), ...geminiOwn }),
            Schema.Struct({
              type: Schema.tag("document"),
              fileId: Schema.tag("gs://bucket/a.txt"),
              mediaType: Schema.tag("text/csv")
            }),
            Schema.Struct({
              type: Schema.tag("image"),
              fileId: Schema.tag("https://generativelanguage.googleapis.com/v1beta/files/x"),
              mediaType: Schema.tag("image/png")
            }),
            Schema.Struct({ type: Schema.tag("audio"), mediaType: Schema.tag("audio/wav"), data: base64 })
          ])
        )
      }),
      Schema.Struct({
        role: Schema.tag("assistant"),
        content: someOf(
          Schema.Union([
            Schema.Struct({
              type: Schema.tag("reasoning"),
              text: Schema.String,
              extra: Schema.Struct({ gemini: Schema.Struct({ thoughtSignature: Schema.tag("c2ln") }) })
            }),
            Schema.Struct({
              type: Schema.tag("text"),
              text: Schema.String,
              extra: Schema.Struct({ gemini: Schema.Struct({ thoughtSignature: word }) })
            }),
            geminiBlock,
            imageInLine,
            Schema.Struct({ ...toolCall.fields, signature: word, ...geminiOwn })
          ])
        )
      }),
      Schema.Struct({
        role: Schema.tag("tool"),
        toolCallId: word,
        isError: optional(Schema.tag(true)),
        content: Schema.Array(Schema.Union([textPart, imageInLine])).check(Schema.isMaxLength(1))
      })
    ])
  ),
  topK: optional(count),
  seed: optional(count),
  n: optional(Schema.tag(1)),
  logprobs: optional(Schema.Boolean),
  topLogprobs: optional(count),
  reasoning: optional(Schema.Struct({ enabled: Schema.tag(true), budgetTokens: Schema.Literals([1024, 4096]) })),
  responseFormat: optional(
    Schema.Union([
      Schema.Struct({ type: Schema.Literals(["text", "json"]) }),
      Schema.Struct({ type: Schema.tag("jsonSchema"), schema })
    ])
  ),
  extra: optional(
    Schema.Struct({
      gemini: Schema.Struct({
        safetySettings: Schema.Array(Schema.Struct({ category: word, threshold: word })),
        cachedContent: optional(word),
        generationConfig: Schema.Struct({ mediaResolution: word }),
        responseModalities: optional(Schema.Tuple([Schema.tag("IMAGE")])),
        tools: optional(Schema.Tuple([Schema.Struct({ googleSearch: Schema.Struct({}) })]))
      })
    })
  )
})
