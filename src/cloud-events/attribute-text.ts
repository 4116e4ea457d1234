// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f]|\p{Noncharacter_Code_Point}/u

/** Whether a value is a text that an attribute of a CloudEvent may have: not empty, and without control characters. */
export const isAttributeText = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.isWellFormed() && !FORBIDDEN.test(value)
