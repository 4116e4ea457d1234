const ENDLESS = 'Infinity'

/** JSON that has `Infinity`, which settings use for no limit. */
export const toJson = (value: unknown): string =>
  JSON.stringify(value, (_, member) => (member === Number.POSITIVE_INFINITY ? { [ENDLESS]: true } : member))

export const fromJson = (text: string): unknown =>
  JSON.parse(text, (_, member) => (member?.[ENDLESS] === true ? Number.POSITIVE_INFINITY : member))
