/** Made-up calls of `calls.ts` as the spans that a collector is sent, to the byte. */

/** `ended({ start: { stream: false, metadata: undefined } })`. */
export const whole =
  `{"traceId":"019a0000111172228333444455556666","spanId":"8333444455550000","name":"chat smart","kind":2,"startTimeUnixNano":"1763700000000000000","endTimeUnixNano":"1763700000200000000","status":{"code":0},"attributes":[{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}}` +
  `,{"key":"gen_ai.provider.name","value":{"stringValue":"openai"}}` +
  `,{"key":"gen_ai.request.model","value":{"stringValue":"smart"}}` +
  `,{"key":"gen_ai.response.model","value":{"stringValue":"gpt-5.2"}}` +
  `,{"key":"http.response.status_code","value":{"intValue":200}}` +
  `,{"key":"orelse.provider","value":{"stringValue":"openai"}}` +
  `,{"key":"orelse.outcome","value":{"stringValue":"answered"}}` +
  `,{"key":"orelse.cost_basis","value":{"stringValue":"estimated"}}` +
  `,{"key":"orelse.route","value":{"stringValue":"smart"}}` +
  `,{"key":"orelse.dialect","value":{"stringValue":"openai-chat"}}` +
  `,{"key":"orelse.stream","value":{"boolValue":false}},{"key":"orelse.attempts","value":{"intValue":1}}` +
  `,{"key":"orelse.fell_back","value":{"boolValue":false}}` +
  `,{"key":"gen_ai.usage.input_tokens","value":{"intValue":100}}` +
  `,{"key":"gen_ai.usage.output_tokens","value":{"intValue":20}}` +
  `,{"key":"gen_ai.usage.cache_read.input_tokens","value":{"intValue":40}}` +
  `,{"key":"orelse.call.id","value":{"stringValue":"019a0000-1111-7222-8333-444455556666"}}` +
  `,{"key":"orelse.first_content_ms","value":{"doubleValue":90}}` +
  `,{"key":"orelse.overhead_ms","value":{"doubleValue":0.4}}` +
  `,{"key":"orelse.cost_usd","value":{"doubleValue":0.002}}]},{"traceId":"019a0000111172228333444455556666","spanId":"8333444455550001","parentSpanId":"8333444455550000","name":"chat gpt-5.2","kind":3,"startTimeUnixNano":"1763700000010000000","endTimeUnixNano":"1763700000130000000","status":{"code":0},"attributes":[{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}}` +
  `,{"key":"gen_ai.provider.name","value":{"stringValue":"openai"}}` +
  `,{"key":"gen_ai.request.model","value":{"stringValue":"gpt-5.2"}}` +
  `,{"key":"gen_ai.response.model","value":{"stringValue":"gpt-5.2"}}` +
  `,{"key":"http.response.status_code","value":{"intValue":200}}` +
  `,{"key":"orelse.provider","value":{"stringValue":"openai"}}` +
  `,{"key":"orelse.outcome","value":{"stringValue":"answered"}}` +
  `,{"key":"orelse.cost_basis","value":{"stringValue":"estimated"}}` +
  `,{"key":"orelse.attempt","value":{"intValue":1}},{"key":"orelse.credential","value":{"stringValue":"main"}}` +
  `,{"key":"gen_ai.usage.input_tokens","value":{"intValue":100}}` +
  `,{"key":"gen_ai.usage.output_tokens","value":{"intValue":20}}` +
  `,{"key":"gen_ai.usage.cache_read.input_tokens","value":{"intValue":40}}` +
  `,{"key":"orelse.call.id","value":{"stringValue":"019a0000-1111-7222-8333-444455556666"}}` +
  `,{"key":"orelse.waited_before_ms","value":{"doubleValue":0}}` +
  `,{"key":"orelse.connect_ms","value":{"doubleValue":3}}` +
  `,{"key":"orelse.first_content_ms","value":{"doubleValue":80}}` +
  `,{"key":"orelse.cost_usd","value":{"doubleValue":0.002}}]}`

