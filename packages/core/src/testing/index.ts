/** Scripted providers, and the laws that every route keeps: for users' own tests. */
export * as Laws from "./laws/Laws.ts"
export * as ScriptedProvider from "./ScriptedProvider.ts"
