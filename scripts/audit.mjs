/** Known holes of high or critical severity in what is installed. Exit code 75: this registry does not answer such a question. */
import { execute } from "./execute.mjs"
import { pnpm } from "./install.mjs"

const [command, ...args] = pnpm
const { code, output } = await execute(command, [...args, "audit", "--audit-level", "high"])
const isUnanswered =
  /ERR_PNPM_(AUDIT_(BAD_RESPONSE|ENDPOINT_NOT_EXISTS|NO_)|META_FETCH_FAIL|FETCH)|ECONN|ENOTFOUND|ETIMEDOUT/.test(output)
console.log(isUnanswered ? "the registry in use does not answer audits" : output)
process.exit(isUnanswered ? 75 : code)
