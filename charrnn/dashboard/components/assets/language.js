// The words of the page in its language: English as it stands in the scripts, or what the server has put in its place.

/** @type {Record<string, string>} */
let words = {};

/** Speak as the page does: sentences by what they are in English, "." the decimal mark, "lang" the language. */
export function speak(/** @type {Record<string, string>} */ said) {
  words = said;
  if (document.documentElement.lang !== said.lang) document.documentElement.lang = said.lang;
}

/**
 * A sentence with values where their names stand in braces.
 * @type {(text: string, values?: Record<string, unknown>) => string}
 */
export const _ = (text, values = {}) =>
  (words[text] ?? text).replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));

/** What is said later, by `_`: the list of sentences is made of what stands here. */
export const Sentence = (/** @type {string} */ text) => text;

/** A number, written with a point, as the language writes it. */
export const decimals = (/** @type {string} */ number) => number.replace(".", words["."] ?? ".");
