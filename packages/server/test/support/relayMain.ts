/** A relay (`relay.ts`) as a process of its own, forked: `node relayMain.ts PORT`. It sends `{port}` once it listens; a disconnect ends it. */
import * as Relay from "./relay.ts"

const [, , port = ""] = process.argv
const relay = await Relay.start(Number(port))
process.on("disconnect", () => process.exit(0))
process.send?.({ port: relay.port })
