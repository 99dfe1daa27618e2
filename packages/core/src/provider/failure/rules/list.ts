/**
 * Long lists of codes and phrases, written as text so that a table of rules stays readable.
 */

/** What stands between bars and line ends, without the white space around it. @stability experimental @category constructors @since 0.1.0 */
export const list = (text: string): ReadonlyArray<string> => text.split(/\s*[|\n]\s*/).filter((item) => item !== "")
