/**
 * What can be said of a defect, which is somebody's program that broke: never in what the caller sent, which its message may hold.
 */

/** Frames are named up to the first line of the engine's own loop in most programs. */
const lines = 12

/**
 * Where it happened: the name of the error, and the lines of its stack. The message is left out.
 *
 * @stability experimental
 * @category getters
 * @since 0.1.0
 */
export const where = (defect: unknown): string =>
  defect instanceof Error
    ? [defect.name, ...(defect.stack ?? "").split("\n").filter((line) => /^ +at /.test(line))]
        .slice(0, lines)
        .join("\n")
    : typeof defect

/**
 * What it says, as far as it can be made a text; neither redacted nor cut.
 *
 * @stability experimental
 * @category getters
 * @since 0.1.0
 */
export const words = (defect: unknown): string => {
  try {
    return String(defect)
  } catch {
    return typeof defect
  }
}
