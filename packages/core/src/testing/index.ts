/** Scripted providers and the laws that every route keeps, for users' own tests. */
export * as ScriptedProvider from "./ScriptedProvider.ts"
