/**
 * The role of who instructs a model: `developer` in OpenAI's newer words, `system` in those that every server knows, OpenAI's models too.
 *
 * Many refuse a request over the newer word (the quirk `noDeveloperRole`): `unknown variant 'developer'` (DeepSeek), `developer is not one of
 * ['system', …]` (DashScope), `[1214] Incorrect role information` (Z.ai), `unsupported role ROLE_UNSPECIFIED` (Moonshot), a bare 422 (DeepInfra), read 2026-11.
 */
import * as Json from "../../../domain/Json.ts"
import type { Context } from "../../Protocol.ts"
import * as Rewrite from "../../Rewrite.ts"

const isDeveloper = (message: Json.Json | undefined): boolean => Json.at(message, "role") === "developer"

/** What to change in each message of a body; `undefined` for most. @stability experimental @category getters @since 0.1.0 */
export const change = (body: Json.JsonObject, { quirks }: Context): Rewrite.Change | undefined =>
  quirks["noDeveloperRole"] === true && Json.array(body["messages"]).some(isDeveloper) ? older : undefined

const older: Rewrite.Change = (value) =>
  value !== undefined && isDeveloper(Json.parse(value)) ? Rewrite.edit(value, system) : value

const system: Rewrite.Changes = { role: Rewrite.set("system") }
