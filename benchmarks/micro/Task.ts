/** One micro-benchmark: a function that makes `calls` calls; its figure is microseconds a call. */
export interface Task {
  readonly name: string
  readonly calls: number
  readonly run: () => unknown
}
