/**
 * Mutants that no test can tell from the program, each with the reason: they are not sampled. `line` is the whole line of the file, trimmed.
 */
export const equivalent = []
