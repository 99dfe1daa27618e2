/** What reading the meaning of a failed answer costs. Filled in with `provider/Failure.ts`; no task until then. */
import type { Task } from "./Task.ts"

/** All tasks of this file. */
export const tasks = (): Promise<ReadonlyArray<Task>> => Promise.resolve([])
