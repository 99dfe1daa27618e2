/**
 * The command line of Orelse, for programs that run it in their own process.
 */
export { main, orelse } from "./orelse.ts"
