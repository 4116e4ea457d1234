// C0, DEL and C1; the marks that turn the direction of text; line and paragraph separators. A terminal or a log obeys
// them, so that what is shown is not what is there.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/

/** Whether a text contains a character that controls how text is displayed instead of being displayed itself. */
export const hasControlCharacter = (text: string): boolean => CONTROL.test(text)