/** `fellBack`, its attempt at Bedrock as `aws.bedrock`. */
export const afterFallback =
  `{"traceId":"019a0000111172228333444455556666","spanId":"8333444455550000","name":"chat smart","kind":2,"startTimeUnixNano":"1763700000000000000","endTimeUnixNano":"1763700000200000000","status":{"code":0},"attributes":[{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}}` +
  `,{"key":"gen_ai.provider.name","value":{"stringValue":"openai"}}` +
  `,{"key":"gen_ai.request.model","value":{"stringValue":"smart"}}` +
  `,{"key":"gen_ai.request.stream","value":{"boolValue":true}}` +
  `,{"key":"gen_ai.response.model","value":{"stringValue":"gpt-5.2"}}` +
  `,{"key":"http.response.status_code","value":{"intValue":200}}` +
  `,{"key":"orelse.provider","value":{"stringValue":"openai"}}` +
  `,{"key":"orelse.outcome","value":{"stringValue":"answered"}}` +
  `,{"key":"orelse.cost_basis","value":{"stringValue":"estimated"}}` +
  `,{"key":"orelse.route","value":{"stringValue":"smart"}}` +
  `,{"key":"orelse.dialect","value":{"stringValue":"openai-chat"}}` +
  `,{"key":"orelse.stream","value":{"boolValue":true}},{"key":"orelse.attempts","value":{"intValue":2}}` +
  `,{"key":"orelse.fell_back","value":{"boolValue":true}}` +
  `,{"key":"gen_ai.response.time_to_first_chunk","value":{"doubleValue":0.09}}` +
  `,{"key":"gen_ai.usage.input_tokens","value":{"intValue":100}}` +
  `,{"key":"gen_ai.usage.output_tokens","value":{"intValue":20}}` +
  `,{"key":"gen_ai.usage.cache_read.input_tokens","value":{"intValue":40}}` +
  `,{"key":"orelse.call.id","value":{"stringValue":"019a0000-1111-7222-8333-444455556666"}}` +
  `,{"key":"orelse.first_content_ms","value":{"doubleValue":90}}` +
  `,{"key":"orelse.overhead_ms","value":{"doubleValue":0.4}}` +
  `,{"key":"orelse.cost_usd","value":{"doubleValue":0.002}}` +
  `,{"key":"gen_ai.conversation.id","value":{"stringValue":"s-1"}}` +
  `,{"key":"orelse.run","value":{"stringValue":"run-1"}}]},{"traceId":"019a0000111172228333444455556666","spanId":"8333444455550001","parentSpanId":"8333444455550000","name":"chat claude","kind":3,"startTimeUnixNano":"1763700000010000000","endTimeUnixNano":"1763700000130000000","status":{"code":2,"message":"slow down"},"attributes":[{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}}` +
  `,{"key":"gen_ai.provider.name","value":{"stringValue":"aws.bedrock"}}` +
  `,{"key":"gen_ai.request.model","value":{"stringValue":"claude"}}` +
  `,{"key":"gen_ai.request.stream","value":{"boolValue":true}}` +
  `,{"key":"http.response.status_code","value":{"intValue":429}}` +
  `,{"key":"error.type","value":{"stringValue":"RateLimited"}}` +
  `,{"key":"orelse.provider","value":{"stringValue":"bedrock"}}` +
  `,{"key":"orelse.outcome","value":{"stringValue":"failed"}}` +
  `,{"key":"orelse.cost_basis","value":{"stringValue":"unknown"}}` +
  `,{"key":"orelse.attempt","value":{"intValue":1}},{"key":"orelse.credential","value":{"stringValue":"main"}}` +
  `,{"key":"orelse.action","value":{"stringValue":"nextTarget"}}` +
  `,{"key":"gen_ai.response.time_to_first_chunk","value":{"doubleValue":0.08}}` +
  `,{"key":"orelse.call.id","value":{"stringValue":"019a0000-1111-7222-8333-444455556666"}}` +
  `,{"key":"orelse.waited_before_ms","value":{"doubleValue":0}}` +
  `,{"key":"orelse.connect_ms","value":{"doubleValue":3}}` +
  `,{"key":"orelse.first_content_ms","value":{"doubleValue":80}}]},{"traceId":"019a0000111172228333444455556666","spanId":"8333444455550002","parentSpanId":"8333444455550000","name":"chat gpt-5.2","kind":3,"startTimeUnixNano":"1763700000010000000","endTimeUnixNano":"1763700000130000000","status":{"code":0},"attributes":[{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}}` +
  `,{"key":"gen_ai.provider.name","value":{"stringValue":"openai"}}` +
  `,{"key":"gen_ai.request.model","value":{"stringValue":"gpt-5.2"}}` +
  `,{"key":"gen_ai.request.stream","value":{"boolValue":true}}` +
  `,{"key":"gen_ai.response.model","value":{"stringValue":"gpt-5.2"}}` +
  `,{"key":"http.response.status_code","value":{"intValue":200}}` +
  `,{"key":"orelse.provider","value":{"stringValue":"openai"}}` +
  `,{"key":"orelse.outcome","value":{"stringValue":"answered"}}` +
  `,{"key":"orelse.cost_basis","value":{"stringValue":"estimated"}}` +
  `,{"key":"orelse.attempt","value":{"intValue":2}},{"key":"orelse.credential","value":{"stringValue":"main"}}` +
  `,{"key":"gen_ai.response.time_to_first_chunk","value":{"doubleValue":0.08}}` +
  `,{"key":"gen_ai.usage.input_tokens","value":{"intValue":100}}` +
  `,{"key":"gen_ai.usage.output_tokens","value":{"intValue":20}}` +
  `,{"key":"gen_ai.usage.cache_read.input_tokens","value":{"intValue":40}}` +
  `,{"key":"orelse.call.id","value":{"stringValue":"019a0000-1111-7222-8333-444455556666"}}` +
  `,{"key":"orelse.waited_before_ms","value":{"doubleValue":0}}` +
  `,{"key":"orelse.connect_ms","value":{"doubleValue":3}}` +
  `,{"key":"orelse.first_content_ms","value":{"doubleValue":80}}` +
  `,{"key":"orelse.cost_usd","value":{"doubleValue":0.002}}]}`
